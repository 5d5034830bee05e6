//! Settlements as rows.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{self, Column};
use crate::merchant::access::SETTLEMENT_READ;
use crate::points::book;

/// Which settlements.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SettlementsInput {
    /// `locked`, `checked`, `approved`, `sent`, `closed`, `dropped`.
    #[serde(default)]
    pub state: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A settlement in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SettlementRow {
    /// Which.
    pub id: Uuid,
    /// Counts its changes; sent back with a change.
    pub version: i64,
    /// Its number.
    pub number: String,
    /// The book whose money is paid.
    pub book_id: Uuid,
    /// Its name.
    pub book_name: String,
    /// The last day that it holds.
    pub through: NaiveDate,
    /// `locked`, `checked`, `approved`, `sent`, `closed`, `dropped`.
    pub state: String,
    /// How many merchants it pays.
    pub items: i64,
    /// How much in all, in cents.
    pub total_cents: i64,
    /// When it was locked.
    pub made_at: DateTime<Utc>,
    /// When everything was done.
    pub closed_at: Option<DateTime<Utc>>,
    /// Why it was dropped.
    pub reason: Option<String>,
}

/// Lists settlements in the caller's scope, the newest first.
///
/// # Errors
/// The database.
pub async fn list(cx: Cx, input: SettlementsInput) -> Result<Page<SettlementRow>> {
    let page = PageInput::new(input.after, input.limit);
    let mut rows = entity::Entity::find()
        .filter(cx.caller.scope(SETTLEMENT_READ).covers(Column::OrganizationId))
        .order_by_desc(Column::Id)
        .limit(page.fetch());
    if let Some(state) = &input.state {
        rows = rows.filter(Column::State.eq(state.as_str()));
    }
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.lt(after));
    }
    let books = book::names(cx.read()).await?;
    Ok(Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string()).map(|row| shaped(row, &books)))
}

/// A row as it is shown.
pub(super) fn shaped(row: entity::Model, books: &BTreeMap<Id, String>) -> SettlementRow {
    SettlementRow {
        book_name: books.get(&row.book_id).cloned().unwrap_or_default(),
        book_id: row.book_id,
        id: row.id,
        version: row.version,
        number: row.number,
        through: row.through,
        state: row.state,
        items: row.items,
        total_cents: row.total_cents,
        made_at: row.made_at,
        closed_at: row.closed_at,
        reason: row.reason,
    }
}

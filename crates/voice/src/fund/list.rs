//! Budget items as rows.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::Column;
use super::{entity, entry_entity as entry, reach};
use crate::access::EVALUATION_READ;
use crate::appraisal::names;

/// Which items.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FundsInput {
    /// Of this union alone.
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    /// Of this year alone.
    #[serde(default)]
    pub year: Option<i64>,
    /// `running`, `closed`.
    #[serde(default)]
    pub state: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// One budget item in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FundRow {
    /// Which.
    pub id: Uuid,
    /// Counts its changes; sent back with a change.
    pub version: i64,
    /// Whose money it is.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// The year of the budget.
    pub year: i64,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// What is to be reached.
    pub target: String,
    /// So many of `unit`.
    pub target_number: Option<i64>,
    /// 人次, 场, 套.
    pub unit: Option<String>,
    /// What may be spent, in cents.
    pub budget_cents: i64,
    /// What is spent: the sum of the entries, in cents.
    pub spent_cents: i64,
    /// `running`, `closed`.
    pub state: String,
    /// What was reached.
    pub outcome: Option<String>,
    /// So many of `unit`.
    pub outcome_number: Option<i64>,
    /// When it was closed.
    pub closed_on: Option<NaiveDate>,
}

/// Lists budget items, newest first: to members those of their union and the ones above it, to staff those in their
/// scope.
///
/// # Errors
/// `input.invalid` for a foreign cursor; the database.
pub async fn list(cx: Cx, input: FundsInput) -> Result<Page<FundRow>> {
    let page = PageInput::new(input.after, input.limit);
    let unions = reach::unions_of_member(&cx).await?;
    let mine = Condition::all().add(Column::OrganizationId.is_in(unions));
    let staff = cx.caller.scope(EVALUATION_READ).covers(Column::OrganizationId);
    let mut rows = entity::Entity::find()
        .filter(Condition::any().add(mine).add(staff))
        .order_by_desc(Column::Id)
        .limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.lt(after));
    }
    if let Some(union) = input.organization_id {
        rows = rows.filter(Column::OrganizationId.eq(union));
    }
    if let Some(year) = input.year {
        rows = rows.filter(Column::Year.eq(year));
    }
    if let Some(state) = input.state {
        rows = rows.filter(Column::State.eq(state));
    }
    let cut = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    Ok(Page { items: shaped(cx.read(), cut.items).await?, next: cut.next })
}

/// The items of a union in a year, in the order in which they were entered.
///
/// # Errors
/// The database.
pub async fn of_year(conn: &impl ConnectionTrait, union: Id, year: i64) -> Result<Vec<FundRow>> {
    let rows = entity::Entity::find()
        .filter(Column::OrganizationId.eq(union))
        .filter(Column::Year.eq(year))
        .order_by_asc(Column::EnteredAt)
        .order_by_asc(Column::Name);
    shaped(conn, rows.all(conn).await?).await
}

/// Items with what stands in other tables.
///
/// # Errors
/// The database.
pub async fn shaped(conn: &impl ConnectionTrait, rows: Vec<entity::Model>) -> Result<Vec<FundRow>> {
    let names = names(conn, rows.iter().map(|row| row.organization_id)).await?;
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let spent = spent(conn, &ids).await?;
    let shape = |row: entity::Model| FundRow {
        organization_name: names.get(&row.organization_id).cloned().unwrap_or_default(),
        spent_cents: spent.get(&row.id).copied().unwrap_or_default(),
        id: row.id,
        version: row.version,
        organization_id: row.organization_id,
        year: row.year,
        name: row.name,
        purpose: row.purpose,
        target: row.target,
        target_number: row.target_number,
        unit: row.unit,
        budget_cents: row.budget_cents,
        state: row.state,
        outcome: row.outcome,
        outcome_number: row.outcome_number,
        closed_on: row.closed_on,
    };
    Ok(rows.into_iter().map(shape).collect())
}

/// What was spent of each item, in cents.
///
/// # Errors
/// The database.
pub async fn spent(conn: &impl ConnectionTrait, items: &[Id]) -> Result<HashMap<Id, i64>> {
    let sums: Vec<(Id, i64)> = entry::Entity::find()
        .select_only()
        .column(entry::Column::ItemId)
        .column_as(Expr::cust("CAST(sum(cents) AS bigint)"), "spent")
        .filter(entry::Column::ItemId.is_in(items.iter().copied()))
        .group_by(entry::Column::ItemId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(sums.into_iter().collect())
}

//! Point rules as rows.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use kernel::page::{Page, PageInput};
use kernel::routes::Nothing;
use kernel::{Cx, Id, Result};
use registry::staff::{AccountName, accounts_named, organizations_named};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{self, Column};
use super::rules::EVENTS;
use crate::access::POINTS_READ;

/// Which rules.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PointRulesInput {
    /// Of this union alone.
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A point rule; amounts in cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PointRuleRow {
    /// Which.
    pub id: Uuid,
    /// The union whose members it is for.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// The budget that it draws on.
    pub budget_id: Uuid,
    /// What members read.
    pub name: String,
    /// The kind of event.
    pub event_kind: String,
    /// What people call it.
    pub event_label: String,
    /// What one event gives.
    pub amount_cents: i64,
    /// A day at the most.
    pub daily_cents: Option<i64>,
    /// A year at the most.
    pub yearly_cents: Option<i64>,
    /// Altogether at the most; absent for a rule from before there were totals.
    pub total_cents: Option<i64>,
    /// Given so far.
    pub given_cents: i64,
    /// First day.
    pub from_on: NaiveDate,
    /// Last day.
    pub to_on: NaiveDate,
    /// For so many days the points are good.
    pub valid_days: i64,
    /// `waiting`, `on`, `ended`, `returned`.
    pub state: String,
    /// Who made it.
    pub made_by: Option<String>,
    /// When.
    pub made_at: DateTime<Utc>,
    /// Why it was not approved.
    pub return_reason: Option<String>,
}

/// A kind of event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PointEvent {
    /// Its stable name.
    pub kind: String,
    /// What people call it.
    pub label: String,
}

/// Kinds of events that can give points.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PointEvents {
    /// The rows.
    pub items: Vec<PointEvent>,
}

/// Lists kinds of events that can give points.
///
/// # Errors
/// None.
pub async fn events(_: Cx, _: Nothing) -> Result<PointEvents> {
    let item = |(kind, label): &(&str, &str)| PointEvent { kind: (*kind).to_owned(), label: (*label).to_owned() };
    Ok(PointEvents { items: EVENTS.iter().map(item).collect() })
}

/// Lists rules in the caller's scope, the latest first.
///
/// # Errors
/// `input.invalid` for a bad cursor; the database.
pub async fn list(cx: Cx, input: PointRulesInput) -> Result<Page<PointRuleRow>> {
    let page = PageInput::new(input.after, input.limit);
    let mut rows = entity::Entity::find()
        .filter(cx.caller.scope(POINTS_READ).covers(Column::OrganizationId))
        .order_by_desc(Column::Id)
        .limit(page.fetch());
    if let Some(union) = input.organization_id {
        rows = rows.filter(Column::OrganizationId.eq(union));
    }
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.lt(after));
    }
    let cut = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    Ok(Page { items: shaped(cx.read(), cut.items).await?, next: cut.next })
}

/// Rows with their names.
///
/// # Errors
/// The database.
pub async fn shaped(conn: &impl ConnectionTrait, rows: Vec<entity::Model>) -> Result<Vec<PointRuleRow>> {
    let unions: BTreeSet<Id> = rows.iter().map(|row| row.organization_id).collect();
    let names = organizations_named(conn, unions).await?;
    let accounts = accounts_named(conn, rows.iter().filter_map(|row| row.made_by).collect()).await?;
    let label =
        |kind: &str| EVENTS.iter().find(|(known, _)| *known == kind).map_or(kind, |(_, label)| *label).to_owned();
    let shape = |row: entity::Model| PointRuleRow {
        id: row.id,
        organization_id: row.organization_id,
        organization_name: names.get(&row.organization_id).cloned().unwrap_or_default(),
        budget_id: row.budget_id,
        name: row.name,
        event_label: label(&row.event_kind),
        event_kind: row.event_kind,
        amount_cents: row.amount_cents,
        daily_cents: row.daily_cents,
        yearly_cents: row.yearly_cents,
        total_cents: row.total_cents,
        given_cents: row.given_cents,
        from_on: row.from_on,
        to_on: row.to_on,
        valid_days: row.valid_days,
        state: row.state,
        made_by: row.made_by.and_then(|id| accounts.get(&id)).and_then(AccountName::shown),
        made_at: row.made_at,
        return_reason: row.return_reason,
    };
    Ok(rows.into_iter().map(shape).collect())
}

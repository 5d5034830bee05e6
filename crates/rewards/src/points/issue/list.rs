//! Batches as rows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use registry::staff::{AccountName, accounts_named, organizations_named};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::batch_entity::{self as batch, Column};
use super::evidence;
use crate::access::POINTS_READ;
use crate::points::budget::entity as budget;
use crate::points::purpose;

/// Which batches.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BatchesInput {
    /// Of this union alone.
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    /// From this budget alone.
    #[serde(default)]
    pub budget_id: Option<Uuid>,
    /// Those alone that were approved and have no paper behind them.
    #[serde(default)]
    pub without_evidence: Option<bool>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A batch; amounts in cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BatchRow {
    /// Which.
    pub id: Uuid,
    /// Sent back with the next step.
    pub version: i64,
    /// The union.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// The budget.
    pub budget_id: Uuid,
    /// What the budget is for.
    pub purpose_label: String,
    /// `activity`, `list`, `segment`.
    pub kind: String,
    /// What it is for.
    pub name: String,
    /// What each gets.
    pub each_cents: Option<i64>,
    /// The rule, in CEL.
    pub rule: Option<String>,
    /// The list.
    pub file_name: Option<String>,
    /// Last day of the points.
    pub expires_on: NaiveDate,
    /// `preparing`, `prepared`, `waiting`, `running`, `done`, `short`, `withdrawn`, `failed`.
    pub state: String,
    /// People in it.
    pub people: i64,
    /// What they get altogether.
    pub amount_cents: i64,
    /// People above the limit of the year.
    pub over_limit: i64,
    /// Rows of the list that were not taken.
    pub faults: i64,
    /// People who got it.
    pub issued_people: i64,
    /// What they got.
    pub issued_cents: i64,
    /// People who were refused.
    pub refused_people: i64,
    /// Papers behind it.
    pub evidence_files: i64,
    /// Why it does not go on, and what to do.
    pub trouble: Option<String>,
    /// Why the approver returned it.
    pub return_reason: Option<String>,
    /// Who made it.
    pub made_by: Option<String>,
    /// When.
    pub made_at: DateTime<Utc>,
    /// When it was approved.
    pub released_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Which batches a list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// Those that were approved.
    Released,
}

/// Lists batches in the caller's scope, the latest first.
///
/// # Errors
/// `input.invalid` for a bad cursor; the database.
pub async fn list(cx: Cx, input: BatchesInput) -> Result<Page<BatchRow>> {
    let Page { items, next } = found(&cx, input, Which::All).await?;
    Ok(Page { items: shaped(cx.read(), items).await?, next })
}

/// Batches in the caller's scope, the latest first.
///
/// # Errors
/// `input.invalid` for a bad cursor; the database.
pub async fn found(cx: &Cx, input: BatchesInput, which: Which) -> Result<Page<batch::Model>> {
    let page = PageInput::new(input.after, input.limit);
    let mut rows = batch::Entity::find()
        .filter(cx.caller.scope(POINTS_READ).covers(Column::OrganizationId))
        .order_by_desc(Column::Id)
        .limit(page.fetch());
    if let Some(union) = input.organization_id {
        rows = rows.filter(Column::OrganizationId.eq(union));
    }
    if let Some(budget) = input.budget_id {
        rows = rows.filter(Column::BudgetId.eq(budget));
    }
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.lt(after));
    }
    let bare = input.without_evidence == Some(true);
    if which == Which::Released || bare {
        rows = rows.filter(Column::ReleasedAt.is_not_null());
    }
    if bare {
        rows = rows.filter(Column::Id.not_in_subquery(evidence::batches()));
    }
    Ok(Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string()))
}

/// Rows with their names.
///
/// # Errors
/// The database.
pub async fn shaped(conn: &impl ConnectionTrait, rows: Vec<batch::Model>) -> Result<Vec<BatchRow>> {
    let unions: BTreeSet<Id> = rows.iter().map(|row| row.organization_id).collect();
    let names = organizations_named(conn, unions).await?;
    let accounts = accounts_named(conn, rows.iter().filter_map(|row| row.made_by).collect()).await?;
    let labels = labels(conn, rows.iter().map(|row| row.budget_id).collect()).await?;
    let papers = evidence::counts(conn, rows.iter().map(|row| row.id).collect()).await?;
    let shape = |row: batch::Model| BatchRow {
        id: row.id,
        version: row.version,
        organization_id: row.organization_id,
        organization_name: names.get(&row.organization_id).cloned().unwrap_or_default(),
        budget_id: row.budget_id,
        purpose_label: labels.get(&row.budget_id).cloned().unwrap_or_default(),
        kind: row.kind,
        name: row.name,
        each_cents: row.each_cents,
        rule: row.rule,
        file_name: row.file_name,
        expires_on: row.expires_on,
        state: row.state,
        people: row.people,
        amount_cents: row.amount_cents,
        over_limit: row.over_limit,
        faults: row.faults,
        issued_people: row.issued_people,
        issued_cents: row.issued_cents,
        refused_people: row.refused_people,
        evidence_files: papers.get(&row.id).copied().unwrap_or(0),
        trouble: row.trouble,
        return_reason: row.return_reason,
        made_by: row.made_by.and_then(|id| accounts.get(&id)).and_then(AccountName::shown),
        made_at: row.made_at,
        released_at: row.released_at,
        ended_at: row.ended_at,
    };
    Ok(rows.into_iter().map(shape).collect())
}

async fn labels(conn: &impl ConnectionTrait, budgets: BTreeSet<Id>) -> Result<BTreeMap<Id, String>> {
    let mut labels = BTreeMap::new();
    for row in budget::Entity::find().filter(budget::Column::AccountId.is_in(budgets)).all(conn).await? {
        labels.insert(row.account_id, purpose::label(conn, &row.purpose).await?);
    }
    Ok(labels)
}

//! One batch: what it is, how far it is, who decided what.

use chrono::{DateTime, Utc};
use kernel::{Cx, Error, Result, approval};
use registry::staff::{AccountName, accounts_named};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::batch::held;
use super::list::{BatchRow, shaped};
use crate::access::{POINTS_ISSUE, POINTS_READ};
use crate::ledger;
use crate::points::approval::{BATCH, may_decide};
use crate::points::budget;

/// Which batch.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BatchInput {
    /// Its id.
    pub batch_id: Uuid,
}

/// A batch with what the next step needs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchPage {
    /// As in the list.
    pub batch: BatchRow,
    /// What the budget can still promise, in cents.
    pub available_cents: i64,
    /// Who decided, oldest first.
    pub decisions: Vec<MoneyDecision>,
    /// The caller may submit and withdraw.
    pub may_issue: bool,
    /// The caller may say yes or no now.
    pub may_approve: bool,
}

/// What somebody decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MoneyDecision {
    /// `approved`, `returned`, `withdrawn`.
    pub outcome: String,
    /// At which stage.
    pub stage: i64,
    /// Who.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub note: Option<String>,
}

/// Shows a batch.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn one(cx: Cx, input: BatchInput) -> Result<BatchPage> {
    let conn = cx.read();
    let row = held(&cx, conn, POINTS_READ, input.batch_id).await?;
    let budget = budget::load(conn, row.budget_id).await?;
    let free = ledger::balance(conn, row.budget_id).await?.available_cents.saturating_sub(budget.reserved_cents);
    Ok(BatchPage {
        available_cents: free,
        decisions: decisions(&cx, BATCH, row.id).await?,
        may_issue: cx.caller.may(conn, POINTS_ISSUE, row.organization_id).await?,
        may_approve: may_decide(&cx, BATCH, row.id).await?,
        batch: shaped(conn, vec![row]).await?.pop().ok_or_else(Error::not_found)?,
    })
}

/// What was decided on money, with the names of those who decided.
///
/// # Errors
/// The database.
pub async fn decisions(cx: &Cx, kind: &str, subject: Uuid) -> Result<Vec<MoneyDecision>> {
    let mut rows = approval::history(cx.read(), kind, subject).await?;
    rows.sort_by_key(|row| (row.decided_at, row.stage));
    let accounts = accounts_named(cx.read(), rows.iter().filter_map(|row| row.decided_by).collect()).await?;
    let shape = |row: approval::entity::decision::Model| MoneyDecision {
        by: row.decided_by.and_then(|id| accounts.get(&id)).and_then(AccountName::shown),
        outcome: row.outcome,
        stage: row.stage,
        at: row.decided_at,
        note: row.note,
    };
    Ok(rows.into_iter().map(shape).collect())
}

//! Submits a prepared batch for approval.

use kernel::event::Event;
use kernel::{Cx, Error, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::batch::{held, moved};
use super::list::{BatchRow, shaped};
use super::{BATCH_NOBODY, load};
use crate::access::POINTS_ISSUE;
use crate::points::approval::{self, BATCH};
use crate::points::budget;

/// Which batch.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BatchSubmit {
    /// Its id.
    pub batch_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
}

/// Submits a batch: from now on somebody else decides.
///
/// # Errors
/// `issue.state`, `issue.nobody`, `points_approval.nobody`, 404 outside the caller's scope; the database.
pub async fn submit(cx: Cx, input: BatchSubmit) -> Result<BatchRow> {
    let tx = cx.begin().await?;
    let row = held(&cx, &tx, POINTS_ISSUE, input.batch_id).await?;
    if row.amount_cents == 0 {
        return Err(BATCH_NOBODY.refusal().into());
    }
    let sql = "UPDATE issue_batch SET state = 'waiting', return_reason = NULL, version = version + 1
        WHERE id = $1 AND version = $2 AND state = 'prepared'";
    moved(tx.execute_sql(sql, [row.id.into(), input.version.into()]).await?)?;
    let budget = budget::load(&tx, row.budget_id).await?;
    approval::open(&tx, BATCH, row.id, budget.organization_id, row.amount_cents).await?;
    let event = Event::of("issue.submitted", "issue_batch", row.id).at(row.organization_id);
    tx.record(event.with("people", row.people).with("amount_cents", row.amount_cents)).await?;
    let answer = shaped(&tx, vec![load(&tx, row.id).await?]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}

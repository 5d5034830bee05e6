//! What the approval of a batch brings about: the sum is promised out of the budget and the job begins.

use kernel::event::Event;
use kernel::{Id, Result, Tx, job};

use super::batch::{load, moved};
use super::{RUN, job_of};
use crate::points::budget::{self, BUDGET_SHORT};

/// Releases a batch; inside the command that approved it.
///
/// # Errors
/// `budget.short`, `issue.state`; the database.
pub async fn release(tx: &Tx, id: Id) -> Result<()> {
    let row = load(tx, id).await?;
    if !budget::reserve(tx, row.budget_id, row.amount_cents).await? {
        return Err(BUDGET_SHORT.refusal().into());
    }
    let event = Event::of("issue.released", "issue_batch", row.id).at(row.organization_id);
    let event = tx.record(event.with("people", row.people).with("amount_cents", row.amount_cents)).await?;
    let sql = "UPDATE issue_batch SET state = 'running', released_at = $2, event_id = $3, version = version + 1
        WHERE id = $1 AND state = 'waiting'";
    moved(tx.execute_sql(sql, [row.id.into(), tx.now().into(), event.into()]).await?)?;
    job::enqueue(tx, job_of(RUN, &load(tx, id).await?)?).await?;
    Ok(())
}

/// Gives a batch back to whoever made it, with a reason.
///
/// # Errors
/// `issue.state`; the database.
pub async fn returned(tx: &Tx, id: Id, reason: &str) -> Result<()> {
    let sql = "UPDATE issue_batch SET state = 'prepared', return_reason = $2, version = version + 1
        WHERE id = $1 AND state = 'waiting'";
    moved(tx.execute_sql(sql, [id.into(), reason.into()]).await?)
}

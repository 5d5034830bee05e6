//! What the approval of a correction brings about: the job begins.

use kernel::event::Event;
use kernel::{Id, Result, Tx, job};

use super::{job_of, load, moved};

/// Releases a correction; inside the command that approved it.
///
/// # Errors
/// `issue_correction.state`; the database.
pub async fn release(tx: &Tx, id: Id) -> Result<()> {
    let row = load(tx, id).await?;
    let event = Event::of("issue_correction.released", "issue_correction", row.id).at(row.organization_id);
    let event = event.with("batch_id", row.batch_id).with("people", row.people);
    let event = tx.record(event.with("amount_cents", row.amount_cents)).await?;
    let sql = "UPDATE issue_correction SET state = 'running', event_id = $2, version = version + 1
        WHERE id = $1 AND state = 'waiting'";
    moved(tx.execute_sql(sql, [id.into(), event.into()]).await?)?;
    job::enqueue(tx, job_of(&load(tx, id).await?)?).await?;
    Ok(())
}

/// The correction was not approved.
///
/// # Errors
/// `issue_correction.state`; the database.
pub async fn returned(tx: &Tx, id: Id, reason: &str) -> Result<()> {
    let sql = "UPDATE issue_correction SET state = 'returned', return_reason = $2, ended_at = $3, version = version + 1
        WHERE id = $1 AND state = 'waiting'";
    moved(tx.execute_sql(sql, [id.into(), reason.into(), tx.now().into()]).await?)
}

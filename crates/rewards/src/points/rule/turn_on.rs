//! What the approval of a rule brings about.

use kernel::event::Event;
use kernel::{Id, Result, Tx};

use super::RULE_STATE;

/// The rule begins; inside the command that approved it.
///
/// # Errors
/// `point_rule.state`; the database.
pub async fn turn_on(tx: &Tx, id: Id) -> Result<()> {
    let sql = "UPDATE point_rule SET state = 'on' WHERE id = $1 AND state = 'waiting'";
    moved(tx.execute_sql(sql, [id.into()]).await?)?;
    tx.record(Event::of("point_rule.on", "point_rule", id)).await?;
    Ok(())
}

/// The rule was not approved.
///
/// # Errors
/// `point_rule.state`; the database.
pub async fn returned(tx: &Tx, id: Id, reason: &str) -> Result<()> {
    let sql = "UPDATE point_rule SET state = 'returned', ended_at = $2, return_reason = $3
        WHERE id = $1 AND state = 'waiting'";
    moved(tx.execute_sql(sql, [id.into(), tx.now().into(), reason.into()]).await?)
}

/// Whether a statement that demanded a state changed its row.
pub(super) fn moved(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(RULE_STATE.refusal().into()) }
}

//! The end of a poll.

use kernel::event::Event;
use kernel::{Id, Result, Tx};

use crate::ballot::key;

/// Closes a poll, in the caller's transaction: nothing is drawn or cast any more, its key is destroyed, and its
/// sheets that were not entered are void. `false` when
/// it was closed before. [`super::flush`] with `last` follows.
///
/// # Errors
/// Contention; the database.
pub async fn close(tx: &Tx, poll_id: Id) -> Result<bool> {
    let update = "UPDATE poll SET state = 'closed' WHERE id = $1 AND state = 'open'";
    if tx.execute_sql(update, [poll_id.into()]).await? == 0 {
        return Ok(false);
    }
    key::destroy(tx, poll_id).await?;
    // Sheets that did not come back, or were not entered by two, are worth nothing from here on.
    let void = "UPDATE paper_sheet SET state = 'void', first_entry = NULL, second_entry = NULL, label = NULL
        WHERE poll_id = $1 AND state IN ('printed', 'first_entry', 'disputed')";
    let sheets = tx.execute_sql(void, [poll_id.into()]).await?;
    tx.record(Event::of("poll.closed", "poll", poll_id).with("void_sheets", sheets)).await?;
    Ok(true)
}

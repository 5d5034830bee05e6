//! The end of a poll.

use kernel::event::Event;
use kernel::{Id, Result, Tx};

use crate::ballot::key;

/// Closes a poll, in the caller's transaction: nothing is drawn or cast any more, and its key is destroyed. `false` when
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
    tx.record(Event::of("poll.closed", "poll", poll_id)).await?;
    Ok(true)
}

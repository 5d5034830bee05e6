//! The end of a key: the poll closed for good.

use kernel::event::Event;
use kernel::{Id, Result, Tx};
use sea_orm::{ConnectionTrait, Statement};

/// Destroys the private half of a poll's key, in the caller's transaction; `false` when there is none any more.
///
/// # Errors
/// The database.
pub async fn destroy(tx: &Tx, poll: Id) -> Result<bool> {
    let sql = "UPDATE ballot_key SET private_sealed = NULL, destroyed_on = $2
        WHERE used_for = $1 AND private_sealed IS NOT NULL RETURNING id, key_hash";
    let values = [poll.into(), tx.today().into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let Some(row) = tx.query_one_raw(statement).await? else {
        return Ok(false);
    };
    let event = Event::of("ballot_key.destroyed", "ballot_key", row.try_get("", "id")?);
    tx.record(event.with("used_for", poll).with("key_hash", row.try_get::<String>("", "key_hash")?)).await?;
    Ok(true)
}

//! A person's phone: sealed in the row, found by its blind index.

use kernel::{Id, Result, Tx};

use super::phone::Phone;
use super::vault;

/// Gives a person another phone. Whoever calls this records the event.
///
/// # Errors
/// The database.
pub async fn set_phone(tx: &Tx, person: Id, phone: &Phone) -> Result<()> {
    let keys = tx.app().keys.as_ref();
    let sealed = vault::seal_phone(keys, person, phone)?;
    tx.execute_sql("UPDATE person SET phone_sealed = $2 WHERE id = $1", [person.into(), sealed.into()]).await?;
    tx.execute_sql("DELETE FROM person_index WHERE person_id = $1 AND kind = 'phone'", [person.into()]).await?;
    let insert = "INSERT INTO person_index (kind, digest, person_id) VALUES ('phone', $1, $2)";
    tx.execute_sql(insert, [vault::phone_digest(keys, phone).into(), person.into()]).await?;
    Ok(())
}

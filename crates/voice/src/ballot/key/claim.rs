//! A poll takes its key.

use kernel::event::Event;
use kernel::job::{New, enqueue};
use kernel::{Id, Result, Tx};
use openssl::sha::sha256;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use super::FILL;
use crate::ballot::BALLOT_NO_KEY;

/// The key of a poll, as far as it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Row of the key.
    pub key_id: Id,
    /// SPKI, DER.
    pub public_spki: Vec<u8>,
    /// SHA-256 over it, in hex: what the poll publishes.
    pub key_hash: String,
}

impl Claimed {
    /// The hash as bytes.
    #[must_use]
    pub fn key_digest(&self) -> [u8; 32] {
        sha256(&self.public_spki)
    }
}

/// Gives a poll its key, in the caller's transaction; asked again it gives the same one. Two polls that
/// open at once get two keys: each passes over the row that the other holds.
///
/// # Errors
/// `ballot.no_key` when none is ready ([`ensure_ready`](super::ensure_ready) first); contention; the database.
pub async fn claim(tx: &Tx, poll: Id) -> Result<Claimed> {
    if let Some(claimed) = claimed(tx, poll).await? {
        return Ok(claimed);
    }
    let skip = if tx.get_database_backend() == DbBackend::Sqlite { "" } else { " FOR UPDATE SKIP LOCKED" };
    let take = format!(
        "UPDATE ballot_key SET used_for = $1, claimed_on = $2
        WHERE id = (SELECT id FROM ballot_key WHERE used_for IS NULL ORDER BY id LIMIT 1{skip})
        RETURNING id, public_spki, key_hash"
    );
    let values = [poll.into(), tx.today().into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), take, values);
    let row = tx.query_one_raw(statement).await?.ok_or_else(|| BALLOT_NO_KEY.refusal())?;
    let claimed = read(&row)?;
    let event = Event::of("ballot_key.claimed", "ballot_key", claimed.key_id);
    tx.record(event.with("used_for", poll).with("key_hash", &claimed.key_hash)).await?;
    enqueue(tx, New::of(FILL, claimed.key_id)?.once(format!("{FILL}:{}", claimed.key_id))).await?;
    Ok(claimed)
}

async fn claimed(tx: &Tx, poll: Id) -> Result<Option<Claimed>> {
    let select = "SELECT id, public_spki, key_hash FROM ballot_key WHERE used_for = $1";
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), select, [poll.into()]);
    tx.query_one_raw(statement).await?.as_ref().map(read).transpose()
}

fn read(row: &QueryResult) -> Result<Claimed> {
    Ok(Claimed {
        key_id: row.try_get("", "id")?,
        public_spki: row.try_get("", "public_spki")?,
        key_hash: row.try_get("", "key_hash")?,
    })
}

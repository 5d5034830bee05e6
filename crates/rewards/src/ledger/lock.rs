//! Who changes a book holds its row until the end of the transaction.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Id, Result, Tx};
use sea_orm::ConnectionTrait;

use super::engine::rows::Book;

/// Locks books, in the order of their ids, and answers how they stand; one that does not exist is left out.
///
/// # Errors
/// Contention, or the database.
pub async fn lock_books(tx: &Tx, books: impl IntoIterator<Item = Id>) -> Result<BTreeMap<Id, Book>> {
    let ids: BTreeSet<Id> = books.into_iter().collect();
    let mut locked = BTreeMap::new();
    for id in ids {
        let sql = "UPDATE ledger_book SET seq = seq WHERE id = $1 RETURNING seq, at, open_from,
            stopped_at IS NOT NULL AS stopped";
        if let Some(row) = tx.query_one_raw(tx.app().db.statement(sql, [id.into()])).await? {
            let (seq, at, open_from) = (row.try_get("", "seq")?, row.try_get("", "at")?, row.try_get("", "open_from")?);
            locked.insert(id, Book { id, seq, at, open_from, stopped: row.try_get("", "stopped")? });
        }
    }
    Ok(locked)
}

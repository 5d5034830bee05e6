//! Sealed days as they stand.

use kernel::crypto::tree::Hash;
use kernel::time::{Day, Time};
use kernel::{Error, Id, Result};
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

const DAY: &str = "SELECT book_id, day, first_seq, transfers, root, signature, public_key, event_id, sealed_at
    FROM ledger_day";

/// A day that is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedDay {
    /// The book.
    pub book_id: Id,
    /// The day in China.
    pub day: Day,
    /// Number of its first transfer; of a day without any, the number that comes next.
    pub first_seq: i64,
    /// How many.
    pub transfers: i64,
    /// Over all of them.
    pub root: Hash,
    /// Over [`super::message`].
    pub signature: Vec<u8>,
    /// The key that signed.
    pub public_key: Vec<u8>,
    /// Its event.
    pub event_id: Id,
    /// When it was sealed.
    pub sealed_at: Time,
}

/// A part of a day: so many transfers, and the root over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ledger) struct Block {
    pub(in crate::ledger) transfers: i64,
    pub(in crate::ledger) root: Hash,
}

/// Sealed days of all books before a day and book, the newest first.
///
/// # Errors
/// The database.
pub async fn before(conn: &impl ConnectionTrait, place: (Day, Id), most: u64) -> Result<Vec<SealedDay>> {
    let tail = "WHERE day < $1 OR (day = $1 AND book_id < $2) ORDER BY day DESC, book_id DESC LIMIT $3";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    days(conn, tail, vec![place.0.into(), place.1.into(), most.into()]).await
}

/// A day of all books.
///
/// # Errors
/// The database.
pub async fn on(conn: &impl ConnectionTrait, day: Day) -> Result<Vec<SealedDay>> {
    days(conn, "WHERE day = $1 ORDER BY book_id", vec![day.into()]).await
}

/// Every sealed day of a book, the oldest first.
///
/// # Errors
/// The database.
pub async fn of_book(conn: &impl ConnectionTrait, book: Id) -> Result<Vec<SealedDay>> {
    days(conn, "WHERE book_id = $1 ORDER BY day", vec![book.into()]).await
}

/// The blocks of a day, in their order.
pub(in crate::ledger) async fn blocks(conn: &impl ConnectionTrait, book: Id, day: Day) -> Result<Vec<Block>> {
    let sql = "SELECT transfers, root FROM ledger_day_block WHERE book_id = $1 AND day = $2 ORDER BY number";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [book.into(), day.into()]);
    let block = |row: &QueryResult| Ok(Block { transfers: row.try_get("", "transfers")?, root: hash(row)? });
    conn.query_all_raw(statement).await?.iter().map(block).collect()
}

async fn days(conn: &impl ConnectionTrait, tail: &str, values: Vec<Value>) -> Result<Vec<SealedDay>> {
    let sql = format!("{DAY} {tail}");
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    conn.query_all_raw(statement).await?.iter().map(day).collect()
}

fn day(row: &QueryResult) -> Result<SealedDay> {
    Ok(SealedDay {
        book_id: row.try_get("", "book_id")?,
        day: row.try_get("", "day")?,
        first_seq: row.try_get("", "first_seq")?,
        transfers: row.try_get("", "transfers")?,
        root: hash(row)?,
        signature: row.try_get("", "signature")?,
        public_key: row.try_get("", "public_key")?,
        event_id: row.try_get("", "event_id")?,
        sealed_at: row.try_get("", "sealed_at")?,
    })
}

fn hash(row: &QueryResult) -> Result<Hash> {
    let bytes: Vec<u8> = row.try_get("", "root")?;
    Hash::try_from(bytes).map_err(|_| Error::internal("a root is not 32 bytes"))
}

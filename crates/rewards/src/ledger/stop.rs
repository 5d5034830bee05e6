//! A book stands still: the row that each order locks and reads anyway says so.

use kernel::{Error, Id, Result, Tx};
use sea_orm::{ConnectionTrait, Statement};

use super::LEDGER_STOPPED;

/// Lets a book stand still. Orders that hold the book are carried out first, all others are refused; `false` when it stands
/// still already, or does not exist.
///
/// # Errors
/// Contention, or the database.
pub async fn stand_still(tx: &Tx, book_id: Id, reason: &str) -> Result<bool> {
    let sql = "UPDATE ledger_book SET stopped_at = $2, stopped_reason = $3 WHERE id = $1 AND stopped_at IS NULL";
    Ok(tx.execute_sql(sql, [book_id.into(), tx.now().into(), reason.into()]).await? == 1)
}

/// Lets a book go on; `false` when it does not stand still.
///
/// # Errors
/// Contention, or the database.
pub async fn let_go_on(tx: &Tx, book_id: Id) -> Result<bool> {
    let sql = "UPDATE ledger_book SET stopped_at = NULL, stopped_reason = NULL
        WHERE id = $1 AND stopped_at IS NOT NULL";
    Ok(tx.execute_sql(sql, [book_id.into()]).await? == 1)
}

/// Whether a book stands still in which a person has points: then nothing of them is paid, of whatever book.
///
/// # Errors
/// The database.
pub async fn stands_still_for(conn: &impl ConnectionTrait, person_id: Id) -> Result<bool> {
    let sql = "SELECT id FROM ledger_book WHERE stopped_at IS NOT NULL AND (kind = 'own' OR id IN
        (SELECT book_id FROM ledger_account WHERE owner_id = $1 AND kind = 'wallet' AND balance_cents > 0)) LIMIT 1";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [person_id.into()]);
    Ok(conn.query_one_raw(statement).await?.is_some())
}

/// Whether it was a book that stands still.
#[must_use]
pub fn is_stopped(error: &Error) -> bool {
    error.refusal().is_some_and(|refusal| refusal.code == LEDGER_STOPPED.code)
}

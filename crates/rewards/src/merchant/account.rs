//! The ledger's accounts of a merchant: what it is owed, one account a book.

use kernel::{Error, Id, Result, Tx};
use sea_orm::{ConnectionTrait, Statement};

use crate::ledger::{self, AccountKind, NewAccount};

/// The account of a merchant in a book; `None` when it has none there yet.
///
/// # Errors
/// The database.
pub async fn account_in(conn: &impl ConnectionTrait, merchant: Id, book: Id) -> Result<Option<Id>> {
    let sql = "SELECT account_id FROM merchant_account WHERE merchant_id = $1 AND book_id = $2";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [merchant.into(), book.into()]);
    Ok(conn.query_one_raw(statement).await?.map(|row| row.try_get("", "account_id")).transpose()?)
}

/// What a merchant is owed over all books, in cents; below zero it owes.
///
/// # Errors
/// The database.
pub async fn owed(conn: &impl ConnectionTrait, merchant: Id) -> Result<i64> {
    let sql = "SELECT CAST(COALESCE(SUM(l.balance_cents), 0) AS bigint) AS cents FROM merchant_account a
        JOIN ledger_account l ON l.id = a.account_id WHERE a.merchant_id = $1";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [merchant.into()]);
    let row = conn.query_one_raw(statement).await?;
    Ok(row.ok_or_else(|| Error::internal("a sum without a row"))?.try_get("", "cents")?)
}

/// The merchant that an account of the ledger belongs to.
///
/// # Errors
/// The database.
pub async fn merchant_of_account(conn: &impl ConnectionTrait, account: Id) -> Result<Option<Id>> {
    let sql = "SELECT merchant_id FROM merchant_account WHERE account_id = $1";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [account.into()]);
    Ok(conn.query_one_raw(statement).await?.map(|row| row.try_get("", "merchant_id")).transpose()?)
}

/// The account of a merchant in a book, opened if there is none.
///
/// It has no floor: who refunds after he was paid owes until he sells again.
///
/// # Errors
/// The database.
pub async fn open_account_in(tx: &Tx, merchant: Id, book: Id) -> Result<Id> {
    if let Some(id) = account_in(tx, merchant, book).await? {
        return Ok(id);
    }
    let new = NewAccount {
        book_id: book,
        kind: AccountKind::Merchant,
        owner_id: Some(merchant),
        purpose: String::new(),
        fiscal_year: 0,
        floor_cents: None,
    };
    let account = ledger::open_account(tx, new).await?;
    let sql = "INSERT INTO merchant_account (merchant_id, book_id, account_id) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";
    if tx.execute_sql(sql, [merchant.into(), book.into(), account.into()]).await? == 1 {
        return Ok(account);
    }
    account_in(tx, merchant, book).await?.ok_or(Error::Contention)
}

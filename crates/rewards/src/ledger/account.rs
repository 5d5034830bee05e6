//! Books and accounts: opened once, frozen and freed with a reason, never deleted.

use kernel::crypto::digest::sm3;
use kernel::error::NOT_FOUND;
use kernel::event::Event;
use kernel::{Error, Id, Result, Tx};
use sea_orm::{ConnectionTrait, Statement};
use uuid::Builder;

use super::lock::lock_books;
use super::order::{AccountKind, Balance, NewAccount};

/// The city's own book, which is there from the first migration on.
pub const OWN_BOOK: Id = Id::from_u128(0x0190_0000_0000_7000_8000_0000_0000_b001);

/// The city's own book.
///
/// # Errors
/// The database.
pub async fn own_book(conn: &impl ConnectionTrait) -> Result<Id> {
    let sql = "SELECT id FROM ledger_book WHERE kind = 'own'";
    let row = conn.query_one_raw(Statement::from_string(conn.get_database_backend(), sql)).await?;
    Ok(row.ok_or_else(|| Error::internal("the city has no book of its own"))?.try_get("", "id")?)
}

/// Opens a book for money that a funder entrusts; it is returned or spent, and never mixed with other money.
///
/// # Errors
/// The database.
pub async fn open_book(tx: &Tx, name: &str, funder: &str) -> Result<Id> {
    let id = tx.id();
    let sql = "INSERT INTO ledger_book (id, kind, name, funder, seq, at) VALUES ($1, 'entrusted', $2, $3, 0, $4)";
    tx.execute_sql(sql, [id.into(), name.into(), funder.into(), tx.now().into()]).await?;
    tx.record(Event::of("ledger_book.opened", "ledger_book", id)).await?;
    Ok(id)
}

/// The id of an account: who asks twice asks for the same one. Accounts of owners that were entered together lie side
/// by side in the index.
#[must_use]
pub fn account_id(book_id: Id, kind: AccountKind, owner_id: Option<Id>, purpose: &str, fiscal_year: i64) -> Id {
    let mut text = b"zhigong account 1".to_vec();
    text.extend_from_slice(book_id.as_bytes());
    text.extend_from_slice(kind.as_str().as_bytes());
    text.push(0);
    text.extend_from_slice(owner_id.unwrap_or_default().as_bytes());
    text.extend_from_slice(&fiscal_year.to_be_bytes());
    text.extend_from_slice(purpose.as_bytes());
    derived(&text, owner_id)
}

/// The wallet of a person in a book, whether it has been opened or not.
#[must_use]
pub fn wallet_id(book_id: Id, person_id: Id) -> Id {
    account_id(book_id, AccountKind::Wallet, Some(person_id), "", 0)
}

/// The bank account of a book.
#[must_use]
pub fn custody_id(book_id: Id) -> Id {
    account_id(book_id, AccountKind::Custody, None, "", 0)
}

/// A hash as an id; its first six bytes are those of `near`.
pub(super) fn derived(text: &[u8], near: Option<Id>) -> Id {
    let hash = sm3(text);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    if let Some(near) = near {
        bytes[..6].copy_from_slice(&near.as_bytes()[..6]);
    }
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// Opens an account once; answers its id, also when it is open already.
///
/// # Errors
/// The database.
pub async fn open_account(tx: &Tx, new: NewAccount) -> Result<Id> {
    let id = account_id(new.book_id, new.kind, new.owner_id, &new.purpose, new.fiscal_year);
    let sql = "INSERT INTO ledger_account
        (id, book_id, kind, owner_id, purpose, fiscal_year, balance_cents, held_cents, floor_cents, seq)
        VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, 0) ON CONFLICT DO NOTHING";
    let values = [
        id.into(),
        new.book_id.into(),
        new.kind.as_str().into(),
        new.owner_id.into(),
        new.purpose.into(),
        new.fiscal_year.into(),
        new.floor_cents.into(),
    ];
    tx.execute_sql(sql, values).await?;
    Ok(id)
}

/// What is in an account; nothing in one that was never opened.
///
/// # Errors
/// The database.
pub async fn balance(conn: &impl ConnectionTrait, account_id: Id) -> Result<Balance> {
    let sql = "SELECT balance_cents, held_cents FROM ledger_account WHERE id = $1";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [account_id.into()]);
    let Some(row) = conn.query_one_raw(statement).await? else {
        return Ok(Balance::default());
    };
    let (balance_cents, held_cents): (i64, i64) = (row.try_get("", "balance_cents")?, row.try_get("", "held_cents")?);
    Ok(Balance { balance_cents, held_cents, available_cents: balance_cents.saturating_sub(held_cents) })
}

/// What is free in a person's wallets, over all books, in cents. This may include lots whose last day was yesterday.
///
/// # Errors
/// The database.
pub async fn available(conn: &impl ConnectionTrait, person_id: Id) -> Result<i64> {
    let sql = "SELECT CAST(COALESCE(SUM(balance_cents - held_cents), 0) AS bigint) AS cents FROM ledger_account
        WHERE owner_id = $1 AND kind = 'wallet'";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [person_id.into()]);
    let row = conn.query_one_raw(statement).await?;
    Ok(row.ok_or_else(|| Error::internal("a sum without a row"))?.try_get("", "cents")?)
}

/// From now on nothing moves in or out of the account, but what is held is still released.
///
/// # Errors
/// `not_found`, or the database.
pub async fn freeze(tx: &Tx, account_id: Id, reason: &str) -> Result<()> {
    set_frozen(tx, account_id, Some(reason)).await?;
    tx.record(Event::of("ledger_account.frozen", "ledger_account", account_id)).await?;
    Ok(())
}

/// Frees a frozen account.
///
/// # Errors
/// `not_found`, or the database.
pub async fn unfreeze(tx: &Tx, account_id: Id) -> Result<()> {
    set_frozen(tx, account_id, None).await?;
    tx.record(Event::of("ledger_account.unfrozen", "ledger_account", account_id)).await?;
    Ok(())
}

/// Under the book's lock: a batch that read the account before has committed, a later one reads the reason.
async fn set_frozen(tx: &Tx, account_id: Id, reason: Option<&str>) -> Result<()> {
    let sql = "SELECT book_id FROM ledger_account WHERE id = $1";
    let row = tx.query_one_raw(tx.app().db.statement(sql, [account_id.into()])).await?;
    let book: Id = row.ok_or_else(|| NOT_FOUND.refusal())?.try_get("", "book_id")?;
    lock_books(tx, [book]).await?;
    let sql = "UPDATE ledger_account SET frozen_reason = $2 WHERE id = $1";
    tx.execute_sql(sql, [account_id.into(), reason.map(str::to_owned).into()]).await?;
    Ok(())
}

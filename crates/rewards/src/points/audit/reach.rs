//! Which accounts somebody may audit: the budgets in his scope, wallets of members in it, and of the city everything.

use kernel::{Cx, Error, Id, Result};
use registry::organization::entity as organization;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement};

use crate::access::POINTS_AUDIT;

/// The city federation, where the whole ledger is audited.
///
/// # Errors
/// The database.
pub async fn root(conn: &impl ConnectionTrait) -> Result<Id> {
    let rows = organization::Entity::find()
        .filter(organization::Column::Kind.eq("city_federation"))
        .order_by_asc(organization::Column::Id);
    Ok(rows.one(conn).await?.ok_or_else(Error::not_found)?.id)
}

/// Demands that the caller audits the city.
///
/// # Errors
/// 404 for everybody else; the database.
pub async fn city(cx: &Cx, conn: &impl ConnectionTrait) -> Result<()> {
    cx.caller.must(conn, POINTS_AUDIT, root(conn).await?).await
}

/// An account as it is audited.
#[derive(Debug, Clone)]
pub struct Account {
    /// Which.
    pub id: Id,
    /// The book.
    pub book_id: Id,
    /// `custody`, `budget`, `wallet`, `merchant`, `escrow`, `expiry`, `adjustment`.
    pub kind: String,
    /// Union, person or merchant.
    pub owner_id: Option<Id>,
    /// Purpose of a budget.
    pub purpose: String,
    /// Year of a budget.
    pub fiscal_year: i64,
    /// What is there.
    pub balance_cents: i64,
    /// What of it is held.
    pub held_cents: i64,
    /// Number of its last transfer.
    pub seq: i64,
    /// Why it is frozen.
    pub frozen_reason: Option<String>,
}

/// An account.
///
/// # Errors
/// `not_found`; the database.
pub async fn load(conn: &impl ConnectionTrait, id: Id) -> Result<Account> {
    let sql = "SELECT * FROM ledger_account WHERE id = $1";
    let row = conn.query_one_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, [id.into()])).await?;
    let row = row.ok_or_else(Error::not_found)?;
    Ok(Account {
        id: row.try_get("", "id")?,
        book_id: row.try_get("", "book_id")?,
        kind: row.try_get("", "kind")?,
        owner_id: row.try_get("", "owner_id")?,
        purpose: row.try_get("", "purpose")?,
        fiscal_year: row.try_get("", "fiscal_year")?,
        balance_cents: row.try_get("", "balance_cents")?,
        held_cents: row.try_get("", "held_cents")?,
        seq: row.try_get("", "seq")?,
        frozen_reason: row.try_get("", "frozen_reason")?,
    })
}

/// Whether the caller may audit an account.
///
/// # Errors
/// The database.
pub async fn may(cx: &Cx, account: &Account) -> Result<bool> {
    let conn = cx.read();
    let node = match (account.kind.as_str(), account.owner_id) {
        ("budget", Some(union)) => Some(union),
        ("wallet", Some(person)) => union_of(conn, person).await?,
        _ => None,
    };
    if let Some(node) = node
        && cx.caller.may(conn, POINTS_AUDIT, node).await?
    {
        return Ok(true);
    }
    cx.caller.may(conn, POINTS_AUDIT, root(conn).await?).await
}

/// An account that the caller may audit.
///
/// # Errors
/// 404 for everybody else; the database.
pub async fn audited(cx: &Cx, id: Id) -> Result<Account> {
    let account = load(cx.read(), id).await?;
    if may(cx, &account).await? { Ok(account) } else { Err(Error::not_found()) }
}

async fn union_of(conn: &impl ConnectionTrait, person: Id) -> Result<Option<Id>> {
    let sql = "SELECT organization_id FROM membership WHERE person_id = $1 AND state = 'active'";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [person.into()]);
    let row = conn.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "organization_id")).transpose()?)
}

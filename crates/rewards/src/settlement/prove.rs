//! Computes a statement again from the ledger and compares.

use kernel::{Cx, Error, Id, Result};
use sea_orm::{ConnectionTrait, Statement};
use serde::Serialize;
use utoipa::ToSchema;

use super::gather::{self, Span};
use super::rules::digest;
use super::statement_entity as entity;
use super::statement_show::{StatementInput, hex, seen};

/// Whether a statement is what the ledger says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementProof {
    /// They agree.
    pub agrees: bool,
    /// The digest that was kept, in hexadecimal.
    pub kept: String,
    /// The digest of what the ledger says now.
    pub computed: String,
}

/// Computes a statement again.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn prove(cx: Cx, input: StatementInput) -> Result<StatementProof> {
    let row = seen(&cx, input.statement_id).await?;
    let computed = computed(cx.read(), &row).await?;
    Ok(StatementProof { agrees: row.digest == computed, kept: hex(&row.digest), computed: hex(&computed) })
}

/// The digest of what the ledger says of a merchant's day.
///
/// # Errors
/// The database.
pub async fn computed(conn: &impl ConnectionTrait, row: &entity::Model) -> Result<[u8; 32]> {
    let span = span(conn, row.book_id, row).await?;
    let gathered = gather::all(conn, row.book_id, span).await?.remove(&row.merchant_id).unwrap_or_default();
    Ok(digest(row.book_id, row.merchant_id, row.day, &gathered))
}

async fn span(conn: &impl ConnectionTrait, book: Id, row: &entity::Model) -> Result<Span> {
    let sql = "SELECT after_seq, through_seq FROM settlement_cut WHERE book_id = $1 AND day = $2";
    let values = [book.into(), row.day.into()];
    let cut = conn.query_one_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?;
    let cut = cut.ok_or_else(|| Error::internal("a statement without its cut"))?;
    Ok(Span { after: cut.try_get("", "after_seq")?, through: cut.try_get("", "through_seq")? })
}

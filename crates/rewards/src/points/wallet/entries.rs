//! What came into a wallet and went out of it, each with its explanation.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::error::INPUT_INVALID;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::own;
use crate::ledger;
use crate::points::book;

/// Which entries.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct WalletEntriesInput {
    /// The book; the city's own unless told.
    #[serde(default)]
    pub book_id: Option<Uuid>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// An entry of a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WalletEntry {
    /// The transfer.
    pub id: Uuid,
    /// `issue`, `pay`, `capture`, `refund`, `expire`, `reverse`.
    pub kind: String,
    /// What for, in words.
    pub reason: String,
    /// Above zero came in, below went out; in cents.
    pub amount_cents: i64,
    /// What was there afterwards, in cents.
    pub balance_cents: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The day in China.
    pub day: NaiveDate,
}

/// Lists entries, the latest first.
///
/// # Errors
/// `input.invalid` for a bad cursor, `book.unknown`, 404 for an account that is nobody's yet; the database.
pub async fn entries(cx: Cx, input: WalletEntriesInput) -> Result<Page<WalletEntry>> {
    let person = own(&cx)?;
    let book = match input.book_id {
        Some(id) => book::load(cx.read(), id).await?.id,
        None => ledger::own_book(cx.read()).await?,
    };
    let page = PageInput::new(input.after, input.limit);
    let before = page.after.as_ref().map_or(Ok(i64::MAX), |text| text.parse());
    let before: i64 = before.map_err(|_| INPUT_INVALID.refusal().on("after"))?;
    let limit = i64::try_from(page.fetch()).unwrap_or(i64::MAX);
    let rows = some(cx.read(), ledger::wallet_id(book, person), before, limit).await?;
    Ok(Page::cut(rows, &page, |(seq, _)| seq.to_string()).map(|(_, entry)| entry))
}

/// Entries before a number of the book, the latest first, each with its number.
async fn some(conn: &impl ConnectionTrait, wallet: Id, before: i64, limit: i64) -> Result<Vec<(i64, WalletEntry)>> {
    // Two indexes, each read from its end: an OR over both columns would read all.
    let sql = "SELECT * FROM (
            SELECT id, kind, reason, -amount_cents AS amount_cents, debit_after_cents AS balance_cents, at, day, seq
            FROM transfer WHERE debit_id = $1 AND seq < $2
            UNION ALL
            SELECT id, kind, reason, amount_cents, credit_after_cents AS balance_cents, at, day, seq
            FROM transfer WHERE credit_id = $1 AND seq < $2
        ) entries ORDER BY seq DESC LIMIT $3";
    let values = [wallet.into(), before.into(), limit.into()];
    let rows = conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?;
    let entry = |row: &QueryResult| {
        let entry = WalletEntry {
            id: row.try_get("", "id")?,
            kind: row.try_get("", "kind")?,
            reason: row.try_get("", "reason")?,
            amount_cents: row.try_get("", "amount_cents")?,
            balance_cents: row.try_get("", "balance_cents")?,
            at: row.try_get("", "at")?,
            day: row.try_get("", "day")?,
        };
        Ok((row.try_get("", "seq")?, entry))
    };
    rows.iter().map(entry).collect()
}

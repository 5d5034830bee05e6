//! One account of the ledger, and what came into it and went out of it.

use chrono::{DateTime, Utc};
use kernel::error::INPUT_INVALID;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use sea_orm::{ConnectionTrait, QueryResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::accounts::{LedgerAccountRow, label, shaped};
use super::reach;

/// Which account.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct LedgerAccountInput {
    /// Its id.
    pub account_id: Uuid,
}

/// Which entries.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct LedgerEntriesInput {
    /// The account.
    pub account_id: Uuid,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// An entry of an account; amounts in cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerEntry {
    /// The transfer.
    pub transfer_id: Uuid,
    /// Its number in the book.
    pub seq: i64,
    /// Its kind.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// The other account.
    pub other_label: String,
    /// Above zero came in, below went out.
    pub amount_cents: i64,
    /// What was there afterwards.
    pub balance_cents: i64,
    /// When.
    pub at: DateTime<Utc>,
}

/// Shows an account.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn account(cx: Cx, input: LedgerAccountInput) -> Result<LedgerAccountRow> {
    let account = reach::audited(&cx, input.account_id).await?;
    shaped(&cx, &account).await
}

/// Lists entries, the latest first.
///
/// # Errors
/// `input.invalid` for a bad cursor, 404 outside the caller's scope; the database.
pub async fn entries(cx: Cx, input: LedgerEntriesInput) -> Result<Page<LedgerEntry>> {
    let account = reach::audited(&cx, input.account_id).await?;
    let page = PageInput::new(input.after, input.limit);
    let before = page.after.as_ref().map_or(Ok(i64::MAX), |text| text.parse());
    let before: i64 = before.map_err(|_| INPUT_INVALID.refusal().on("after"))?;
    let limit = i64::try_from(page.fetch()).unwrap_or(i64::MAX);
    // Each side is cut by itself, so that an account with many transfers is read from its end.
    let sql = "SELECT * FROM (
            SELECT * FROM (SELECT id, seq, kind, reason, credit_id AS other_id, -amount_cents AS amount_cents,
                debit_after_cents AS balance_cents, at FROM transfer WHERE debit_id = $1 AND seq < $2
                ORDER BY seq DESC LIMIT $3) gave
            UNION ALL
            SELECT * FROM (SELECT id, seq, kind, reason, debit_id AS other_id, amount_cents,
                credit_after_cents AS balance_cents, at FROM transfer WHERE credit_id = $1 AND seq < $2
                ORDER BY seq DESC LIMIT $3) got
        ) entries ORDER BY seq DESC LIMIT $3";
    let values = [account.id.into(), before.into(), limit.into()];
    let rows = cx.read().query_all_raw(cx.app.db.statement(sql, values)).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        items.push(entry(&cx, row).await?);
    }
    Ok(Page::cut(items, &page, |entry| entry.seq.to_string()))
}

async fn entry(cx: &Cx, row: &QueryResult) -> Result<LedgerEntry> {
    let other: Id = row.try_get("", "other_id")?;
    Ok(LedgerEntry {
        transfer_id: row.try_get("", "id")?,
        seq: row.try_get("", "seq")?,
        kind: row.try_get("", "kind")?,
        reason: row.try_get("", "reason")?,
        other_label: label(cx, &reach::load(cx.read(), other).await?).await?,
        amount_cents: row.try_get("", "amount_cents")?,
        balance_cents: row.try_get("", "balance_cents")?,
        at: row.try_get("", "at")?,
    })
}

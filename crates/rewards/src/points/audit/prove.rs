//! Proves an account: its balance against its history, transfer by transfer, on the living ledger.

use kernel::{Cx, Error, Result};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use utoipa::ToSchema;

use super::account::LedgerAccountInput;
use super::reach::{self, Account};

/// Transfers that are read at once.
const READ: i64 = 2_000;

/// What the proof of an account found; amounts in cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountProof {
    /// Transfers that were looked at.
    pub transfers: i64,
    /// The balance that the account says.
    pub balance_cents: i64,
    /// The balance that its transfers make.
    pub computed_cents: i64,
    /// What is held by orders under way.
    pub held_cents: i64,
    /// What the lots of a wallet make; absent elsewhere.
    pub lots_cents: Option<i64>,
    /// Everything agrees.
    pub agrees: bool,
    /// The number of the first transfer at which something does not.
    pub wrong_at: Option<i64>,
}

/// Proves an account.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn prove(cx: Cx, input: LedgerAccountInput) -> Result<AccountProof> {
    // Up to the last transfer that the account knows of: what comes while this reads is not looked at.
    let account = reach::audited(&cx, input.account_id).await?;
    let (transfers, computed_cents, wrong_at) = walk(&cx, &account).await?;
    let held = sum(&cx, "ledger_hold", "amount_cents", "state = 'held'", &account).await?;
    let lots_cents = match account.kind.as_str() {
        "wallet" => Some(sum(&cx, "lot", "left_cents", "is_open", &account).await?),
        _ => None,
    };
    // Holds and lots are of this moment; they are compared when nothing moved meanwhile.
    let still = reach::load(cx.read(), account.id).await?;
    let quiet = (still.seq, still.held_cents) == (account.seq, account.held_cents);
    let beside = !quiet || (held == account.held_cents && lots_cents.is_none_or(|lots| lots == account.balance_cents));
    Ok(AccountProof {
        transfers,
        balance_cents: account.balance_cents,
        computed_cents,
        held_cents: account.held_cents,
        lots_cents,
        agrees: wrong_at.is_none() && computed_cents == account.balance_cents && beside,
        wrong_at,
    })
}

/// Goes through the transfers in their order; answers how many, what they make, and where the chain of balances breaks.
async fn walk(cx: &Cx, account: &Account) -> Result<(i64, i64, Option<i64>)> {
    let sql = "SELECT * FROM (
            SELECT * FROM (SELECT seq, -amount_cents AS cents, debit_after_cents AS after_cents FROM transfer
                WHERE debit_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4) gave
            UNION ALL
            SELECT * FROM (SELECT seq, amount_cents AS cents, credit_after_cents AS after_cents FROM transfer
                WHERE credit_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4) got
        ) entries ORDER BY seq LIMIT $4";
    let (mut transfers, mut balance, mut after, mut wrong_at) = (0_i64, 0_i64, 0_i64, None);
    loop {
        let values = [account.id.into(), after.into(), account.seq.into(), READ.into()];
        let rows = cx.read().query_all_raw(cx.app.db.statement(sql, values)).await?;
        for row in &rows {
            after = row.try_get("", "seq")?;
            let (cents, said): (i64, i64) = (row.try_get("", "cents")?, row.try_get("", "after_cents")?);
            balance = balance.checked_add(cents).ok_or_else(|| Error::internal("a balance beyond all measure"))?;
            transfers += 1;
            if balance != said && wrong_at.is_none() {
                wrong_at = Some(after);
            }
        }
        if rows.len() < usize::try_from(READ).unwrap_or(usize::MAX) {
            return Ok((transfers, balance, wrong_at));
        }
    }
}

async fn sum(cx: &Cx, table: &str, column: &str, only: &str, account: &Account) -> Result<i64> {
    let sql = format!(
        "SELECT CAST(COALESCE(SUM({column}), 0) AS bigint) AS cents FROM {table} WHERE account_id = $1 AND {only}"
    );
    let row = cx.read().query_one_raw(cx.app.db.statement(&sql, [account.id.into()])).await?;
    Ok(row.ok_or_else(|| Error::internal("a sum without a row"))?.try_get("", "cents")?)
}

//! Promises money of a budget, and takes promises back.

use kernel::{Error, Id, Result, Tx};

/// Promises so much of a budget; `false` when less is free. One statement looks and promises: whoever comes at the same
/// moment waits for its end and sees what it left.
///
/// # Errors
/// Contention, or the database.
pub async fn reserve(tx: &Tx, budget: Id, cents: i64) -> Result<bool> {
    let sql = "UPDATE points_budget SET reserved_cents = reserved_cents + $2 WHERE account_id = $1
        AND reserved_cents + $2 <= (SELECT balance_cents FROM ledger_account WHERE id = $1)";
    Ok(tx.execute_sql(sql, [budget.into(), cents.into()]).await? == 1)
}

/// Takes a promise back, kept or not.
///
/// # Errors
/// A promise that was not given; the database.
pub async fn release(tx: &Tx, budget: Id, cents: i64) -> Result<()> {
    let sql = "UPDATE points_budget SET reserved_cents = reserved_cents - $2
        WHERE account_id = $1 AND reserved_cents >= $2";
    match tx.execute_sql(sql, [budget.into(), cents.into()]).await? {
        1 => Ok(()),
        _ => Err(Error::internal("more would be taken back than was promised")),
    }
}

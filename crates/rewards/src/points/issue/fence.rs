//! One worker at a time: whoever takes a row over makes its version one higher, and whoever had it before finds another one.

use kernel::{Id, Result, Tx};

/// Takes over a row that runs; `false` when it does not (any more).
///
/// # Errors
/// The database.
pub(super) async fn take(tx: &Tx, table: &'static str, id: Id) -> Result<bool> {
    let sql = format!("UPDATE {table} SET version = version + 1 WHERE id = $1 AND state = 'running'");
    Ok(tx.execute_sql(&sql, [id.into()]).await? == 1)
}

/// Holds a row that still runs in this version, until the transaction ends; `false` when another worker has it.
///
/// # Errors
/// The database.
pub(super) async fn hold(tx: &Tx, table: &'static str, id: Id, version: i64) -> Result<bool> {
    let sql = format!("UPDATE {table} SET version = version WHERE id = $1 AND version = $2 AND state = 'running'");
    Ok(tx.execute_sql(&sql, [id.into(), version.into()]).await? == 1)
}

//! Lots of a wallet: what ends when.

use chrono::NaiveDate;
use kernel::{Id, Result};
use sea_orm::{ConnectionTrait, Statement};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Lots shown at the most; a wallet has a few dozen.
const MOST: i64 = 200;

/// Points from one issue that are still there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WalletLot {
    /// Which.
    pub id: Uuid,
    /// What for.
    pub reason: String,
    /// The union that gave them.
    pub issuer_name: String,
    /// What was given, in cents.
    pub amount_cents: i64,
    /// What is left, in cents.
    pub left_cents: i64,
    /// Last day.
    pub expires_on: NaiveDate,
}

/// Lots of a wallet in the order in which they are spent.
///
/// # Errors
/// The database.
pub async fn lots(conn: &impl ConnectionTrait, wallet: Id) -> Result<Vec<WalletLot>> {
    let sql = "SELECT l.id, t.reason, o.name AS issuer_name, l.amount_cents, l.left_cents, l.expires_on FROM lot l
            JOIN transfer t ON t.id = l.transfer_id LEFT JOIN organization o ON o.id = l.issuer_id
        WHERE l.account_id = $1 AND l.is_open ORDER BY l.expires_on, l.seq LIMIT $2";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [wallet.into(), MOST.into()]);
    let rows = conn.query_all_raw(statement).await?;
    let lot = |row: &sea_orm::QueryResult| {
        Ok(WalletLot {
            id: row.try_get("", "id")?,
            reason: row.try_get("", "reason")?,
            issuer_name: row.try_get::<Option<String>>("", "issuer_name")?.unwrap_or_default(),
            amount_cents: row.try_get("", "amount_cents")?,
            left_cents: row.try_get("", "left_cents")?,
            expires_on: row.try_get("", "expires_on")?,
        })
    };
    rows.iter().map(lot).collect()
}

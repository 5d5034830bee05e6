//! What ends in the next days unless it is spent.

use chrono::{Days, NaiveDate};
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ConnectionTrait, Statement, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::POINTS_READ;

/// What ends within so many days; each figure includes the one before. Amounts in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Forecast {
    /// From this day on.
    pub as_of: NaiveDate,
    /// Within 30 days.
    pub days_30_cents: i64,
    /// Within 60 days.
    pub days_60_cents: i64,
    /// Within 90 days.
    pub days_90_cents: i64,
}

/// Of which union.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ForecastInput {
    /// The union whose budgets the points came from.
    pub organization_id: Uuid,
}

/// Tells what comes back to a union's budgets unless members spend it.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn forecast(cx: Cx, input: ForecastInput) -> Result<Forecast> {
    cx.caller.must(cx.read(), POINTS_READ, input.organization_id).await?;
    let within = "budget_id IN (SELECT account_id FROM points_budget WHERE organization_id = $4)";
    sums(cx.read(), within, input.organization_id, cx.today()).await
}

/// What comes back to a budget.
///
/// # Errors
/// The database.
pub async fn of_budget(conn: &impl ConnectionTrait, budget: Id, today: Day) -> Result<Forecast> {
    sums(conn, "budget_id = $4", budget, today).await
}

/// What of a wallet ends.
///
/// # Errors
/// The database.
pub async fn of_wallet(conn: &impl ConnectionTrait, wallet: Id, today: Day) -> Result<Forecast> {
    sums(conn, "account_id = $4", wallet, today).await
}

async fn sums(conn: &impl ConnectionTrait, whose: &str, id: Id, today: Day) -> Result<Forecast> {
    let later = |days| today.checked_add_days(Days::new(days)).ok_or_else(|| Error::internal("no such day"));
    let sql = format!(
        "SELECT CAST(COALESCE(SUM(CASE WHEN expires_on <= $1 THEN left_cents ELSE 0 END), 0) AS bigint) AS d30,
            CAST(COALESCE(SUM(CASE WHEN expires_on <= $2 THEN left_cents ELSE 0 END), 0) AS bigint) AS d60,
            CAST(COALESCE(SUM(CASE WHEN expires_on <= $3 THEN left_cents ELSE 0 END), 0) AS bigint) AS d90
        FROM lot WHERE is_open AND expires_on <= $3 AND {whose}"
    );
    let values: [Value; 4] = [later(30)?.into(), later(60)?.into(), later(90)?.into(), id.into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let row = conn.query_one_raw(statement).await?.ok_or_else(|| Error::internal("a sum without a row"))?;
    Ok(Forecast {
        as_of: today,
        days_30_cents: row.try_get("", "d30")?,
        days_60_cents: row.try_get("", "d60")?,
        days_90_cents: row.try_get("", "d90")?,
    })
}

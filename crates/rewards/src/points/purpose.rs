//! Purposes for which points may be issued, with the limits per person that stand in dated parameters.

use kernel::time::Day;
use kernel::{Cx, Error, Result, Routes, parameter};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::POINTS_READ;

/// The codes of the table, each with its limits among the parameters.
pub const CODES: [&str; 7] = ["festival", "birthday", "activity", "training", "care", "join", "entrusted"];

/// What a person may get for a purpose in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// So many cents.
    pub cents: i64,
    /// Who would get more gets nothing; else the approver is told.
    pub blocks: bool,
}

/// A purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointsPurpose {
    /// Its stable name.
    pub code: String,
    /// What people call it.
    pub label: String,
    /// The rule that allows it.
    pub basis: String,
    /// What a person may get in a year, in cents; absent without a limit.
    pub limit_cents: Option<i64>,
    /// Who would get more gets nothing; else the approver is told.
    pub blocks: bool,
}

/// All purposes in their order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PointsPurposes {
    /// The rows.
    pub items: Vec<PointsPurpose>,
}

/// Where a purpose is asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PointsPurposesInput {
    /// The division whose limits are shown; those of everywhere unless told.
    #[serde(default)]
    pub division_code: Option<String>,
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .get("/api/points/purposes", "Lists the purposes for which points may be issued")
        .requires(POINTS_READ)
        .runs(list)
}

/// Lists the purposes.
///
/// # Errors
/// The database.
pub async fn list(cx: Cx, input: PointsPurposesInput) -> Result<PointsPurposes> {
    let sql = "SELECT code, label, basis FROM points_purpose ORDER BY position";
    let rows = cx.read().query_all_raw(cx.app.db.statement(sql, [])).await?;
    let division = input.division_code.unwrap_or_default();
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let code: String = row.try_get("", "code")?;
        let limit = limit(cx.read(), &code, &division, cx.today()).await?;
        items.push(PointsPurpose {
            label: row.try_get("", "label")?,
            basis: row.try_get("", "basis")?,
            limit_cents: limit.map(|limit| limit.cents),
            blocks: limit.is_some_and(|limit| limit.blocks),
            code,
        });
    }
    Ok(PointsPurposes { items })
}

/// What a person may get for a purpose in a year, as the parameters stand on a day.
///
/// # Errors
/// A purpose that there is not; the database.
pub async fn limit(conn: &impl ConnectionTrait, code: &str, division: &str, day: Day) -> Result<Option<Limit>> {
    if !CODES.contains(&code) {
        return Err(Error::internal(format!("purpose {code} has no limits")));
    }
    let cents = parameter::get_i64(conn, &format!("points.limit_cents.{code}"), division, day).await?;
    let blocks = parameter::get_i64(conn, &format!("points.limit_blocks.{code}"), division, day).await?;
    Ok((cents > 0).then_some(Limit { cents, blocks: blocks == 1 }))
}

/// The label of each purpose.
///
/// # Errors
/// The database.
pub async fn label(conn: &impl ConnectionTrait, code: &str) -> Result<String> {
    let sql = "SELECT label FROM points_purpose WHERE code = $1";
    let statement = sea_orm::Statement::from_sql_and_values(conn.get_database_backend(), sql, [code.into()]);
    let row = conn.query_one_raw(statement).await?.ok_or_else(Error::not_found)?;
    Ok(row.try_get("", "label")?)
}

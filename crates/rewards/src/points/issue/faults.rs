//! Rows of a list that cannot be taken, by number and reason.

use kernel::error::INPUT_INVALID;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::batch::held;
use crate::access::POINTS_ISSUE;
use crate::points::bank::RowFault;

/// Which rows.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BatchFaultsInput {
    /// The batch.
    pub batch_id: Uuid,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// Lists rows that cannot be taken.
///
/// # Errors
/// `input.invalid` for a bad cursor, 404 outside the caller's scope; the database.
pub async fn faults(cx: Cx, input: BatchFaultsInput) -> Result<Page<RowFault>> {
    let row = held(&cx, cx.read(), POINTS_ISSUE, input.batch_id).await?;
    let page = PageInput::new(input.after, input.limit);
    let after = page.after.as_ref().map_or(Ok(0), |text| text.parse());
    let after: i64 = after.map_err(|_| INPUT_INVALID.refusal().on("after"))?;
    let limit = i64::try_from(page.fetch()).unwrap_or(i64::MAX);
    let rows = some(cx.read(), row.id, after, limit).await?;
    Ok(Page::cut(rows, &page, |fault| fault.row_number.to_string()))
}

/// The next faults of a batch after a row.
///
/// # Errors
/// The database.
pub async fn some(conn: &impl ConnectionTrait, batch: Id, after: i64, limit: i64) -> Result<Vec<RowFault>> {
    let sql = "SELECT row_number, code, message FROM issue_fault WHERE batch_id = $1 AND row_number > $2
        ORDER BY row_number LIMIT $3";
    let values = [batch.into(), after.into(), limit.into()];
    let statement = sea_orm::Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let rows = conn.query_all_raw(statement).await?;
    let fault = |row: &sea_orm::QueryResult| {
        Ok(RowFault {
            row_number: row.try_get("", "row_number")?,
            code: row.try_get("", "code")?,
            message: row.try_get("", "message")?,
        })
    };
    rows.iter().map(fault).collect()
}

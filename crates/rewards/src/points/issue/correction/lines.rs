//! What became of each line; for those who know the members.

use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::load;
use crate::points::issue::batch::known;

/// Which lines.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct IssueCorrectionLinesInput {
    /// The correction.
    pub correction_id: Uuid,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A line that was asked back; amounts in cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueCorrectionLine {
    /// Who.
    pub person_id: Uuid,
    /// The name.
    pub name: String,
    /// What was issued.
    pub amount_cents: i64,
    /// What came back.
    pub taken_cents: i64,
    /// `waiting`, `whole`, `part`, `spent` (nothing was left), `before` (taken back by an earlier one), `refused`.
    pub state: String,
    /// Why it was refused.
    pub code: Option<String>,
}

/// Lists lines in the order of persons. Of a whole batch those that the job has dealt with.
///
/// # Errors
/// `input.invalid` for a bad cursor, 404 outside the caller's scope; the database.
pub async fn lines(cx: Cx, input: IssueCorrectionLinesInput) -> Result<Page<IssueCorrectionLine>> {
    let row = load(cx.read(), input.correction_id).await?;
    known(&cx, cx.read(), row.batch_id).await?;
    let page = PageInput::new(input.after, input.limit);
    let after: Id = page.after_id()?.unwrap_or_default();
    let limit = i64::try_from(page.fetch()).unwrap_or(i64::MAX);
    let sql = "SELECT l.person_id, p.name, l.amount_cents, l.taken_cents, l.state, l.code
        FROM issue_correction_line l JOIN person p ON p.id = l.person_id
        WHERE l.correction_id = $1 AND l.person_id > $2 ORDER BY l.person_id LIMIT $3";
    let rows = cx.read().query_all_raw(cx.app.db.statement(sql, [row.id.into(), after.into(), limit.into()])).await?;
    let items = rows.iter().map(|row| {
        Ok(IssueCorrectionLine {
            person_id: row.try_get("", "person_id")?,
            name: row.try_get::<Option<String>>("", "name")?.unwrap_or_default(),
            amount_cents: row.try_get("", "amount_cents")?,
            taken_cents: row.try_get("", "taken_cents")?,
            state: row.try_get("", "state")?,
            code: row.try_get("", "code")?,
        })
    });
    Ok(Page::cut(items.collect::<Result<Vec<_>>>()?, &page, |line| line.person_id.to_string()))
}

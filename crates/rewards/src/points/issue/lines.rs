//! Who gets how much; for those who make and approve batches at the union, who know their members.

use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use sea_orm::{ConnectionTrait, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::batch::known;
use crate::points::text;

/// Which lines.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BatchLinesInput {
    /// The batch.
    pub batch_id: Uuid,
    /// `waiting`, `issued`, `refused` alone.
    #[serde(default)]
    pub state: Option<String>,
    /// How the name begins.
    #[serde(default)]
    pub q: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A line of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BatchLine {
    /// Who.
    pub person_id: Uuid,
    /// The name.
    pub name: String,
    /// The union of the membership.
    pub organization_name: String,
    /// The row of the list.
    pub row_number: Option<i64>,
    /// How much, in cents.
    pub amount_cents: i64,
    /// Above the limit of the year.
    pub over_limit: bool,
    /// `waiting`, `issued`, `refused`.
    pub state: String,
    /// Why it was refused.
    pub code: Option<String>,
}

/// Lists lines in the order of persons.
///
/// # Errors
/// `input.invalid` for a bad cursor, 404 outside the caller's scope; the database.
pub async fn lines(cx: Cx, input: BatchLinesInput) -> Result<Page<BatchLine>> {
    let row = known(&cx, cx.read(), input.batch_id).await?;
    let page = PageInput::new(input.after, input.limit);
    let after: Id = page.after_id()?.unwrap_or_default();
    let limit = i64::try_from(page.fetch()).unwrap_or(i64::MAX);
    let mut values: Vec<Value> = vec![row.id.into(), after.into(), limit.into()];
    let mut only: Vec<String> = Vec::new();
    if let Some(state) = input.state {
        values.push(state.into());
        only.push("AND l.state = $4".to_owned());
    }
    if let Some(pattern) = text::begins(input.q) {
        values.push(pattern.into());
        only.push(format!(r"AND p.name LIKE ${} ESCAPE '\'", values.len()));
    }
    let sql = format!(
        "SELECT l.person_id, p.name, o.name AS organization_name, l.row_number, l.amount_cents, l.over_limit, l.state,
            l.code FROM issue_line l JOIN person p ON p.id = l.person_id
            LEFT JOIN membership m ON m.person_id = l.person_id AND m.state = 'active'
            LEFT JOIN organization o ON o.id = m.organization_id
        WHERE l.batch_id = $1 AND l.person_id > $2 {} ORDER BY l.person_id LIMIT $3",
        only.join(" ")
    );
    let rows = cx.read().query_all_raw(cx.app.db.statement(&sql, values)).await?;
    let items = rows.iter().map(|row| {
        Ok(BatchLine {
            person_id: row.try_get("", "person_id")?,
            name: row.try_get::<Option<String>>("", "name")?.unwrap_or_default(),
            organization_name: row.try_get::<Option<String>>("", "organization_name")?.unwrap_or_default(),
            row_number: row.try_get("", "row_number")?,
            amount_cents: row.try_get("", "amount_cents")?,
            over_limit: row.try_get("", "over_limit")?,
            state: row.try_get("", "state")?,
            code: row.try_get("", "code")?,
        })
    });
    Ok(Page::cut(items.collect::<Result<Vec<_>>>()?, &page, |line| line.person_id.to_string()))
}

//! Members of a union to choose from, by name.

use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use registry::access::MEMBER_READ;
use sea_orm::{ConnectionTrait, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::POINTS_ISSUE;
use crate::points::text;

/// Whose members.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BatchPeopleInput {
    /// The union itself, without those below it.
    pub organization_id: Uuid,
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

/// A member who can be named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BatchPerson {
    /// The membership.
    pub membership_id: Uuid,
    /// The name.
    pub name: String,
}

/// Lists members in the order of their memberships.
///
/// # Errors
/// `input.invalid` for a bad cursor, 404 outside the caller's scope; the database.
pub async fn people(cx: Cx, input: BatchPeopleInput) -> Result<Page<BatchPerson>> {
    cx.caller.must(cx.read(), POINTS_ISSUE, input.organization_id).await?;
    cx.caller.must(cx.read(), MEMBER_READ, input.organization_id).await?;
    let page = PageInput::new(input.after, input.limit);
    let after: Id = page.after_id()?.unwrap_or_default();
    let limit = i64::try_from(page.fetch()).unwrap_or(i64::MAX);
    let mut values: Vec<Value> = vec![input.organization_id.into(), after.into(), limit.into()];
    let named = text::begins(input.q).map(|pattern| {
        values.push(pattern.into());
        r"AND p.name LIKE $4 ESCAPE '\'"
    });
    let sql = format!(
        "SELECT m.id, p.name FROM membership m JOIN person p ON p.id = m.person_id
        WHERE m.organization_id = $1 AND m.state = 'active' AND m.id > $2 {} ORDER BY m.id LIMIT $3",
        named.unwrap_or_default()
    );
    let rows = cx.read().query_all_raw(cx.app.db.statement(&sql, values)).await?;
    let items = rows.iter().map(|row| {
        let name = row.try_get::<Option<String>>("", "name")?.unwrap_or_default();
        Ok(BatchPerson { membership_id: row.try_get("", "id")?, name })
    });
    Ok(Page::cut(items.collect::<Result<Vec<_>>>()?, &page, |one| one.membership_id.to_string()))
}

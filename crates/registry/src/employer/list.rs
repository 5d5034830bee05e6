//! Employers in the caller's scope: all of them, or those that somebody typed.

use kernel::error::INPUT_INVALID;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;

use super::hit::{EmployerHit, hits};
use super::reach::{Reach, Text};
use super::search::{Found, How, find};
use super::{EMPLOYER_QUERY, entity};
use crate::access::ORGANIZATION_READ;

/// Characters of a question at the most.
const MOST_CHARS: usize = 100;

/// Which employers.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EmployersInput {
    /// A name, a former or short one, first letters, or a code; slips are understood.
    #[serde(default)]
    pub q: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// Lists employers: with a question the nearest first, else in order of their ids.
///
/// # Errors
/// `employer.query`, `input.invalid` for a foreign cursor; the database.
pub async fn list(cx: Cx, input: EmployersInput) -> Result<Page<EmployerHit>> {
    let page = PageInput::new(input.after.clone(), input.limit);
    let reach = Reach::of(&cx, ORGANIZATION_READ).await?;
    let question = input.q.as_deref().map(str::trim).filter(|text| !text.is_empty());
    match question {
        Some(question) => typed(&cx, question, &reach, &page).await,
        None => everything(&cx, &reach, &page).await,
    }
}

async fn typed(cx: &Cx, question: &str, reach: &Reach, page: &PageInput) -> Result<Page<EmployerHit>> {
    if question.chars().count() > MOST_CHARS {
        return Err(EMPLOYER_QUERY.refusal().on("q").into());
    }
    let after = page.after.as_deref().map(place).transpose()?;
    let past =
        |found: &Found| after.is_none_or(|(likeness, id)| (-found.likeness, found.employer.id) > (-likeness, id));
    let found: Vec<Found> = find(cx, question, reach).await?.into_iter().filter(past).collect();
    let cut = Page::cut(found, page, |found| format!("{}.{}", found.likeness, found.employer.id));
    let rows = cut.items.into_iter().map(|found| (found.employer, found.how)).collect();
    Ok(Page { items: hits(cx, rows).await?, next: cut.next })
}

/// The place in an answer after which the next page begins.
fn place(cursor: &str) -> Result<(i64, Id)> {
    let parsed = cursor.split_once('.').and_then(|(likeness, id)| Some((likeness.parse().ok()?, id.parse().ok()?)));
    parsed.ok_or_else(|| INPUT_INVALID.refusal().on("after").into())
}

async fn everything(cx: &Cx, reach: &Reach, page: &PageInput) -> Result<Page<EmployerHit>> {
    let mut text = Text::default();
    let prelude = reach.prelude(&mut text);
    let (after, condition) = (text.bind(page.after_id()?.unwrap_or(Id::nil())), reach.condition(&mut text));
    let fetch = text.bind(i64::try_from(page.fetch()).unwrap_or(i64::MAX));
    text.sql = format!(
        "{prelude}SELECT e.id FROM employer e WHERE e.id > {after} AND {condition} ORDER BY e.id LIMIT {fetch}"
    );
    let ids: Vec<Id> = text.all(cx).await?.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?;
    let mut rows = entity::Entity::find().filter(entity::Column::Id.is_in(ids)).all(cx.read()).await?;
    rows.sort_by_key(|row| row.id);
    let cut = Page::cut(rows, page, |row| row.id.to_string());
    let rows = cut.items.into_iter().map(|row| (row, How::Name)).collect();
    Ok(Page { items: hits(cx, rows).await?, next: cut.next })
}

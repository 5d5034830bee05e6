//! Rectifications as rows, for officers.

use chrono::NaiveDate;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Result};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::ItemState;
use super::{entity, item_entity as item, problem_entity as problem};
use crate::access::EVALUATION_READ;
use crate::appraisal::{entity as evaluation, names};

/// Which rectifications.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RectificationsInput {
    /// Closed ones, or running ones; all unless told.
    #[serde(default)]
    pub closed: Option<bool>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A rectification in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RectificationRow {
    /// Of which evaluation.
    pub evaluation_id: Uuid,
    /// As it stands on the page.
    pub title: String,
    /// Which union sees to it.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// Since when.
    pub opened_on: NaiveDate,
    /// Since when everything is put right.
    pub closed_on: Option<NaiveDate>,
    /// So many problems were found.
    pub problems: u64,
    /// So many of them are put right.
    pub fixed: u64,
}

/// Lists rectifications in the caller's scope, newest first.
///
/// # Errors
/// `input.invalid` for a foreign cursor; the database.
pub async fn list(cx: Cx, input: RectificationsInput) -> Result<Page<RectificationRow>> {
    use entity::Column;
    let page = PageInput::new(input.after, input.limit);
    let mut rows = entity::Entity::find()
        .filter(cx.caller.scope(EVALUATION_READ).covers(Column::OrganizationId))
        .order_by_desc(Column::Id)
        .limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.lt(after));
    }
    rows = match input.closed {
        Some(true) => rows.filter(Column::ClosedOn.is_not_null()),
        Some(false) => rows.filter(Column::ClosedOn.is_null()),
        None => rows,
    };
    let cut = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    let mut items = Vec::with_capacity(cut.items.len());
    for row in cut.items {
        items.push(shaped(&cx, row).await?);
    }
    Ok(Page { items, next: cut.next })
}

async fn shaped(cx: &Cx, row: entity::Model) -> Result<RectificationRow> {
    let conn = cx.read();
    let problems = problem::Entity::find().filter(problem::Column::RectificationId.eq(row.id)).all(conn).await?;
    let fixed = item::Entity::find()
        .filter(item::Column::ProblemId.is_in(problems.iter().map(|row| row.id)))
        .filter(item::Column::State.eq(ItemState::Fixed.as_str()));
    let evaluation = evaluation::Entity::find_by_id(row.evaluation_id).one(conn).await?;
    let unions = names(conn, [row.organization_id]).await?;
    Ok(RectificationRow {
        evaluation_id: row.evaluation_id,
        title: evaluation.map(|row| row.title).unwrap_or_default(),
        organization_id: row.organization_id,
        organization_name: unions.get(&row.organization_id).cloned().unwrap_or_default(),
        opened_on: row.opened_on,
        closed_on: row.closed_on,
        problems: problems.len() as u64,
        fixed: fixed.count(conn).await?,
    })
}

//! Government departments that members evaluate: a list that each level keeps for itself.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::event::Event;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Error, Result};
use registry::organization::record;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{DEPARTMENT_ENDED, DEPARTMENT_NAME, DEPARTMENT_TWICE, department_entity as department, list};
use crate::access::{DEPARTMENT_KEEP, EVALUATION_READ};

/// Which departments.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DepartmentsInput {
    /// On the list of this union.
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A department about to be put on the list.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DepartmentAdd {
    /// The union that asks its members.
    pub organization_id: Uuid,
    /// Full name: 示例县人力资源和社会保障局.
    pub name: String,
}

/// Which department.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DepartmentInput {
    /// Its id.
    pub department_id: Uuid,
}

/// A department on the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DepartmentRow {
    /// Which.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The union that asks.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// Invented, for a demonstration.
    pub synthetic: bool,
    /// Since when.
    pub added_at: DateTime<Utc>,
    /// Until when.
    pub ended_on: Option<NaiveDate>,
}

/// Lists departments in the caller's scope, in order of their entry, ended ones included.
///
/// # Errors
/// `input.invalid` for a foreign cursor; the database.
pub async fn list(cx: Cx, input: DepartmentsInput) -> Result<Page<DepartmentRow>> {
    use department::Column;
    let page = PageInput::new(input.after, input.limit);
    let mut rows = department::Entity::find()
        .filter(cx.caller.scope(EVALUATION_READ).covers(Column::OrganizationId))
        .order_by_asc(Column::Id)
        .limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.gt(after));
    }
    if let Some(union) = input.organization_id {
        rows = rows.filter(Column::OrganizationId.eq(union));
    }
    let cut = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    let names = list::names(cx.read(), cut.items.iter().map(|row| row.organization_id)).await?;
    Ok(cut.map(|row| {
        let name = names.get(&row.organization_id).cloned().unwrap_or_default();
        shaped(row, name)
    }))
}

/// Puts a department on the list of a union.
///
/// # Errors
/// `department.name`, `department.twice`, 404 outside the caller's scope; the database.
pub async fn add(cx: Cx, input: DepartmentAdd) -> Result<DepartmentRow> {
    let name = input.name.trim().to_owned();
    if !(2..=100).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(DEPARTMENT_NAME.refusal().on("name").into());
    }
    let tx = cx.begin().await?;
    let union = record::load(&tx, input.organization_id).await?;
    cx.caller.must(&tx, DEPARTMENT_KEEP, union.id).await?;
    let id = tx.id();
    let row = department::ActiveModel {
        id: Set(id),
        name: Set(name.clone()),
        organization_id: Set(union.id),
        synthetic: Set(union.synthetic),
        added_at: Set(tx.now()),
        ended_on: Set(None),
    };
    let insert = department::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if insert.exec_without_returning(&tx).await? != 1 {
        return Err(DEPARTMENT_TWICE.refusal().on("name").into());
    }
    tx.record(Event::of("department.added", "department", id).at(union.id).with("name", &name)).await?;
    let row = department::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Error::not_found)?;
    tx.commit(shaped(row, union.name)).await
}

/// Takes a department off the list from today on; evaluations of it stay.
///
/// # Errors
/// `department.ended`, 404 outside the caller's scope; the database.
pub async fn end(cx: Cx, input: DepartmentInput) -> Result<DepartmentRow> {
    let tx = cx.begin().await?;
    let row = department::Entity::find_by_id(input.department_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    cx.caller.must(&tx, DEPARTMENT_KEEP, row.organization_id).await?;
    let sql = "UPDATE department SET ended_on = $2 WHERE id = $1 AND ended_on IS NULL";
    if tx.execute_sql(sql, [row.id.into(), tx.today().into()]).await? != 1 {
        return Err(DEPARTMENT_ENDED.refusal().into());
    }
    tx.record(Event::of("department.ended", "department", row.id).at(row.organization_id)).await?;
    let union = record::load(&tx, row.organization_id).await?;
    let ended = department::Model { ended_on: Some(tx.today()), ..row };
    tx.commit(shaped(ended, union.name)).await
}

fn shaped(row: department::Model, organization_name: String) -> DepartmentRow {
    DepartmentRow {
        id: row.id,
        name: row.name,
        organization_id: row.organization_id,
        organization_name,
        synthetic: row.synthetic,
        added_at: row.added_at,
        ended_on: row.ended_on,
    }
}

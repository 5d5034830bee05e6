//! The caller's own exports.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::page::{Page, PageInput};
use kernel::{Cx, Error, Id, Result, file};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity as export;
use crate::organization::entity as organization;

/// Which export.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ExportOfInput {
    /// Its id.
    pub id: Uuid,
}

/// An export.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ExportRow {
    /// Which.
    pub id: Uuid,
    /// The number that every row of the file carries.
    pub mark: String,
    /// `members`.
    pub kind: String,
    /// The union.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// Also everything below it.
    pub within: bool,
    /// `xlsx`, `csv`.
    pub format: String,
    /// Why.
    pub reason: String,
    /// `waiting`, `running`, `ready`, `failed`, `expired`.
    pub state: String,
    /// Rows written so far.
    pub rows: i64,
    /// Size of the file, once it is there.
    pub bytes: Option<i64>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When the file was there.
    pub finished_at: Option<DateTime<Utc>>,
    /// Until when it can be taken.
    pub expires_at: Option<DateTime<Utc>>,
    /// What is wrong, in Chinese.
    pub trouble: Option<String>,
}

/// Lists the caller's own exports, newest first.
///
/// # Errors
/// `input.invalid` for a foreign cursor; the database.
pub async fn list(cx: Cx, page: PageInput) -> Result<Page<ExportRow>> {
    let mut rows = export::Entity::find()
        .filter(export::Column::AccountId.eq(cx.caller.account()?))
        .order_by_desc(export::Column::Id)
        .limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(export::Column::Id.lt(after));
    }
    let cut = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    Ok(Page { items: shaped(cx.read(), cut.items).await?, next: cut.next })
}

/// Shows one of the caller's exports.
///
/// # Errors
/// `not_found`; the database.
pub async fn one(cx: Cx, input: ExportOfInput) -> Result<ExportRow> {
    let row = own(&cx, cx.read(), input.id).await?;
    shaped(cx.read(), vec![row]).await?.pop().ok_or_else(Error::not_found)
}

/// An export of the caller; those of others do not exist.
pub(super) async fn own(cx: &Cx, conn: &impl ConnectionTrait, id: Id) -> Result<export::Model> {
    let row = export::Entity::find_by_id(id).one(conn).await?;
    let account = cx.caller.account()?;
    row.filter(|row| row.account_id == account).ok_or_else(Error::not_found)
}

/// Exports with the names of their unions and the sizes of their files.
pub(super) async fn shaped(conn: &impl ConnectionTrait, rows: Vec<export::Model>) -> Result<Vec<ExportRow>> {
    let unions = rows.iter().map(|row| row.organization_id);
    let unions = organization::Entity::find().filter(organization::Column::Id.is_in(unions)).all(conn).await?;
    let names: BTreeMap<Id, String> = unions.into_iter().map(|row| (row.id, row.name)).collect();
    let files = rows.iter().filter_map(|row| row.file_id);
    let files = file::Entity::find().filter(file::Column::Id.is_in(files)).all(conn).await?;
    let bytes: BTreeMap<Id, i64> = files.into_iter().map(|row| (row.id, row.bytes)).collect();
    let shape = |row: export::Model| {
        Ok(ExportRow {
            within: row.asked()?.within,
            organization_name: names.get(&row.organization_id).cloned().unwrap_or_default(),
            bytes: row.file_id.and_then(|id| bytes.get(&id).copied()),
            id: row.id,
            mark: row.mark,
            kind: row.kind,
            organization_id: row.organization_id,
            format: row.format,
            reason: row.reason.unwrap_or_default(),
            state: row.state,
            rows: row.rows,
            created_at: row.created_at,
            finished_at: row.finished_at,
            expires_at: row.expires_at,
            trouble: row.trouble,
        })
    };
    rows.into_iter().map(shape).collect()
}

//! The history of imports, newest first; one import; its rejected rows.

use kernel::error::INPUT_INVALID;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Result};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::sequence::Fault;
use super::shape::{self, ImportPage, ImportRow};
use super::start::ImportId;
use super::words::{ImportKind, Phase};
use super::{entity as import, fault_entity, find};

/// Lists imports within the caller's reach, and his own.
///
/// # Errors
/// The database.
pub async fn list(cx: Cx, page: PageInput) -> Result<Page<ImportRow>> {
    let within = [ImportKind::Roster, ImportKind::Register].map(|kind| {
        let scope = cx.caller.scope(import::permission(kind));
        Condition::all().add(import::Column::Kind.eq(kind.as_str())).add(scope.covers(import::Column::OrganizationId))
    });
    let mut reach = within.into_iter().fold(Condition::any(), Condition::add);
    if let Some(account) = cx.caller.account_id() {
        reach = reach.add(import::Column::AccountId.eq(account));
    }
    let mut rows = import::Entity::find().filter(reach).order_by_desc(import::Column::Id).limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(import::Column::Id.lt(after));
    }
    let found = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    Ok(Page { items: shape::rows(cx.read(), found.items).await?, next: found.next })
}

/// Shows one import.
///
/// # Errors
/// `not_found`; the database.
pub async fn one(cx: Cx, input: ImportId) -> Result<ImportPage> {
    let row = find::visible(&cx, cx.read(), input.id).await?;
    shape::page(&cx, cx.read(), row).await
}

/// Which rejected rows.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FaultsInput {
    /// Which import.
    pub id: Uuid,
    /// Of which pass; the one that the page shows unless told.
    #[serde(default)]
    pub phase: Option<Phase>,
    /// Only rows whose first fault this is.
    #[serde(default)]
    pub code: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A rejected row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FaultRow {
    /// Number of the file, from 1.
    pub file_number: i64,
    /// Number of the row as the spreadsheet shows it.
    pub row_number: i64,
    /// Code of the first fault.
    pub code: String,
    /// Everything that is wrong with it.
    pub faults: Vec<Fault>,
}

/// Lists the rejected rows of an import in the order of its files.
///
/// # Errors
/// `not_found`, `input.invalid` for a cursor that was tampered with; the database.
pub async fn faults(cx: Cx, input: FaultsInput) -> Result<Page<FaultRow>> {
    use fault_entity::Column;
    let row = find::visible(&cx, cx.read(), input.id).await?;
    let page = PageInput::new(input.after, input.limit);
    let phase = input.phase.unwrap_or_else(|| shape::phase(&row));
    let mut rows = fault_entity::Entity::find()
        .filter(Column::ImportId.eq(row.id))
        .filter(Column::Phase.eq(phase.as_str()))
        .order_by_asc(Column::FileNumber)
        .order_by_asc(Column::RowNumber)
        .limit(page.fetch());
    if let Some(code) = input.code {
        rows = rows.filter(Column::Code.eq(code));
    }
    if let Some(after) = &page.after {
        let (file, number) = cursor(after).ok_or_else(|| INPUT_INVALID.refusal().on("after"))?;
        rows = rows.filter(after_row(file, number));
    }
    let found = Page::cut(rows.all(cx.read()).await?, &page, |row| format!("{}:{}", row.file_number, row.row_number));
    let next = found.next;
    let shaped = found.items.into_iter().map(|row| {
        let faults = serde_json::from_str(&row.faults)?;
        Ok(FaultRow { file_number: row.file_number, row_number: row.row_number, code: row.code, faults })
    });
    Ok(Page { items: shaped.collect::<Result<_>>()?, next })
}

/// Rows behind this one.
pub(super) fn after_row(file: i64, number: i64) -> Condition {
    use fault_entity::Column;
    let later = Condition::all().add(Column::FileNumber.eq(file)).add(Column::RowNumber.gt(number));
    Condition::any().add(Column::FileNumber.gt(file)).add(later)
}

fn cursor(text: &str) -> Option<(i64, i64)> {
    let (file, number) = text.split_once(':')?;
    Some((file.parse().ok()?, number.parse().ok()?))
}

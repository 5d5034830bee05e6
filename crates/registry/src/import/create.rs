//! Making an import of staged files; the columns are recognised from the headings.

use kernel::event::Event;
use kernel::file::{self, FILE_UNKNOWN};
use kernel::{Cx, Error, Id, Result, Tx, parameter};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::preview::{self, Looked};
use super::shape::{self, ImportPage};
use super::stage::PURPOSE;
use super::words::{ImportKind, Part};
use super::{IMPORT_FILES, entity as import, file_entity};
use crate::organization::entity as organization;
use crate::parameters::IMPORT_KEEP;

/// Files of a register at the most.
const MOST_FILES: usize = 6;

/// An import as it is asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ImportInput {
    /// What is imported.
    pub kind: ImportKind,
    /// The union at and below which the rows belong.
    pub organization_id: Uuid,
    /// One file of members; or 1 to 6 files of unions, employers, officers.
    pub files: Vec<ImportFileInput>,
}

/// A file of an import.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ImportFileInput {
    /// The staged file.
    pub file_id: Uuid,
    /// What its rows are.
    pub part: Part,
}

/// Makes an import, in draft.
///
/// # Errors
/// `import.files`, `file.unknown`, `sheet.*`, `not_found` for a union out of reach; the database.
pub async fn create(cx: Cx, input: ImportInput) -> Result<ImportPage> {
    // Files are looked into before the transaction; a submit that was carried out already is answered at once.
    drop(cx.begin().await?);
    must_fit(&input)?;
    cx.caller.must(cx.read(), import::permission(input.kind), input.organization_id).await?;
    let mut looked = Vec::new();
    for file in &input.files {
        looked.push(look(&cx, file).await?);
    }
    let tx = cx.begin().await?;
    cx.caller.must(&tx, import::permission(input.kind), input.organization_id).await?;
    let union = organization::Entity::find_by_id(input.organization_id).one(&tx).await?;
    let union = union.ok_or_else(Error::not_found)?;
    let row = insert(&tx, &input).await?;
    let days = parameter::get_i64(&tx, IMPORT_KEEP, &union.division_code, tx.today()).await?;
    let delete_on = tx.today() + chrono::Duration::days(days);
    for (number, (file, (name, looked))) in (1..).zip(input.files.iter().zip(looked)) {
        file::attach(&tx, file.file_id, PURPOSE, Some(delete_on)).await?;
        insert_file(&tx, row.id, number, file, name, &looked).await?;
    }
    tx.record(Event::of("import.created", "import", row.id).at(row.organization_id).with("kind", &row.kind)).await?;
    let page = shape::page(&cx, &tx, row).await?;
    tx.commit(page).await
}

fn must_fit(input: &ImportInput) -> Result<()> {
    let most = if input.kind == ImportKind::Roster { 1 } else { MOST_FILES };
    let mut ids: Vec<Uuid> = input.files.iter().map(|file| file.file_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let right = input.files.iter().all(|file| file.part.kind() == input.kind);
    if right && ids.len() == input.files.len() && (1..=most).contains(&ids.len()) {
        return Ok(());
    }
    Err(IMPORT_FILES.refusal().on("files").into())
}

/// Looks into a staged file of the caller.
async fn look(cx: &Cx, file: &ImportFileInput) -> Result<(String, Looked)> {
    let row = file::find(cx.read(), file.file_id).await?;
    if row.purpose != PURPOSE || row.account_id != cx.caller.account_id() || row.attached_at.is_some() {
        return Err(FILE_UNKNOWN.refusal().on("files").into());
    }
    let (app, part, name) = (cx.app.clone(), file.part, row.name.clone());
    let looked = tokio::task::spawn_blocking(move || preview::look(&app, row.id, &row.name, part, None));
    Ok((name, looked.await.map_err(Error::internal)??))
}

async fn insert(tx: &Tx, input: &ImportInput) -> Result<import::Model> {
    let row = import::Model {
        id: tx.id(),
        kind: input.kind.as_str().to_owned(),
        account_id: tx.caller().account_id(),
        organization_id: input.organization_id,
        state: "draft".to_owned(),
        rows_total: None,
        position: 0,
        added: 0,
        unchanged: 0,
        rejected: 0,
        summary: None,
        trouble: None,
        failures: 0,
        created_at: tx.now(),
        checked_at: None,
        started_at: None,
        finished_at: None,
        version: 0,
    };
    let active = row.clone().into_active_model().reset_all();
    import::Entity::insert(active).exec_without_returning(tx).await?;
    Ok(row)
}

async fn insert_file(
    tx: &Tx,
    import_id: Id,
    number: i64,
    file: &ImportFileInput,
    name: String,
    looked: &Looked,
) -> Result<()> {
    let row = file_entity::ActiveModel {
        import_id: Set(import_id),
        number: Set(number),
        part: Set(file.part.as_str().to_owned()),
        file_id: Set(file.file_id),
        name: Set(name),
        sheet: Set(i64::try_from(looked.sheet).map_err(Error::internal)?),
        header_row: Set(i64::try_from(looked.header_row).map_err(Error::internal)?),
        columns: Set(serde_json::to_string(&looked.columns)?),
        preview_sealed: Set(Some(preview::seal(tx.app(), import_id, number, &looked.preview)?)),
    };
    file_entity::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

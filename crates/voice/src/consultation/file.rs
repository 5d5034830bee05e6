//! Files of a document: PDF or docx, added while the evaluation is a draft.

use std::io::Read;

use kernel::command::retried;
use kernel::event::Event;
use kernel::file::{self, NewFile};
use kernel::routes::{Done, Download, Upload};
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::document::{DocumentFile, survey};
use super::{CONSULTATION_FILE, CONSULTATION_FILES, PURPOSE, file_entity, reach, rules};
use crate::appraisal;

/// Bytes of a file at the most.
const MAX_BYTES: u64 = 20 << 20;
/// Files of a document at the most.
const MOST: u64 = 5;

/// A file about to be added.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DocumentFileAdd {
    /// The evaluation, a draft.
    pub evaluation_id: Uuid,
    /// Name of the file.
    pub name: String,
}

/// Which file.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DocumentFileInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The file.
    pub file_id: Uuid,
}

/// Adds a file.
///
/// # Errors
/// `consultation.file`, `consultation.files`, `consultation.subject`, `evaluation.state`, `file.*`, 404 outside the
/// caller's scope; the database.
pub async fn add(cx: Cx, input: DocumentFileAdd, upload: Upload) -> Result<DocumentFile> {
    survey(appraisal::draft(&cx, cx.read(), input.evaluation_id).await?)?;
    let (id, name) = (cx.app.ids.next(), file::clean_name(&input.name));
    let stored = file::receive(&cx.app, id, upload.stream, MAX_BYTES).await?;
    let kept = retried(async || {
        let kind = rules::kind_of(&first(&cx, id).await?, &name).ok_or_else(|| CONSULTATION_FILE.refusal())?;
        let tx = cx.begin().await?;
        let row = appraisal::draft(&cx, &tx, input.evaluation_id).await?;
        let there = file_entity::Entity::find().filter(file_entity::Column::EvaluationId.eq(row.id)).count(&tx).await?;
        if there >= MOST {
            return Err(CONSULTATION_FILES.refusal().into());
        }
        file::enter(&tx, NewFile { id, purpose: PURPOSE, name: name.clone(), stored }).await?;
        file::attach(&tx, id, PURPOSE, None).await?;
        let added = file_entity::ActiveModel {
            file_id: Set(id),
            evaluation_id: Set(row.id),
            kind: Set(kind.to_owned()),
            added_at: Set(tx.now()),
        };
        file_entity::Entity::insert(added).exec_without_returning(&tx).await?;
        let event = Event::of("consultation.file_added", "evaluation", row.id).at(row.organization_id);
        let digest = hex::encode(stored.digest);
        tx.record(event.with("file_id", id).with("digest", &digest)).await?;
        let bytes = i64::try_from(stored.bytes).map_err(Error::internal)?;
        tx.commit(DocumentFile { id, name: name.clone(), kind: kind.to_owned(), bytes, digest }).await
    });
    match kept.await {
        Ok(kept) => Ok(kept),
        Err(fault) => {
            // What is not kept is not left for the sweep to find.
            file::erase(&cx.app, id).await?;
            Err(fault)
        }
    }
}

/// The first bytes of a stored file.
async fn first(cx: &Cx, id: Id) -> Result<Vec<u8>> {
    let app = cx.app.clone();
    let read = tokio::task::spawn_blocking(move || {
        let mut first = Vec::new();
        file::source(&app, id)?.take(8).read_to_end(&mut first).map_err(file::cause)?;
        Ok::<_, Error>(first)
    });
    read.await.map_err(Error::internal)?
}

/// Takes a file off the document of a draft.
///
/// # Errors
/// `evaluation.state`, 404 for a file of another document and outside the caller's scope; the database.
pub async fn remove(cx: Cx, input: DocumentFileInput) -> Result<Done> {
    let tx = cx.begin().await?;
    let row = appraisal::draft(&cx, &tx, input.evaluation_id).await?;
    let sql = "DELETE FROM document_file WHERE file_id = $1 AND evaluation_id = $2";
    if tx.execute_sql(sql, [input.file_id.into(), row.id.into()]).await? != 1 {
        return Err(Error::not_found());
    }
    file::drop_file(&tx, input.file_id).await?;
    let event = Event::of("consultation.file_removed", "evaluation", row.id).at(row.organization_id);
    tx.record(event.with("file_id", input.file_id)).await?;
    tx.commit(Done {}).await
}

/// Sends a file to whoever may read the document.
///
/// # Errors
/// 404 for a file of another document, and for everybody who may not read it; the database, the file store.
pub async fn send(cx: Cx, input: DocumentFileInput) -> Result<Download> {
    let row = reach::readable(&cx, input.evaluation_id).await?;
    let found = file_entity::Entity::find_by_id(input.file_id).one(cx.read()).await?;
    let found = found.filter(|file| file.evaluation_id == row.id).ok_or_else(Error::not_found)?;
    let stored = file::find(cx.read(), found.file_id).await?;
    let content_type = match found.kind.as_str() {
        "pdf" => "application/pdf",
        _ => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    };
    file::download(&cx.app, stored.id, stored.name, content_type).await
}

//! What members read before they answer.

use chrono::{DateTime, Utc};
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result, file as store};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{self, Article};
use super::{CONSULTATION_CHANGED, CONSULTATION_SUBJECT, document_entity as document, file_entity as file, reach};
use crate::appraisal::{self, entity as evaluation};
use crate::instrument::SubjectKind;

/// Which evaluation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ConsultationInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
}

/// The document as it shall be.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DocumentWrite {
    /// The evaluation, a draft.
    pub evaluation_id: Uuid,
    /// The version that the page shows; 0 where there is none yet.
    pub version: i64,
    /// 示例县职工权益保护办法（征求意见稿）.
    pub title: String,
    /// Who drafted it, and where it can be found.
    pub source: String,
    /// What it is about and what is asked.
    pub preface: String,
    /// The text.
    pub articles: Vec<Article>,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Document {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// Counts its changes; sent back with a change.
    pub version: i64,
    /// What it is called.
    pub title: String,
    /// Who drafted it, and where it can be found.
    pub source: String,
    /// What it is about and what is asked.
    pub preface: String,
    /// The text.
    pub articles: Vec<Article>,
    /// Files.
    pub files: Vec<DocumentFile>,
    /// SHA-256 over all of it, hexadecimal; the published instrument names it. Each part is preceded by its length in
    /// bytes (eight of them, the highest first): title, source, preface, the articles as JSON, and name and digest of each
    /// file.
    pub hash: String,
    /// When it was changed last.
    pub changed_at: DateTime<Utc>,
}

/// A file of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DocumentFile {
    /// Which.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// `pdf`, `docx`.
    pub kind: String,
    /// Its size.
    pub bytes: i64,
    /// SM3 of its content, hexadecimal.
    pub digest: String,
}

/// Shows the document of an evaluation.
///
/// # Errors
/// 404 where there is none, and for everybody who may not read it; the database.
pub async fn show(cx: Cx, input: ConsultationInput) -> Result<Document> {
    let row = reach::readable(&cx, input.evaluation_id).await?;
    found(cx.read(), row.id).await?.ok_or_else(Error::not_found)
}

/// Writes the document of a draft, whole.
///
/// # Errors
/// `consultation.*`, `evaluation.state`, 404 outside the caller's scope; the database.
pub async fn write(cx: Cx, input: DocumentWrite) -> Result<Document> {
    let title = rules::text(&input.title, "title", "标题", 2, 100)?;
    let source = rules::text(&input.source, "source", "来源", 2, 200)?;
    let preface = rules::text(&input.preface, "preface", "说明", 0, 2000)?;
    let articles = rules::articles(&input.articles)?;
    let tx = cx.begin().await?;
    let row = survey(appraisal::draft(&cx, &tx, input.evaluation_id).await?)?;
    let sql = "INSERT INTO document (evaluation_id, title, source, preface, articles, version, changed_by, changed_at)
        VALUES ($1, $3, $4, $5, $6, 1, $7, $8)
        ON CONFLICT (evaluation_id) DO UPDATE SET title = excluded.title, source = excluded.source,
            preface = excluded.preface, articles = excluded.articles, version = document.version + 1,
            changed_by = excluded.changed_by, changed_at = excluded.changed_at
        WHERE document.version = $2";
    let values = [
        row.id.into(),
        input.version.into(),
        title.into(),
        source.into(),
        preface.into(),
        serde_json::to_string(&articles)?.into(),
        cx.caller.account_id().into(),
        tx.now().into(),
    ];
    let written = tx.execute_sql(sql, values).await?;
    let answer = found(&tx, row.id).await?.filter(|found| written == 1 && found.version == input.version + 1);
    let answer = answer.ok_or_else(|| CONSULTATION_CHANGED.refusal())?;
    let event = Event::of("consultation.written", "evaluation", row.id).at(row.organization_id);
    tx.record(event.with("version", answer.version).with("hash", &answer.hash)).await?;
    tx.commit(answer).await
}

/// An evaluation that can have a document.
///
/// # Errors
/// `consultation.subject`.
pub fn survey(row: evaluation::Model) -> Result<evaluation::Model> {
    if row.subject_kind == SubjectKind::Survey.as_str() { Ok(row) } else { Err(CONSULTATION_SUBJECT.refusal().into()) }
}

/// The document of an evaluation, if it has one.
///
/// # Errors
/// The database.
pub async fn found(conn: &impl ConnectionTrait, evaluation: Id) -> Result<Option<Document>> {
    let Some(row) = document::Entity::find_by_id(evaluation).one(conn).await? else { return Ok(None) };
    let files = files(conn, evaluation).await?;
    let own = [&row.title, &row.source, &row.preface, &row.articles];
    let hash = hash(own.into_iter().chain(files.iter().flat_map(|file| [&file.name, &file.digest])));
    Ok(Some(Document {
        evaluation_id: row.evaluation_id,
        version: row.version,
        articles: serde_json::from_str(&row.articles)?,
        title: row.title,
        source: row.source,
        preface: row.preface,
        files,
        hash,
        changed_at: row.changed_at,
    }))
}

/// What the published instrument says of the document of an evaluation, where it has one.
///
/// # Errors
/// The database.
pub async fn document_hash(conn: &impl ConnectionTrait, evaluation: Id) -> Result<Option<String>> {
    Ok(found(conn, evaluation).await?.map(|document| document.hash))
}

fn hash<'a>(parts: impl Iterator<Item = &'a String>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

/// The files of a document, in the order in which they were added.
///
/// # Errors
/// The database.
pub async fn files(conn: &impl ConnectionTrait, evaluation: Id) -> Result<Vec<DocumentFile>> {
    let rows = file::Entity::find()
        .filter(file::Column::EvaluationId.eq(evaluation))
        .order_by_asc(file::Column::AddedAt)
        .order_by_asc(file::Column::FileId);
    let mut files = Vec::new();
    for row in rows.all(conn).await? {
        let stored = store::find(conn, row.file_id).await?;
        let digest = hex::encode(stored.digest);
        files.push(DocumentFile { id: row.file_id, name: stored.name, kind: row.kind, bytes: stored.bytes, digest });
    }
    Ok(files)
}

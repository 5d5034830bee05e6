//! Sends a paper. Logged: it may name people, and an audit shows who looked.

use kernel::event::Event;
use kernel::routes::Download;
use kernel::{Cx, Error, Result, file};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity;
use super::list::opened;
use super::rules::written_type;

/// Which file.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct IssueEvidenceOf {
    /// Which.
    pub file_id: Uuid,
}

/// Sends a paper to those who make, approve or audit the batch.
///
/// # Errors
/// 404 for everybody else; `file.*`; the database.
pub async fn download(cx: Cx, input: IssueEvidenceOf) -> Result<Download> {
    let tx = cx.begin().await?;
    let row = entity::Entity::find_by_id(input.file_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let batch = opened(&cx, &tx, row.batch_id).await?;
    file::find(&tx, row.file_id).await?;
    let event = Event::of("issue.evidence_taken", "issue_batch", batch.id).at(batch.organization_id);
    tx.record(event.with("file_id", row.file_id)).await?;
    tx.commit(()).await?;
    file::download(&cx.app, row.file_id, row.name, written_type(&row.content_type)).await
}

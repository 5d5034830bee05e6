//! Takes a file out of a report.

use kernel::{Cx, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::draft::{ReportDraft, shaped};
use super::files::{Files, take_out};
use super::who;

/// Which file of which report.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ReportFileInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The union that the report is about.
    pub organization_id: Uuid,
    /// The picture, the video or the captions.
    pub file_id: Uuid,
}

/// Takes a picture, the video or the captions out of a report; captions go with their video. Taken out twice is out.
///
/// # Errors
/// `report.fixed`, `report.unsaved`, 404 for anybody else; the database.
pub async fn remove(cx: Cx, input: ReportFileInput) -> Result<ReportDraft> {
    let tx = cx.begin().await?;
    let row = who::changing(&cx, &tx, input.evaluation_id, input.organization_id).await?;
    let report = who::begun(&tx, row.id, input.organization_id).await?;
    let files = Files::of(&tx, report.id).await?;
    if files.find(input.file_id).is_some() {
        take_out(&tx, &report, input.file_id).await?;
    }
    let video = files.video.is_some_and(|video| video.file_id == input.file_id);
    if let Some(captions) = files.captions.filter(|_| video) {
        take_out(&tx, &report, captions.file_id).await?;
    }
    let answer = shaped(&cx, &tx, &row, input.organization_id).await?;
    tx.commit(answer).await
}

//! Sends a file of a report, whole or in part: a video is watched while it comes.

use kernel::routes::Download;
use kernel::{Cx, Error, Result, file};

use super::content::{Content, ReportFile};
use super::draft::ReportInput;
use super::files::{Files, media};
use super::remove::ReportFileInput;
use super::{show, who};

/// Sends a file of the report that counts to whoever may read it, and one of the draft to whoever writes it.
///
/// # Errors
/// `not_found`, `file.unknown`, `file.damaged`; the database.
pub async fn take(cx: Cx, input: ReportFileInput) -> Result<Download> {
    let ReportFileInput { evaluation_id, organization_id, file_id } = input;
    let input = ReportInput { evaluation_id, organization_id };
    let found = match of_submission(&cx, &input, file_id).await? {
        Some(found) => Some(found),
        None => of_draft(&cx, &input, file_id).await?,
    };
    let found = found.ok_or_else(Error::not_found)?;
    let content_type = media(&found.content_type)?;
    let extension = content_type.split([';', '/']).nth(1).unwrap_or_default();
    let name = format!("述职报告 {}.{extension}", found.digest.get(..8).unwrap_or_default());
    let download = file::download(&cx.app, file_id, name, content_type).await?;
    Ok(Download { shown: true, ..download })
}

async fn of_submission(cx: &Cx, input: &ReportInput, id: uuid::Uuid) -> Result<Option<ReportFile>> {
    match who::reader(cx, input.evaluation_id).await {
        Ok(_) => {}
        Err(error) if error.refusal().is_some() => return Ok(None),
        Err(error) => return Err(error),
    }
    let Some(submission) = show::standing(cx, input).await? else { return Ok(None) };
    let content = Content::read(&submission.content)?;
    Ok(content.files().find(|file| file.file_id == id).cloned())
}

async fn of_draft(cx: &Cx, input: &ReportInput, id: uuid::Uuid) -> Result<Option<ReportFile>> {
    match who::writer(cx, cx.read(), input.evaluation_id, input.organization_id).await {
        Ok(_) => {}
        Err(error) if error.refusal().is_some() => return Ok(None),
        Err(error) => return Err(error),
    }
    let Some(report) = who::find(cx.read(), input.evaluation_id, input.organization_id).await? else {
        return Ok(None);
    };
    Ok(Files::of(cx.read(), report.id).await?.find(id).cloned())
}

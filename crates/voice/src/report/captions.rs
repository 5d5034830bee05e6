//! Gives the video of a report its captions.

use bytes::Bytes;
use futures::stream;
use kernel::command::retried;
use kernel::{Cx, Error, Result, file};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::draft::{ReportDraft, shaped};
use super::files::{CAPTIONS, Files, Kind, NewFile, or_erased, put, take_out};
use super::{CAPTIONS_ALONE, CAPTIONS_WRONG, vtt, who};

/// Captions of a video.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CaptionsGive {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The union that the report is about.
    pub organization_id: Uuid,
    /// The file as text, in WebVTT.
    pub text: String,
}

/// Gives the video of a report its captions, in place of those before.
///
/// # Errors
/// `report.captions` names the line; `report.captions_alone`, `report.unsaved`, `report.fixed`, 404 for anybody else; the
/// database.
pub async fn captions(cx: Cx, input: CaptionsGive) -> Result<ReportDraft> {
    let (evaluation, union) = (input.evaluation_id, input.organization_id);
    who::writer(&cx, cx.read(), evaluation, union).await?;
    let text = vtt::clean(&input.text).map_err(|fault| {
        let sentence = format!("字幕文件第 {} 行：{}；请改好后重新选择。", fault.line, fault.what);
        CAPTIONS_WRONG.with(sentence).on("text")
    })?;
    let id = cx.app.ids.next();
    let body = stream::iter([Ok::<_, Error>(Bytes::from(text))]);
    let stored = file::receive(&cx.app, id, body, 2 * vtt::MOST_BYTES as u64).await?;
    let new = NewFile { id, kind: Kind::Captions, place: 0, content_type: CAPTIONS, size: None, stored };
    let kept = retried(async || {
        let tx = cx.unclaimed().begin().await?;
        let row = who::changing(&cx, &tx, evaluation, union).await?;
        let report = who::begun(&tx, evaluation, union).await?;
        let files = Files::of(&tx, report.id).await?;
        if files.video.is_none() {
            return Err(CAPTIONS_ALONE.refusal().into());
        }
        if let Some(before) = &files.captions {
            take_out(&tx, &report, before.file_id).await?;
        }
        put(&tx, report.id, new, "字幕.vtt").await?;
        let answer = shaped(&cx, &tx, &row, union).await?;
        tx.commit(answer).await
    });
    or_erased(&cx, id, kept.await).await
}

//! Puts a video together and into the report.

use bytes::BytesMut;
use futures::{StreamExt, TryStreamExt};
use kernel::command::retried;
use kernel::file::{self, Stored, upload};
use kernel::{Cx, Id, Result, Tx};

use super::begin_video::{VideoUploadInput, found};
use super::draft::{ReportDraft, shaped};
use super::files::{Files, Kind as FileKind, NewFile, PURPOSE, or_erased, put, take_out};
use super::video::{HEAD, Kind};
use super::{VIDEO_KIND, entity, who};

/// Puts a video together and into the report, in place of the one before it. Finished twice, because the answer was lost,
/// it is there once.
///
/// # Errors
/// `file.upload_unfinished`, `file.upload_unknown`, `report.video_kind`, `report.fixed`, `file.disk_full`, 404 for anybody
/// else; the database.
pub async fn finish_video(cx: Cx, input: VideoUploadInput) -> Result<ReportDraft> {
    let (evaluation, union) = (input.evaluation_id, input.organization_id);
    let arriving = match found(&cx, &input).await {
        Ok(arriving) => arriving,
        Err(gone) => return already(&cx, &input, gone).await,
    };
    let (id, stored) = upload::join(&cx.app, &arriving).await?;
    let kind = or_erased(&cx, id, kind(&cx, id).await).await?;
    let kept = retried(async || {
        let tx = cx.unclaimed().begin().await?;
        let row = who::changing(&cx, &tx, evaluation, union).await?;
        let report = who::begun(&tx, evaluation, union).await?;
        // Of two that finish at once the second finds no upload any more.
        upload::find(&cx, &tx, arriving.id, PURPOSE, report.id).await?;
        replace(&tx, &report, Joined { id, stored, kind, upload: arriving.id }).await?;
        let answer = shaped(&cx, &tx, &row, union).await?;
        tx.commit(answer).await
    });
    match or_erased(&cx, id, kept.await).await {
        Ok(draft) => Ok(draft),
        Err(error) => already(&cx, &input, error).await,
    }
}

/// A video that was put together; its pieces are still there.
#[derive(Clone, Copy)]
struct Joined {
    id: Id,
    stored: Stored,
    kind: Kind,
    upload: Id,
}

async fn replace(tx: &Tx, report: &entity::Model, joined: Joined) -> Result<()> {
    let before = Files::of(tx, report.id).await?;
    for file in before.video.iter().chain(&before.captions) {
        take_out(tx, report, file.file_id).await?;
    }
    let new = NewFile {
        id: joined.id,
        kind: FileKind::Video,
        place: 0,
        content_type: joined.kind.media(),
        size: None,
        stored: joined.stored,
    };
    // The video remembers by which upload it came: see `already`.
    put(tx, report.id, new, &format!("{}.{}", joined.upload, joined.kind.extension())).await?;
    upload::end(tx, joined.upload).await
}

/// The draft, when this very upload is its video already; otherwise what was said.
async fn already(cx: &Cx, input: &VideoUploadInput, said: kernel::Error) -> Result<ReportDraft> {
    let gone = said.refusal().is_some_and(|refusal| refusal.code == file::FILE_UPLOAD_UNKNOWN.code);
    if gone {
        let row = who::writer(cx, cx.read(), input.evaluation_id, input.organization_id).await?;
        let draft = shaped(cx, cx.read(), &row, input.organization_id).await?;
        if let Some(video) = &draft.video {
            let name = file::find(cx.read(), video.file_id).await?.name;
            if name.starts_with(&input.upload_id.to_string()) {
                return Ok(draft);
            }
        }
    }
    Err(said)
}

/// What the joined file is, by its first bytes.
async fn kind(cx: &Cx, id: Id) -> Result<Kind> {
    let mut pieces = file::stream(&cx.app, id).map_err(file::cause).boxed();
    let mut head = BytesMut::new();
    while head.len() < HEAD {
        let Some(piece) = pieces.next().await else { break };
        head.extend_from_slice(&piece?);
    }
    Kind::of(&head).ok_or_else(|| VIDEO_KIND.refusal().into())
}

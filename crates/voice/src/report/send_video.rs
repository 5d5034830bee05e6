//! Takes the next piece of a video.

use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use kernel::file::upload;
use kernel::routes::Upload;
use kernel::{Cx, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::begin_video::{VideoUpload, VideoUploadInput, found};
use super::video::{HEAD, Kind};
use super::{REPORT_FIXED, VIDEO_KIND, who};

/// Where a piece belongs; its bytes are the body.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct VideoPiece {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The union that the report is about.
    pub organization_id: Uuid,
    /// The upload.
    pub upload_id: Uuid,
    /// Bytes before it.
    pub offset: u64,
}

/// Takes the piece that begins at `offset`; the answer says where the next one begins, whatever became of this one.
///
/// # Errors
/// `report.video_kind` when the first bytes are no video's; `report.fixed`; `file.upload_*`, `file.disk_full`; what the
/// body says; 404 for anybody else; the database.
pub async fn send_video(cx: Cx, input: VideoPiece, body: Upload) -> Result<VideoUpload> {
    let VideoPiece { evaluation_id, organization_id, upload_id, offset } = input;
    let row = who::writer(&cx, cx.read(), evaluation_id, organization_id).await?;
    if row.state != "draft" {
        return Err(REPORT_FIXED.refusal().into());
    }
    let arriving = found(&cx, &VideoUploadInput { evaluation_id, organization_id, upload_id }).await?;
    let mut pieces = body.stream;
    if offset == 0 && arriving.received == 0 {
        pieces = judged(pieces).await?;
    }
    Ok(upload::append(&cx, arriving, offset, pieces).await?.into())
}

/// The pieces as they came, once their first bytes are known to be a video's: nobody sends 500 MB for a refusal.
async fn judged(mut pieces: BoxStream<'static, Result<Bytes>>) -> Result<BoxStream<'static, Result<Bytes>>> {
    let mut head = BytesMut::new();
    while head.len() < HEAD {
        let Some(piece) = pieces.next().await else { break };
        head.extend_from_slice(&piece?);
    }
    if Kind::of(&head).is_none() {
        return Err(VIDEO_KIND.refusal().into());
    }
    let first = head.freeze();
    Ok(stream::iter([Ok(first)]).chain(pieces).boxed())
}

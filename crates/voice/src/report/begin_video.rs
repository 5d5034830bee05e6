//! Begins the upload of a video, and tells how far it is.

use kernel::file::upload::{self, Arriving, NewUpload};
use kernel::file::{self, FILE_EMPTY};
use kernel::{Cx, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::files::PURPOSE;
use super::{VIDEO_MOST, who};

/// A video about to be uploaded.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct VideoBegin {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The union that the report is about.
    pub organization_id: Uuid,
    /// Name of the file.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

/// Which upload.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct VideoUploadInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The union that the report is about.
    pub organization_id: Uuid,
    /// The upload.
    pub upload_id: Uuid,
}

/// An upload of a video on its way. It goes on at `received`, from wherever and after however long a break, but a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VideoUpload {
    /// Under which its pieces are sent.
    pub upload_id: Uuid,
    /// Bytes in all.
    pub bytes: u64,
    /// Bytes that are there; the next piece begins here.
    pub received: u64,
    /// Bytes of a piece at the most.
    pub piece_most: u64,
}

impl From<Arriving> for VideoUpload {
    fn from(arriving: Arriving) -> Self {
        let Arriving { id, bytes, received, .. } = arriving;
        Self { upload_id: id, bytes, received, piece_most: upload::PIECE_MOST }
    }
}

/// Begins the upload of a video.
///
/// # Errors
/// `file.too_large` over 500 MB, `file.empty`, `report.unsaved`, `report.fixed`, 404 for anybody else; the database.
pub async fn begin_video(cx: Cx, input: VideoBegin) -> Result<VideoUpload> {
    if input.bytes > VIDEO_MOST {
        return Err(file::too_large(VIDEO_MOST));
    }
    if input.bytes == 0 {
        return Err(FILE_EMPTY.refusal().into());
    }
    let tx = cx.begin().await?;
    let row = who::changing(&cx, &tx, input.evaluation_id, input.organization_id).await?;
    let report = who::begun(&tx, row.id, input.organization_id).await?;
    let new = NewUpload { purpose: PURPOSE, subject_id: report.id, name: input.name, bytes: input.bytes };
    let begun = VideoUpload::from(upload::begin(&tx, new).await?);
    tx.commit(begun).await
}

/// Tells how far an upload is.
///
/// # Errors
/// `file.upload_unknown`, 404 for anybody else; the database.
pub async fn video_upload(cx: Cx, input: VideoUploadInput) -> Result<VideoUpload> {
    Ok(found(&cx, &input).await?.into())
}

/// The upload of the caller's report.
pub(super) async fn found(cx: &Cx, input: &VideoUploadInput) -> Result<Arriving> {
    who::writer(cx, cx.read(), input.evaluation_id, input.organization_id).await?;
    let report = who::begun(cx.read(), input.evaluation_id, input.organization_id).await?;
    upload::find(cx, cx.read(), input.upload_id, PURPOSE, report.id).await
}

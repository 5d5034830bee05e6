//! Adds a picture to a report.

use bytes::Bytes;
use futures::{StreamExt, stream};
use kernel::command::retried;
use kernel::file::{self, Stored};
use kernel::routes::Upload;
use kernel::{Cx, Error, Id, Result};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::draft::{ReportDraft, shaped};
use super::files::{Kind, NewFile, or_erased, put};
use super::picture::{self, Fault, Picture};
use super::{PICTURE_KIND, PICTURE_MOST, PICTURE_SIZE, PICTURES_MANY, PICTURES_MOST, who};

/// To which report; the picture is the body.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PictureAdd {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The union that it is about.
    pub organization_id: Uuid,
}

/// Adds a picture; what tells more than it shows is left out of it.
///
/// # Errors
/// `report.picture_kind`, `report.picture_size`, `report.pictures_many`, `report.unsaved`, `report.fixed`,
/// `file.too_large`, `file.empty`, `file.disk_full`, 404 for anybody else; the database.
pub async fn add_picture(cx: Cx, input: PictureAdd, upload: Upload) -> Result<ReportDraft> {
    let (evaluation, union) = (input.evaluation_id, input.organization_id);
    who::writer(&cx, cx.read(), evaluation, union).await?;
    let report = who::begun(cx.read(), evaluation, union).await?;
    free_place(cx.read(), report.id).await?;
    let raw = gathered(upload).await?;
    let cleaned = tokio::task::spawn_blocking(move || picture::clean(&raw)).await.map_err(Error::internal)?;
    let picture = cleaned.map_err(|fault| match fault {
        Fault::Kind => PICTURE_KIND.refusal(),
        Fault::Size => PICTURE_SIZE.refusal(),
    })?;
    let (id, stored) = store(&cx, &picture).await?;
    let new = |place| NewFile {
        id,
        kind: Kind::Picture,
        place,
        content_type: picture.kind.media(),
        size: Some((picture.width, picture.height)),
        stored,
    };
    let kept = retried(async || {
        let tx = cx.begin().await?;
        let row = who::changing(&cx, &tx, evaluation, union).await?;
        let report = who::begun(&tx, evaluation, union).await?;
        let place = free_place(&tx, report.id).await?;
        put(&tx, report.id, new(place), &format!("{}.{}", place + 1, picture.kind.extension())).await?;
        let answer = shaped(&cx, &tx, &row, union).await?;
        tx.commit(answer).await
    });
    or_erased(&cx, id, kept.await).await
}

/// The whole body: a picture is judged before it is stored.
async fn gathered(mut upload: Upload) -> Result<Vec<u8>> {
    let mut raw = Vec::new();
    while let Some(piece) = upload.stream.next().await {
        let piece = piece?;
        if (raw.len() + piece.len()) as u64 > PICTURE_MOST {
            return Err(file::too_large(PICTURE_MOST));
        }
        raw.extend_from_slice(&piece);
    }
    Ok(raw)
}

async fn store(cx: &Cx, picture: &Picture) -> Result<(Id, Stored)> {
    let id = cx.app.ids.next();
    let bytes = Bytes::from(picture.bytes.clone());
    let body = stream::iter([Ok::<_, Error>(bytes)]);
    Ok((id, file::receive(&cx.app, id, body, PICTURE_MOST).await?))
}

/// The first place of a picture that is free.
async fn free_place(conn: &impl ConnectionTrait, report: Id) -> Result<i64> {
    let sql = "SELECT place FROM report_file WHERE report_id = $1 AND kind = 'picture'";
    let statement = sea_orm::Statement::from_sql_and_values(conn.get_database_backend(), sql, [report.into()]);
    let rows = conn.query_all_raw(statement).await?;
    let taken: Vec<i64> = rows.iter().map(|row| Ok(row.try_get("", "place")?)).collect::<Result<_>>()?;
    let free = (0..PICTURES_MOST).find(|place| !taken.contains(place));
    free.ok_or_else(|| PICTURES_MANY.refusal().into())
}

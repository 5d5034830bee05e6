//! Takes the file of an export; logged each time.

use kernel::event::Event;
use kernel::routes::Download;
use kernel::{Cx, Result, file};

use super::list::{ExportOfInput, own};
use super::{EXPORT_EXPIRED, EXPORT_NOT_READY};
use crate::access::MEMBER_EXPORT;
use crate::organization::record;

/// Hands out the file of one of the caller's exports, while he may still export from that union.
///
/// # Errors
/// `not_found`, `export.not_ready`, `export.expired`, `access.denied`; the database.
pub async fn take(cx: Cx, input: ExportOfInput) -> Result<Download> {
    let tx = cx.begin().await?;
    let row = own(&cx, &tx, input.id).await?;
    cx.caller.must(&tx, MEMBER_EXPORT, row.organization_id).await?;
    if row.state == "expired" || row.expires_at.is_some_and(|end| end <= tx.now()) {
        return Err(EXPORT_EXPIRED.refusal().into());
    }
    let file_id = row.file_id.ok_or_else(|| EXPORT_NOT_READY.refusal())?;
    let format = row.format()?;
    let union = record::load(&tx, row.organization_id).await?;
    let name = format!("{}会员名单 {}.{}", union.name, row.mark, format.extension());
    let event = Event::of("export.taken", "export", row.id).at(row.organization_id);
    tx.record(event.with("mark", &row.mark).with("rows", row.rows)).await?;
    tx.commit(()).await?;
    file::download(&cx.app, file_id, name, format.content_type()).await
}

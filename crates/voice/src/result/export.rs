//! Sends the published file.

use kernel::file;
use kernel::routes::Download;
use kernel::{Cx, Result};

use super::show::{ResultInput, published};

/// Sends the file of a published evaluation to anybody.
///
/// # Errors
/// `result.early`, `result.too_few`, `not_found`; the database, the file store.
pub async fn export(cx: Cx, input: ResultInput) -> Result<Download> {
    let (_, out) = published(cx.read(), input.evaluation_id).await?;
    let row = file::find(cx.read(), out.file_id).await?;
    file::download(&cx.app, row.id, row.name, "application/x-ndjson").await
}

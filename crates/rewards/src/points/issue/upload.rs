//! Takes a list of people and amounts, opened far enough to know that it can be read.

use kernel::file::{self, NewFile};
use kernel::routes::{Download, Upload};
use kernel::{Cx, Error, Result};
use registry::import::words::SheetFormat;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::PURPOSE;
use super::rules::{COLUMNS, MOST_ROWS};
use crate::points::table;

/// Bytes of a list at the most.
const MAX_BYTES: u64 = 20 << 20;

/// A list about to be taken.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BatchFileAdd {
    /// Name of the file.
    pub name: String,
}

/// A list that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchFile {
    /// Under which a batch takes it within a day.
    pub file_id: Uuid,
    /// Name of the file.
    pub name: String,
    /// Rows below its header.
    pub rows: i64,
}

/// As which file.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BatchTemplateInput {
    /// The format.
    pub format: SheetFormat,
}

/// Takes a list.
///
/// # Errors
/// `points_table.*`, `sheet.*`, `file.*`; the database.
pub async fn upload(cx: Cx, input: BatchFileAdd, upload: Upload) -> Result<BatchFile> {
    let (id, name) = (cx.app.ids.next(), file::clean_name(&input.name));
    let stored = file::receive(&cx.app, id, upload.stream, MAX_BYTES).await?;
    let (app, called) = (cx.app.clone(), name.clone());
    let reading = tokio::task::spawn_blocking(move || table::read(&app, id, &called, &COLUMNS, MOST_ROWS));
    let rows = match reading.await.map_err(Error::internal)? {
        Ok(lines) => i64::try_from(lines.len()).map_err(Error::internal)?,
        Err(fault) => {
            // What cannot be read is not kept.
            file::erase(&cx.app, id).await?;
            return Err(fault);
        }
    };
    let tx = cx.begin().await?;
    file::enter(&tx, NewFile { id, purpose: PURPOSE, name: name.clone(), stored }).await?;
    tx.commit(BatchFile { file_id: id, name, rows }).await
}

/// Hands out an empty list.
///
/// # Errors
/// When it cannot be written.
pub async fn template(_: Cx, input: BatchTemplateInput) -> Result<Download> {
    table::template("积分发放名单", input.format.into(), &["姓名", "证件号码", "手机号", "积分"]).await
}

//! Taking a file in: stored sealed, opened far enough to know that it can be read, staged until an import takes it.

use kernel::access::Permission;
use kernel::error::ACCESS_DENIED;
use kernel::file::{self, NewFile};
use kernel::routes::Upload;
use kernel::{Cx, Error, Id, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::source;
use super::words::SheetFormat;
use crate::access::{MEMBER_IMPORT, REGISTER_IMPORT};

/// What staged files of imports are for.
pub const PURPOSE: &str = "import";
/// Bytes of a file at the most.
pub const MAX_BYTES: u64 = 200 << 20;

const IMPORTS: [Permission; 2] = [MEMBER_IMPORT, REGISTER_IMPORT];

/// A file about to be taken in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct StageInput {
    /// Name of the file.
    pub name: String,
}

/// A file that can be read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StagedFile {
    /// Under which it can be imported within a day.
    pub file_id: Uuid,
    /// Name of the file.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// What it is, by its content.
    pub format: SheetFormat,
    /// Names of its sheets.
    pub sheets: Vec<String>,
}

/// Takes a file in.
///
/// # Errors
/// `access.denied`; `file.too_large`, `file.empty`, `file.disk_full`; `sheet.*`; the database.
pub async fn stage(cx: Cx, input: StageInput, upload: Upload) -> Result<StagedFile> {
    if !IMPORTS.iter().any(|permission| cx.caller.holds(*permission)) {
        return Err(ACCESS_DENIED.refusal().into());
    }
    let (id, name) = (cx.app.ids.next(), file::clean_name(&input.name));
    let stored = file::receive(&cx.app, id, upload.stream, MAX_BYTES).await?;
    let looked = look(&cx, id, name.clone()).await;
    let (format, sheets) = match looked {
        Ok(looked) => looked,
        Err(fault) => {
            // What cannot be read is not kept; the sweep would find it otherwise.
            file::erase(&cx.app, id).await?;
            return Err(fault);
        }
    };
    let bytes = stored.bytes;
    let tx = cx.begin().await?;
    file::enter(&tx, NewFile { id, purpose: PURPOSE, name: name.clone(), stored }).await?;
    tx.commit(StagedFile { file_id: id, name, bytes, format, sheets }).await
}

/// What the file is, and its sheets; its first row is read.
async fn look(cx: &Cx, id: Id, name: String) -> Result<(SheetFormat, Vec<String>)> {
    let app = cx.app.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let book = source::open(&app, id, &name)?;
        let (format, sheets) = (book.format().into(), book.sheets().to_vec());
        // Of several sheets any may be the one: an empty first one is no fault yet.
        if let (Some(Err(fault)), 1) = (book.rows(0).map_err(source::cause)?.next(), sheets.len()) {
            return Err(source::cause(fault));
        }
        Ok((format, sheets))
    });
    looked.await.map_err(Error::internal)?
}

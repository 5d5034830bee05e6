//! What a stored file is: known by its content, never by its name.

use std::io::Read;

use kernel::app::App;
use kernel::sheet::{Book, Format, SheetError};
use kernel::{Error, Id, Result, file};
use tokio::task::spawn_blocking;

use super::rules::WORKBOOK;

/// Bytes by which an archive is known, which a workbook is.
const HEAD: u64 = 4;

/// The media type of a stored file; `None` for what can be no evidence.
///
/// # Errors
/// `file.damaged`, or the store.
pub async fn kind_of(app: &App, id: Id) -> Result<Option<&'static str>> {
    if let Some(known) = file::media_type_of(app, id).await? {
        return Ok(Some(known));
    }
    let app = app.clone();
    spawn_blocking(move || workbook(&app, id)).await.map_err(Error::internal)?
}

/// A workbook that opens, without a password. Blocks.
fn workbook(app: &App, id: Id) -> Result<Option<&'static str>> {
    let mut head = Vec::new();
    file::source(app, id)?.take(HEAD).read_to_end(&mut head).map_err(file::cause)?;
    if !matches!(Format::of("", &head), Ok(Format::Xlsx)) {
        return Ok(None);
    }
    match Book::open(file::source(app, id)?, "") {
        Ok(_) => Ok(Some(WORKBOOK)),
        Err(SheetError::Refused(_)) => Ok(None),
        Err(SheetError::Storage(fault)) => Err(file::cause(fault)),
    }
}

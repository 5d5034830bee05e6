//! The error file: rows that were not taken, as they were, each with what is wrong with it, to be mended and uploaded
//! again. Made of the uploaded file; logged, since they are persons.

use bytes::Bytes;
use kernel::app::App;
use kernel::event::Event;
use kernel::routes::Download;
use kernel::sheet::{Format, SheetWriter, WriterOptions};
use kernel::{Cx, Error, Result, file};
use registry::import::source::cause;
use registry::import::words::SheetFormat;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::batch::known;
use super::rules::{COLUMNS, MOST_ROWS};
use super::{batch_entity as batch, faults};
use crate::points::bank::RowFault;
use crate::points::table::{self, Line};

/// Which error file.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BatchErrorFileInput {
    /// The batch.
    pub batch_id: Uuid,
    /// As which file.
    pub format: SheetFormat,
}

/// Hands out the rows of a list that were not taken.
///
/// # Errors
/// `file.unknown` once the list is gone, 404 outside the caller's scope; the database.
pub async fn error_file(cx: Cx, input: BatchErrorFileInput) -> Result<Download> {
    let tx = cx.begin().await?;
    let row = known(&cx, &tx, input.batch_id).await?;
    let file_id = row.file_id.ok_or_else(Error::not_found)?;
    file::find(&tx, file_id).await?;
    let faults = faults::some(&tx, row.id, 0, i64::MAX).await?;
    let event = Event::of("issue.error_file_taken", "issue_batch", row.id).at(row.organization_id);
    tx.record(event.with("faults", faults.len())).await?;
    tx.commit(()).await?;
    let (app, format, name) = (cx.app.clone(), Format::from(input.format), row.name.clone());
    let writing = tokio::task::spawn_blocking(move || write(&app, &row, &faults, format));
    let bytes = writing.await.map_err(Error::internal)??;
    Ok(table::sent(format!("{name}-不能发放的行.{}", format.extension()), format, bytes))
}

fn write(app: &App, row: &batch::Model, faults: &[RowFault], format: Format) -> Result<Bytes> {
    let file_id = row.file_id.ok_or_else(Error::not_found)?;
    let lines = table::read(app, file_id, row.file_name.as_deref().unwrap_or_default(), &COLUMNS, MOST_ROWS)?;
    let options = WriterOptions { sheet_name: "不能发放的行".to_owned(), ..WriterOptions::default() };
    let mut writer = SheetWriter::new(Vec::new(), format, options).map_err(cause)?;
    writer.row(&["行号", "原因", "姓名", "证件号码", "手机号", "积分"]).map_err(cause)?;
    let mut wanted = faults.iter().peekable();
    for line in &lines {
        let Some(fault) = wanted.next_if(|fault| fault.row_number == line.number) else { continue };
        writer.row(&told(fault, line)).map_err(cause)?;
    }
    Ok(writer.finish().map_err(cause)?.into())
}

/// What is wrong with a row, then the row as it was.
fn told(fault: &RowFault, line: &Line) -> Vec<String> {
    let mut cells = vec![fault.row_number.to_string(), fault.message.clone()];
    cells.extend((0..COLUMNS.len()).map(|column| line.text(column).to_owned()));
    cells
}

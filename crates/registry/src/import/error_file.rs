//! The error file: the rejected rows as they were, each with its number and what is wrong with it, to be mended and
//! imported again. Made of the source file while it is sent, in constant memory.

use std::io::{self, Write};

use bytes::Bytes;
use futures::StreamExt;
use kernel::app::App;
use kernel::event::Event;
use kernel::routes::Download;
use kernel::sheet::{Format, SheetWriter, WriterOptions};
use kernel::{Cx, Id, Result, file};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use utoipa::ToSchema;
use uuid::Uuid;

use super::columns::texts;
use super::list::after_row;
use super::sequence::Fault;
use super::source::{SourceFile, cause, open};
use super::words::{Phase, SheetFormat};
use super::{IMPORT_FILE_GONE, fault_entity, find, shape};

/// Rejected rows that are fetched at once.
const FETCHED: u64 = 500;
/// Bytes that are sent at once.
const PIECE: usize = 64 * 1024;
/// Pieces that may wait for a slow reader.
const PIECES: usize = 4;

/// Which error file.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ErrorFileInput {
    /// Which import.
    pub id: Uuid,
    /// As which file.
    pub format: SheetFormat,
}

/// Hands out the rejected rows of an import; logged, since they are persons.
///
/// # Errors
/// `import.file_gone`, `not_found`, `access.denied`; the database.
pub async fn error_file(cx: Cx, input: ErrorFileInput) -> Result<Download> {
    let tx = cx.begin().await?;
    let row = find::visible(&cx, &tx, input.id).await?;
    cx.caller.must(&tx, row.permission()?, row.organization_id).await?;
    let stored = find::files(&tx, row.id).await?;
    for kept in &stored {
        if file::find(&tx, kept.file_id).await.is_err() {
            return Err(IMPORT_FILE_GONE.refusal().into());
        }
    }
    let event = Event::of("import.error_file_taken", "import", row.id).at(row.organization_id);
    tx.record(event.with("rejected", row.rejected).with("format", input.format)).await?;
    tx.commit(()).await?;

    let format = Format::from(input.format);
    let files = stored.iter().map(SourceFile::of).collect::<Result<Vec<_>>>()?;
    let (send, receive) = mpsc::channel(PIECES);
    let faults = Faults { app: cx.app.clone(), handle: Handle::current(), import: row.id, phase: shape::phase(&row) };
    tokio::task::spawn_blocking(move || {
        let outlet = Outlet { send: send.clone(), piece: Vec::with_capacity(PIECE) };
        if let Err(fault) = faults.write(&files, format, outlet) {
            tracing::warn!(%fault, "an error file broke off");
            let _ = send.blocking_send(Err(io::Error::other("an error file broke off")));
        }
    });
    let body = futures::stream::unfold(receive, |mut receive| async move { Some((receive.recv().await?, receive)) });
    let first =
        stored.first().map_or("导入", |file| file.name.rsplit_once('.').map_or(file.name.as_str(), |(name, _)| name));
    Ok(Download {
        name: format!("{first}-没有导入的行.{}", format.extension()),
        content_type: format.content_type(),
        bytes: None,
        shown: false,
        body: body.boxed().into(),
    })
}

/// The rejected rows of an import.
struct Faults {
    app: App,
    handle: Handle,
    import: Id,
    phase: Phase,
}

impl Faults {
    /// Writes them file by file; each file brings its own header.
    fn write(&self, files: &[SourceFile], format: Format, outlet: Outlet) -> Result<()> {
        let options = WriterOptions { sheet_name: "没有导入的行".to_owned(), ..WriterOptions::default() };
        let mut writer = SheetWriter::new(outlet, format, options).map_err(cause)?;
        for file in files {
            self.write_file(&mut writer, file, files.len() > 1)?;
        }
        writer.finish().map_err(cause)?;
        Ok(())
    }

    fn write_file(&self, writer: &mut SheetWriter<Outlet>, file: &SourceFile, several: bool) -> Result<()> {
        let mut faults = self.page(file.number, 0)?.into_iter();
        let mut wanted = faults.next();
        if wanted.is_none() && several {
            return Ok(());
        }
        let rows = open(&self.app, file.file_id, &file.name)?.rows(file.sheet).map_err(cause)?;
        let mut headed = false;
        for row in rows {
            let row = row.map_err(cause)?;
            if row.number >= file.header_row && !headed {
                let header = if row.number == file.header_row { texts(&row) } else { Vec::new() };
                write_row(writer, several.then_some(file.name.as_str()), ["行号", "原因"], header)?;
                headed = true;
            }
            let Some(fault) = &wanted else { break };
            if i64::try_from(row.number) != Ok(fault.row_number) {
                continue;
            }
            let reasons: Vec<Fault> = serde_json::from_str(&fault.faults)?;
            let number = fault.row_number.to_string();
            let what = several.then_some(file.name.as_str());
            write_row(writer, what, [&number, &reason(&reasons)], texts(&row))?;
            let last = fault.row_number;
            wanted = faults.next();
            if wanted.is_none() {
                faults = self.page(file.number, last)?.into_iter();
                wanted = faults.next();
            }
        }
        Ok(())
    }

    /// The next rejected rows of a file.
    fn page(&self, file: i64, after: i64) -> Result<Vec<fault_entity::Model>> {
        use fault_entity::Column;
        let rows = fault_entity::Entity::find()
            .filter(Column::ImportId.eq(self.import))
            .filter(Column::Phase.eq(self.phase.as_str()))
            .filter(Column::FileNumber.eq(file))
            .filter(after_row(file, after))
            .order_by_asc(Column::RowNumber)
            .limit(FETCHED);
        Ok(self.handle.block_on(rows.all(self.app.db.read()))?)
    }
}

/// A row of the error file: which file (where there are several), number, reason, then the cells as they were.
fn write_row(writer: &mut SheetWriter<Outlet>, file: Option<&str>, first: [&str; 2], cells: Vec<String>) -> Result<()> {
    let head = file.into_iter().chain(first).map(str::to_owned);
    let row: Vec<String> = head.chain(cells).collect();
    writer.row(&row).map_err(cause)
}

/// Everything that is wrong with a row, as one text.
fn reason(faults: &[Fault]) -> String {
    let one = |fault: &Fault| match &fault.column {
        Some(column) => format!("【{column}】{}", fault.message),
        None => fault.message.clone(),
    };
    faults.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Where the writer's bytes go: piece by piece to whoever downloads.
struct Outlet {
    send: mpsc::Sender<io::Result<Bytes>>,
    piece: Vec<u8>,
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the download was given up");
        self.send.blocking_send(Ok(piece.into())).map_err(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_reasons_are_told() {
        let fault = |column: Option<&str>, message: &str| Fault {
            column: column.map(str::to_owned),
            code: "x".to_owned(),
            message: message.to_owned(),
        };
        let text = reason(&[fault(Some("姓名"), "请填写姓名。"), fault(None, "整行有误。")]);
        assert_eq!(text, "【姓名】请填写姓名。 整行有误。");
    }
}

//! Workbooks, read cell by cell by `calamine` on a thread of their own: its reader
//! borrows the workbook, and reading runs beside whatever is done with the rows.
//! Should the parser panic on a damaged file, the rows end with `sheet.damaged`.

use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use calamine::{Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use super::error::{DAMAGED, EMPTY, ENCRYPTED, TOO_WIDE};
use super::{Bytes, COLUMNS, Cell, Row, SheetError, guard};

/// Rows a sheet of a workbook can hold.
const XLSX_ROWS: u64 = 1_048_576;
/// Rows handed over at once.
const BATCH_ROWS: usize = 256;
/// Bytes of text handed over at once, about.
const BATCH_BYTES: usize = 256 * 1024;
/// Batches read ahead.
const AHEAD: usize = 4;

/// An opened workbook.
pub(super) struct Workbook {
    inner: Xlsx<Watched>,
    failure: Failure,
}

/// Opens a workbook and names the sheets a person sees.
pub(super) fn open(source: Box<dyn Bytes>, name: &str) -> Result<(Workbook, Vec<String>), SheetError> {
    let failure = Failure::default();
    let watched = Watched { source, failure: failure.clone() };
    let opened = guard::weigh(watched, name).and_then(|mut watched| {
        watched.seek(SeekFrom::Start(0))?;
        catch_unwind(AssertUnwindSafe(|| Xlsx::new(watched))).map_err(|_| DAMAGED.refusal())?.map_err(refused)
    });
    let inner = opened.map_err(|error| failure.or(error))?;
    let sheets = sheets(&inner);
    if sheets.is_empty() {
        return Err(EMPTY.refusal().into());
    }
    Ok((Workbook { inner, failure }, sheets))
}

/// Visible worksheets; all of them where none is visible.
fn sheets(workbook: &Xlsx<Watched>) -> Vec<String> {
    let all = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let (visible, hidden): (Vec<_>, Vec<_>) = all.partition(|sheet| sheet.visible == SheetVisible::Visible);
    let shown = if visible.is_empty() { hidden } else { visible };
    shown.into_iter().map(|sheet| sheet.name.clone()).collect()
}

fn refused(error: XlsxError) -> SheetError {
    match error {
        XlsxError::Password => ENCRYPTED.refusal().into(),
        _ => DAMAGED.refusal().into(),
    }
}

/// Rows that a thread reads ahead; it ends when this is dropped.
pub(super) struct Rows {
    batches: Receiver<Result<Vec<Row>, SheetError>>,
    batch: std::vec::IntoIter<Row>,
    ended: bool,
}

/// Starts reading a sheet.
pub(super) fn rows(workbook: Workbook, sheet: String) -> Result<Rows, SheetError> {
    let (sender, batches) = sync_channel(AHEAD);
    std::thread::Builder::new().name("sheet".into()).spawn(move || {
        let Workbook { mut inner, failure } = workbook;
        let last = match read(&mut inner, &sheet, &sender) {
            Ok(()) => Ok(Vec::new()),
            Err(error) => Err(failure.or(error)),
        };
        // Nobody waits any more when the rows were dropped.
        let _ = sender.send(last);
    })?;
    Ok(Rows { batches, batch: Vec::new().into_iter(), ended: false })
}

impl Iterator for Rows {
    type Item = Result<Row, SheetError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(row) = self.batch.next() {
            return Some(Ok(row));
        }
        if self.ended {
            return None;
        }
        // An empty batch is the end; a closed channel without it is a panic of the parser.
        match self.batches.recv() {
            Ok(Ok(rows)) if rows.is_empty() => self.ended = true,
            Ok(Ok(rows)) => self.batch = rows.into_iter(),
            Ok(Err(error)) => {
                self.ended = true;
                return Some(Err(error));
            }
            Err(_) => {
                self.ended = true;
                return Some(Err(DAMAGED.refusal().into()));
            }
        }
        self.batch.next().map(Ok)
    }
}

/// Gathers cells into rows and rows into batches.
fn read(
    workbook: &mut Xlsx<Watched>,
    sheet: &str,
    sender: &SyncSender<Result<Vec<Row>, SheetError>>,
) -> Result<(), SheetError> {
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(refused)?;
    let mut batch = Batch { rows: Vec::with_capacity(BATCH_ROWS), bytes: 0, sender };
    let mut row = Row { number: 0, cells: Vec::new() };
    while let Some(cell) = cells.next_cell().map_err(refused)? {
        let (number, column) = (u64::from(cell.get_position().0) + 1, cell.get_position().1 as usize);
        if number != row.number {
            if number < row.number || number > XLSX_ROWS {
                return Err(DAMAGED.refusal().into());
            }
            let next = Row { number, cells: Vec::with_capacity(row.cells.len()) };
            if !batch.add(std::mem::replace(&mut row, next)) {
                return Ok(());
            }
        }
        let cell = Cell::of_value(cell.get_value());
        if cell.is_empty() {
            continue;
        }
        if column >= COLUMNS {
            return Err(TOO_WIDE.refusal().into());
        }
        batch.bytes += cell.text.len();
        if row.cells.len() <= column {
            row.cells.resize_with(column + 1, Cell::default);
        }
        row.cells[column] = cell;
    }
    let _ = batch.add(row) && batch.send();
    Ok(())
}

struct Batch<'a> {
    rows: Vec<Row>,
    bytes: usize,
    sender: &'a SyncSender<Result<Vec<Row>, SheetError>>,
}

impl Batch<'_> {
    /// Whether anybody still wants rows.
    fn add(&mut self, row: Row) -> bool {
        if !row.cells.is_empty() {
            self.bytes += row.cells.len() * size_of::<Cell>();
            self.rows.push(row);
        }
        (self.rows.len() < BATCH_ROWS && self.bytes < BATCH_BYTES) || self.send()
    }

    fn send(&mut self) -> bool {
        self.bytes = 0;
        let rows = std::mem::replace(&mut self.rows, Vec::with_capacity(BATCH_ROWS));
        rows.is_empty() || self.sender.send(Ok(rows)).is_ok()
    }
}

/// What the storage said when it failed, so that its failure is not taken for a damaged file.
#[derive(Clone, Default)]
struct Failure(Arc<Mutex<Option<io::Error>>>);

impl Failure {
    fn or(&self, error: SheetError) -> SheetError {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(error, SheetError::Storage)
    }

    fn keep<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        outcome.map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            }
            kind.into()
        })
    }
}

/// A source whose own failures are kept.
struct Watched {
    source: Box<dyn Bytes>,
    failure: Failure,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.failure.keep(self.source.read(buffer))
    }
}

impl Seek for Watched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        // Seeking before the start is what a parser does with a damaged file.
        self.source.seek(to)
    }
}

//! Spreadsheet files from outside, row by row, and files to hand out: `.xlsx` and
//! `.csv` (UTF-8, UTF-16 with its mark, GB 18030), in constant memory.
//!
//! Everything here blocks: call it inside `spawn_blocking`. What the file holds
//! decides its format, never its name. Invariants:
//!
//! * no file makes the process grow without bound: what a workbook inflates to is
//!   counted before it is read ([`BOMB`]), a cell is cut at [`CELL_CHARACTERS`];
//! * no character that a reader cannot see gets through unnoticed: control and
//!   direction characters are replaced by `�` and the cell carries a [`Flaw`];
//! * a row number is the one the spreadsheet program shows (blank rows count).
//!
//! ```
//! use std::io::Cursor;
//! use kernel::sheet::{Book, Format, SheetWriter, WriterOptions};
//!
//! let mut writer = SheetWriter::new(Vec::new(), Format::Csv, WriterOptions::default())?;
//! writer.row(&["姓名", "备注"])?;
//! writer.row(&["张三", "=1+1"])?;                       // guarded: a spreadsheet must not compute it
//! let bytes = writer.finish()?;
//!
//! let book = Book::open(Cursor::new(bytes), "花名册.csv")?;
//! let rows: Vec<_> = book.rows(0)?.collect::<Result<_, _>>()?;
//! assert_eq!(rows[1].number, 2);
//! assert_eq!(rows[1].cells[1].text, "=1+1");
//! # Ok::<_, kernel::sheet::SheetError>(())
//! ```

mod cell;
mod csv;
mod encoding;
mod error;
mod guard;
mod writer;
mod xlsx;

#[cfg(test)]
mod tests;

use std::io::{Read, Seek, SeekFrom};

pub use cell::{Cell, Flaw};
pub use error::{BOMB, DAMAGED, EMPTY, ENCODING, ENCRYPTED, FORMAT, REFUSALS, SheetError, TOO_MANY_ROWS, TOO_WIDE};
pub use writer::{SheetWriter, WriterOptions};

/// Columns a sheet may have.
pub const COLUMNS: usize = 200;
/// Rows a sheet may have: twice what a workbook can hold.
pub const ROWS: u64 = 2_097_152;
/// Characters of a cell that are kept; the rest is cut and flagged.
pub const CELL_CHARACTERS: usize = 1_000;

/// Bytes looked at to tell the format, the encoding and the separator.
const HEAD: usize = 64 * 1024;

/// The two formats that are read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Office Open XML workbook.
    Xlsx,
    /// Text with separators.
    Csv,
}

impl Format {
    /// Tells the format by the first bytes; `name` only appears in the answer to the person.
    ///
    /// # Errors
    /// `sheet.format` for anything else, `sheet.empty` without any byte.
    pub fn of(name: &str, head: &[u8]) -> Result<Self, SheetError> {
        guard::format(name, head)
    }

    /// File name extension, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    /// Media type of a download.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// One row that holds something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Number as the spreadsheet program shows it; the first row is 1.
    pub number: u64,
    /// Cells up to the last one that holds something.
    pub cells: Vec<Cell>,
}

/// Bytes of a file, from anywhere.
trait Bytes: Read + Seek + Send {}
impl<T: Read + Seek + Send> Bytes for T {}

/// An opened file: its sheets are known, no row was read.
pub struct Book {
    sheets: Vec<String>,
    content: Content,
}

enum Content {
    Xlsx(Box<xlsx::Workbook>),
    Csv(csv::Opened),
}

impl Book {
    /// Opens a file and checks that reading it is safe. Blocks; a workbook is inflated
    /// once to count what is in it.
    ///
    /// # Errors
    /// Any of the `sheet.*` refusals, or the failing storage.
    pub fn open(source: impl Read + Seek + Send + 'static, name: &str) -> Result<Self, SheetError> {
        let mut source: Box<dyn Bytes> = Box::new(source);
        let head = head(&mut source)?;
        if guard::is_ole(&head) {
            return Err(guard::ole(&mut source, name)?);
        }
        match Format::of(name, &head)? {
            Format::Xlsx => {
                let (workbook, sheets) = xlsx::open(source, name)?;
                Ok(Self { sheets, content: Content::Xlsx(Box::new(workbook)) })
            }
            Format::Csv => {
                let opened = csv::open(source, &head)?;
                Ok(Self { sheets: vec!["CSV".into()], content: Content::Csv(opened) })
            }
        }
    }

    /// What the file is.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.content {
            Content::Xlsx(_) => Format::Xlsx,
            Content::Csv(_) => Format::Csv,
        }
    }

    /// Names of the sheets a person sees; text files have one.
    #[must_use]
    pub fn sheets(&self) -> &[String] {
        &self.sheets
    }

    /// The rows of one sheet, counted from 0.
    ///
    /// # Errors
    /// `sheet.empty` when there is no such sheet.
    pub fn rows(self, sheet: usize) -> Result<Rows, SheetError> {
        let name = self.sheets.get(sheet).ok_or_else(|| error::EMPTY.refusal())?;
        let source = match self.content {
            Content::Xlsx(workbook) => RowSource::Xlsx(xlsx::rows(*workbook, name.clone())?),
            Content::Csv(opened) => RowSource::Csv(Box::new(csv::rows(opened))),
        };
        Ok(Rows { source: Some(source), any: false })
    }
}

/// Rows in the order of the file; ends after the first error.
///
/// A sheet without any row gives one `sheet.empty`.
pub struct Rows {
    source: Option<RowSource>,
    any: bool,
}

enum RowSource {
    Xlsx(xlsx::Rows),
    Csv(Box<csv::Rows>),
}

impl Iterator for Rows {
    type Item = Result<Row, SheetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match self.source.as_mut()? {
            RowSource::Xlsx(rows) => rows.next(),
            RowSource::Csv(rows) => rows.next_row().transpose(),
        };
        let next = match next {
            None if !self.any => Some(Err(EMPTY.refusal().into())),
            other => other,
        };
        self.any = true;
        if !matches!(next, Some(Ok(_))) {
            self.source = None;
        }
        next
    }
}

/// The first bytes; leaves the source at its beginning.
fn head(source: &mut dyn Bytes) -> Result<Vec<u8>, SheetError> {
    let mut head = Vec::with_capacity(HEAD);
    source.seek(SeekFrom::Start(0))?;
    source.take(HEAD as u64).read_to_end(&mut head)?;
    source.seek(SeekFrom::Start(0))?;
    Ok(head)
}

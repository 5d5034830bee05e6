//! The rows of an import's files, read again as often as needed. Blocks: call it inside `spawn_blocking`.

use kernel::app::App;
use kernel::sheet::{Book, Row, Rows, SheetError};
use kernel::{Error, Id, Result, file};

use super::columns::Columns;
use super::fields::EXAMPLE;
use super::file_entity;
use super::words::Part;

/// A file of an import, as whoever reads its rows needs it.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Number in the import, from 1.
    pub number: i64,
    /// What its rows are.
    pub part: Part,
    /// Where the bytes are.
    pub file_id: Id,
    /// As the person named it.
    pub name: String,
    /// Which sheet, from 0.
    pub sheet: usize,
    /// Number of the header's row; data stands below it.
    pub header_row: u64,
    /// Which column holds which field.
    pub columns: Columns,
}

impl SourceFile {
    /// Of a stored row.
    ///
    /// # Errors
    /// A row that this program did not write.
    pub fn of(row: &file_entity::Model) -> Result<Self> {
        Ok(Self {
            number: row.number,
            part: Part::parse(&row.part).ok_or_else(|| Error::internal("a file of an unknown part"))?,
            file_id: row.file_id,
            name: row.name.clone(),
            sheet: usize::try_from(row.sheet).map_err(Error::internal)?,
            header_row: u64::try_from(row.header_row).map_err(Error::internal)?,
            columns: serde_json::from_str(&row.columns)?,
        })
    }

    /// The rows of data, in order. Blocks.
    ///
    /// # Errors
    /// `file.*`, `sheet.*`.
    pub fn lines(&self, app: &App) -> Result<Lines> {
        let book = open(app, self.file_id, &self.name)?;
        Ok(Lines { rows: book.rows(self.sheet).map_err(cause)?, header_row: self.header_row })
    }
}

/// Opens a stored file as a workbook. Blocks.
///
/// # Errors
/// `file.*`, `sheet.*`.
pub fn open(app: &App, file_id: Id, name: &str) -> Result<Book> {
    Book::open(file::source(app, file_id)?, name).map_err(cause)
}

/// What stopped the reading of a sheet: the sheet, or the store below it.
pub fn cause(fault: SheetError) -> Error {
    match fault {
        SheetError::Storage(fault) => file::cause(fault),
        SheetError::Refused(refusal) => (*refusal).into(),
    }
}

/// The rows below the header, without the template's example.
pub struct Lines {
    rows: Rows,
    header_row: u64,
}

impl Iterator for Lines {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.rows.next()? {
                Ok(row) if row.number <= self.header_row || is_example(&row) => {}
                Ok(row) => return Some(Ok(row)),
                Err(fault) => return Some(Err(cause(fault))),
            }
        }
    }
}

/// The row that the template shows how to fill.
fn is_example(row: &Row) -> bool {
    row.cells.first().is_some_and(|cell| cell.text == EXAMPLE)
}

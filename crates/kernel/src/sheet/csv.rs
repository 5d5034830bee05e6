//! Text files with separators.
//!
//! The reader is our own and not the `csv` crate's, which passes over blank lines
//! (so row numbers would not be those of the spreadsheet) and collects a field
//! without a limit when a quote never closes.

use encoding_rs::Encoding;

use super::encoding::{self, Characters};
use super::error::{DAMAGED, EMPTY, TOO_MANY_ROWS, TOO_WIDE};
use super::{Bytes, COLUMNS, Cell, ROWS, Row, SheetError};

/// Bytes of one field; more means that a quote never closed.
const FIELD_BYTES: usize = 1024 * 1024;

/// A text file whose encoding and separator are known.
pub(super) struct Opened {
    source: Box<dyn Bytes>,
    encoding: &'static Encoding,
    separator: u8,
    /// The file says its separator in a first line `sep=;`, which is no row of the sheet.
    declared: bool,
}

/// Looks at the first bytes.
pub(super) fn open(mut source: Box<dyn Bytes>, head: &[u8]) -> Result<Opened, SheetError> {
    let encoding = encoding::of(&mut source, head)?;
    source.seek(std::io::SeekFrom::Start(0))?;
    let preview = encoding::preview(encoding, head);
    if preview.trim().is_empty() {
        return Err(EMPTY.refusal().into());
    }
    let first = preview.lines().next().unwrap_or_default();
    let declared = first.strip_prefix("sep=").and_then(|rest| rest.as_bytes().first()).copied();
    let separator = declared.unwrap_or_else(|| sniff(&preview));
    Ok(Opened { source, encoding, separator, declared: declared.is_some() })
}

/// The separator that the first written line has most of.
fn sniff(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    let mut written = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted && written => break,
            _ if quoted => {}
            _ => {
                written |= !byte.is_ascii_whitespace();
                if let Some((_, count)) = counts.iter_mut().find(|(separator, _)| *separator == byte) {
                    *count += 1;
                }
            }
        }
    }
    // The comma first among equals.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| separator)
}

/// The rows of a text file.
pub(super) struct Rows {
    characters: Characters,
    separator: u8,
    text: String,
    at: usize,
    field: String,
    row: u64,
    /// A line feed right after a carriage return belongs to it.
    after_return: bool,
}

/// Where in a field the reader stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Plain,
    Quoted,
    /// After a quote inside a quoted field: its end, or the first half of a doubled one.
    Quote,
}

/// What ended a field.
#[derive(PartialEq, Eq)]
enum End {
    Field,
    Row,
    File,
}

pub(super) fn rows(opened: Opened) -> Rows {
    Rows {
        characters: Characters::new(opened.source, opened.encoding),
        separator: opened.separator,
        text: String::new(),
        at: 0,
        field: String::new(),
        row: 0,
        after_return: false,
    }
    .skipping(opened.declared)
}

impl Rows {
    fn skipping(mut self, declared: bool) -> Self {
        // The line `sep=;` splits into fields like any other; it is dropped as row 0.
        self.row = u64::from(declared).wrapping_neg();
        self
    }

    /// The next row that holds something.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, SheetError> {
        loop {
            self.row = self.row.wrapping_add(1);
            if self.row > ROWS {
                return Err(TOO_MANY_ROWS.refusal().into());
            }
            let (cells, end) = self.record()?;
            let holds = cells.iter().any(|cell| !cell.is_empty());
            if holds && self.row > 0 {
                return Ok(Some(Row { number: self.row, cells }));
            }
            if end == End::File {
                return Ok(None);
            }
        }
    }

    fn record(&mut self) -> Result<(Vec<Cell>, End), SheetError> {
        let mut cells = Vec::new();
        let mut column = 0;
        loop {
            let end = self.field()?;
            let cell = Cell::of_csv(&self.field);
            column += 1;
            if !cell.is_empty() {
                if column > COLUMNS {
                    return Err(TOO_WIDE.refusal().into());
                }
                cells.resize_with(column - 1, Cell::default);
                cells.push(cell);
            }
            if end != End::Field {
                return Ok((cells, end));
            }
        }
    }

    /// Reads one field into `self.field`.
    fn field(&mut self) -> Result<End, SheetError> {
        self.field.clear();
        let mut place = Place::Start;
        loop {
            if self.at == self.text.len() && !self.refill()? {
                return if place == Place::Quoted { Err(self.open_quote()) } else { Ok(End::File) };
            }
            let byte = self.text.as_bytes()[self.at];
            if std::mem::take(&mut self.after_return) && byte == b'\n' {
                self.at += 1;
                continue;
            }
            match (place, byte) {
                (Place::Start, b'"') => (place, self.at) = (Place::Quoted, self.at + 1),
                (Place::Quote, b'"') => {
                    self.field.push('"');
                    (place, self.at) = (Place::Quoted, self.at + 1);
                }
                (Place::Quoted, b'"') => (place, self.at) = (Place::Quote, self.at + 1),
                (Place::Quoted, _) => self.take_until(|byte| byte == b'"')?,
                (_, b'\r' | b'\n') => {
                    (self.at, self.after_return) = (self.at + 1, byte == b'\r');
                    return Ok(End::Row);
                }
                _ if byte == self.separator => {
                    self.at += 1;
                    return Ok(End::Field);
                }
                _ => {
                    place = Place::Plain;
                    let separator = self.separator;
                    self.take_until(|byte| byte == separator || byte == b'\r' || byte == b'\n')?;
                }
            }
        }
    }

    /// Moves the text up to the byte that ends it (all of them are ASCII) into the field.
    fn take_until(&mut self, ends: impl Fn(u8) -> bool) -> Result<(), SheetError> {
        let rest = &self.text[self.at..];
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        self.field.push_str(&rest[..length]);
        self.at += length;
        if self.field.len() > FIELD_BYTES { Err(self.open_quote()) } else { Ok(()) }
    }

    fn refill(&mut self) -> Result<bool, SheetError> {
        self.at = 0;
        self.characters.fill(&mut self.text)?;
        Ok(!self.text.is_empty())
    }

    fn open_quote(&self) -> SheetError {
        let row = self.row;
        let message = format!("第 {row} 行开始的引号没有成对，后面的内容无法分行，请补上引号或另存为 .xlsx 后再上传。");
        DAMAGED.with(message).into()
    }
}

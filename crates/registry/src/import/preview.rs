//! What the wizard shows of a file: its sheets, its header, its first rows, numbers masked.
//!
//! First rows are personal data: a preview is sealed in `import_file` and goes when the file goes.

use kernel::app::App;
use kernel::sheet::{Row, SheetError};
use kernel::{Id, Result};
use serde::{Deserialize, Serialize};

use super::columns::{Columns, HEADER_ROWS, find_header, texts};
use super::source::{cause, open};
use super::words::Part;
use super::{file_entity, values};
use crate::person::{id_number, phone, vault};

/// Rows of data that are shown.
const SAMPLE: usize = 5;
/// Sheets among which the one with a header is looked for.
const SHEETS: usize = 5;
/// Characters of a cell that are shown.
const CELL: usize = 60;

/// What is shown of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Names of the sheets.
    pub sheets: Vec<String>,
    /// Headings of the chosen sheet.
    pub header: Vec<String>,
    /// First rows of data.
    pub sample: Vec<Vec<String>>,
}

/// A file as it was looked at: a preview, and where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// What is shown.
    pub preview: Preview,
    /// Which sheet, from 0.
    pub sheet: usize,
    /// The row of the header, as the spreadsheet numbers it.
    pub header_row: u64,
    /// Which column holds which field.
    pub columns: Columns,
}

/// Where somebody says that the header is.
#[derive(Debug, Clone, Copy)]
pub struct Chosen {
    /// Which sheet, from 0.
    pub sheet: usize,
    /// The row of the header.
    pub header_row: u64,
}

/// Looks into a file: where somebody says, or where a header is found. Blocks.
///
/// # Errors
/// `file.*`, `sheet.*`.
pub fn look(app: &App, file_id: Id, name: &str, part: Part, chosen: Option<Chosen>) -> Result<Looked> {
    let sheets = open(app, file_id, name)?.sheets().to_vec();
    let candidates = match chosen {
        Some(chosen) => chosen.sheet..chosen.sheet + 1,
        None => 0..sheets.len().clamp(1, SHEETS),
    };
    let mut first = None;
    for sheet in candidates {
        let rows = match head(app, file_id, name, sheet, chosen) {
            // A workbook begins with an empty sheet more often than not.
            Err(fault) if chosen.is_none() && fault.code() == kernel::sheet::EMPTY.code => continue,
            rows => rows.map_err(cause)?,
        };
        let looked = look_at(&sheets, sheet, part, chosen, &rows);
        if looked.columns.len() > 1 {
            return Ok(looked);
        }
        first = first.or(Some(looked));
    }
    first.ok_or_else(|| kernel::sheet::EMPTY.refusal().into())
}

/// The rows among which the header stands and the first rows of data after it.
fn head(app: &App, file_id: Id, name: &str, sheet: usize, chosen: Option<Chosen>) -> Result<Vec<Row>, SheetError> {
    let book = open(app, file_id, name).map_err(|fault| match fault {
        kernel::Error::Refusal(refusal) => SheetError::from(refusal),
        other => SheetError::Storage(std::io::Error::other(other)),
    })?;
    let from = chosen.map_or(0, |chosen| chosen.header_row);
    let rows = book.rows(sheet)?.skip_while(|row| row.as_ref().is_ok_and(|row| row.number < from));
    rows.take(HEADER_ROWS + SAMPLE).collect()
}

fn look_at(sheets: &[String], sheet: usize, part: Part, chosen: Option<Chosen>, rows: &[Row]) -> Looked {
    let found = match chosen {
        Some(chosen) => {
            let place = rows.iter().position(|row| row.number == chosen.header_row);
            place.and_then(|n| Some((n, Columns::recognise(part, &texts(rows.get(n)?)))))
        }
        None => find_header(part, rows),
    };
    // Without any known heading the first row is as good as any.
    let (place, columns) = found.unwrap_or_default();
    let header_row = chosen.map_or_else(|| rows.get(place).map_or(1, |row| row.number), |chosen| chosen.header_row);
    let header = rows.get(place).filter(|row| row.number == header_row).map(texts).unwrap_or_default();
    let data = rows.iter().filter(|row| row.number > header_row).take(SAMPLE);
    let sample = data.map(|row| texts(row).iter().enumerate().map(|(n, text)| masked(text, n, &columns)).collect());
    let preview = Preview {
        sheets: sheets.to_vec(),
        sample: sample.collect(),
        header: header.iter().map(|text| shown(text)).collect(),
    };
    Looked { preview, sheet, header_row, columns }
}

/// A cell as it is shown: numbers of persons masked, and whatever looks like one in a column that nobody named.
fn masked(text: &str, column: usize, columns: &Columns) -> String {
    let is = |field: &str| columns.get(field) == Some(column);
    match () {
        () if is("id_number") => id_number::mask(text),
        () if ["phone", "chair_phone", "contact_phone"].into_iter().any(is) => phone::mask(text),
        () if ["uscc", "employer_uscc", "organization", "employer", "union", "parent"].into_iter().any(is) => cut(text),
        () => shown(text),
    }
}

/// A text without what looks like somebody's number.
fn shown(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits >= 7 && values::day(text).is_none() { phone::mask(text) } else { cut(text) }
}

fn cut(text: &str) -> String {
    text.chars().take(CELL).collect()
}

/// Seals a preview for its row.
///
/// # Errors
/// When the key cannot be had.
pub fn seal(app: &App, import: Id, number: i64, preview: &Preview) -> Result<Vec<u8>> {
    vault::seal_text(&*app.keys, &context(import, number), &serde_json::to_string(preview)?)
}

/// The preview of a file; empty once the file is gone.
///
/// # Errors
/// When the bytes were changed.
pub fn of(app: &App, row: &file_entity::Model) -> Result<Preview> {
    let Some(sealed) = &row.preview_sealed else { return Ok(Preview::default()) };
    let text = vault::open_text(&*app.keys, &context(row.import_id, row.number), sealed)?;
    Ok(serde_json::from_str(&text)?)
}

fn context(import: Id, number: i64) -> String {
    format!("import_file.preview:{import}:{number}")
}

#[cfg(test)]
mod tests {
    use kernel::sheet::Cell;

    use super::*;

    fn row(number: u64, texts: &[&str]) -> Row {
        let cells = texts.iter().map(|text| Cell { text: (*text).to_owned(), flaw: None }).collect();
        Row { number, cells }
    }

    #[test]
    fn numbers_are_masked() {
        let rows = [
            row(1, &["花名册"]),
            row(2, &["姓名", "身份证号", "手机", "银行卡", "工会代码", "入会日期"]),
            row(
                3,
                &[
                    "示例",
                    "110101199003074557",
                    "13800000000",
                    "6222020000000000000",
                    "81440700MC0000012J",
                    "2020-05-01",
                ],
            ),
        ];
        let looked = look_at(&["Sheet1".to_owned()], 0, Part::Members, None, &rows);
        assert_eq!((looked.header_row, looked.columns.len()), (2, 5));
        let sample = &looked.preview.sample[0];
        assert_eq!(sample[1], "110***********4557");
        assert_eq!(sample[2], "138****0000");
        assert!(sample[3].starts_with("622*") && !sample[3].contains("0000000"), "{}", sample[3]);
        assert_eq!((sample[4].as_str(), sample[5].as_str()), ("81440700MC0000012J", "2020-05-01"));
    }

    #[test]
    fn a_row_taken_for_a_header_shows_no_number() {
        let rows = [row(1, &["示例", "110101199003074557"]), row(2, &["示例二", "110101199003074557"])];
        let chosen = Some(Chosen { sheet: 0, header_row: 1 });
        let looked = look_at(&[], 0, Part::Members, chosen, &rows);
        assert!(looked.columns.is_empty());
        assert!(!format!("{looked:?}").contains("19900307"));
    }
}

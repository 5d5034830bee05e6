//! Sheets as people and spreadsheet programs really make them, and as an enemy would.

mod hostile;
mod text;
mod workbook;
mod writing;

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::{Book, Cell, Flaw, Row, SheetError};

fn read(bytes: impl Into<Vec<u8>>) -> Result<Vec<Row>, SheetError> {
    Book::open(Cursor::new(bytes.into()), "花名册.xlsx")?.rows(0)?.collect()
}

/// The texts of each row, without the flaws.
fn texts(rows: &[Row]) -> Vec<Vec<&str>> {
    rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect()).collect()
}

fn code(outcome: Result<Vec<Row>, SheetError>) -> String {
    outcome.unwrap_err().code().to_owned()
}

fn flawed(text: &str, flaw: Flaw) -> Cell {
    Cell { text: text.into(), flaw: Some(flaw) }
}

const RELS: &str = r#"<Relationships><Relationship Id="r1" Type="http://x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK_RELS: &str = r#"<Relationships><Relationship Id="r1" Type="http://x/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

/// A workbook of the given parts: the inside of `sheetData`, the table of texts, the cell formats.
#[derive(Default)]
struct Parts<'a> {
    data: &'a str,
    texts: Option<&'a str>,
    formats: &'a str,
    properties: &'a str,
}

impl Parts<'_> {
    fn entries(&self) -> Vec<(&'static str, String)> {
        let book = format!(
            r#"<workbook xmlns:r="r">{}<sheets><sheet name="名单" sheetId="1" r:id="r1"/></sheets></workbook>"#,
            self.properties
        );
        let mut entries = vec![
            ("_rels/.rels", RELS.to_owned()),
            ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", BOOK_RELS.to_owned()),
            ("xl/styles.xml", format!("<styleSheet><cellXfs>{}</cellXfs></styleSheet>", self.formats)),
            ("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{}</sheetData></worksheet>", self.data)),
        ];
        entries.extend(self.texts.map(|texts| ("xl/sharedStrings.xml", texts.to_owned())));
        entries
    }

    fn bytes(&self) -> Vec<u8> {
        archive(&self.entries())
    }
}

fn archive(entries: &[(&str, String)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

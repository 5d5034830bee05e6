//! Writing a roster as a spreadsheet program or a clerk would: numbers where texts
//! should be, days as days, and whatever stands in a cell, unguarded. What the
//! platform itself hands out goes through `kernel::sheet::SheetWriter` instead.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use chrono::Datelike;
use kernel::sheet::{Format, SheetError};
use kernel::time::Day;
use rust_xlsxwriter::{ColNum, ExcelDateTime, Format as Style, RowNum, Workbook, Worksheet, XlsxError};

use super::SYNTHETIC;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Text(String),
    Number(f64),
    Day(Day),
}

impl Value {
    pub fn empty() -> Self {
        Self::Text(String::new())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A file being written.
pub enum RawWriter {
    Xlsx(Box<Sheet>),
    Csv(Box<csv::Writer<BufWriter<File>>>),
}

/// A workbook on its way to a file.
pub struct Sheet {
    file: File,
    workbook: Workbook,
    sheet: Worksheet,
    date: Style,
    row: RowNum,
}

impl RawWriter {
    /// Starts a file; temporary files are made beside it.
    pub fn create(path: &Path, format: Format) -> Result<Self, SheetError> {
        let mut file = File::create(path)?;
        if format == Format::Csv {
            file.write_all(b"\xEF\xBB\xBF")?;
            return Ok(Self::Csv(Box::new(csv::WriterBuilder::new().from_writer(BufWriter::new(file)))));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut workbook = Workbook::new();
        workbook.set_tempdir(folder).map_err(failed)?;
        let mut sheet = workbook.new_worksheet_with_constant_memory();
        sheet.set_name("花名册").map_err(failed)?;
        sheet.set_header(format!("&C{}", SYNTHETIC.replace('&', "&&"))).set_freeze_panes(1, 0).map_err(failed)?;
        let date = Style::new().set_num_format("yyyy/m/d");
        Ok(Self::Xlsx(Box::new(Sheet { file, workbook, sheet, date, row: 0 })))
    }

    /// Adds a row.
    pub fn row(&mut self, values: &[Value]) -> Result<(), SheetError> {
        match self {
            Self::Xlsx(sheet) => sheet.row(values).map_err(failed),
            Self::Csv(writer) => {
                let fields = values.iter().map(|value| match value {
                    Value::Text(text) => text.clone(),
                    // As a spreadsheet program writes a long number.
                    Value::Number(number) if *number >= 1e11 => format!("{:.5E}", number).replace('E', "E+"),
                    Value::Number(number) => number.to_string(),
                    Value::Day(day) => format!("{}/{}/{}", day.year(), day.month(), day.day()),
                });
                writer.write_record(fields).map_err(|error| std::io::Error::other(error).into())
            }
        }
    }

    /// Completes the file with a sheet of remarks; a text file only has rows.
    pub fn finish(self, notes: &[&str]) -> Result<(), SheetError> {
        match self {
            Self::Csv(mut writer) => Ok(writer.flush()?),
            Self::Xlsx(sheet) => {
                let Sheet { file, mut workbook, sheet, .. } = *sheet;
                workbook.push_worksheet(sheet);
                let page = workbook.add_worksheet();
                page.set_name("填写说明").map_err(failed)?;
                for (row, line) in (0..).zip(notes) {
                    page.write_string(row, 0, *line).map_err(failed)?;
                }
                workbook.save_to_writer(file).map_err(failed)
            }
        }
    }
}

impl Sheet {
    fn row(&mut self, values: &[Value]) -> Result<(), XlsxError> {
        for (column, value) in values.iter().enumerate() {
            let column = ColNum::try_from(column).unwrap_or(ColNum::MAX);
            match value {
                Value::Text(text) if text.is_empty() => {}
                Value::Text(text) => {
                    self.sheet.write_string(self.row, column, text)?;
                }
                Value::Number(number) => {
                    self.sheet.write_number(self.row, column, *number)?;
                }
                Value::Day(day) => {
                    let (month, date) = (u8::try_from(day.month()), u8::try_from(day.day()));
                    let year = u16::try_from(day.year()).unwrap_or(1900);
                    let moment = ExcelDateTime::from_ymd(year, month.unwrap_or(1), date.unwrap_or(1))?;
                    self.sheet.write_datetime_with_format(self.row, column, &moment, &self.date)?;
                }
            }
        }
        self.row += 1;
        Ok(())
    }
}

fn failed(error: XlsxError) -> SheetError {
    match error {
        XlsxError::IoError(error) => SheetError::Storage(error),
        other => SheetError::Storage(std::io::Error::other(other.to_string())),
    }
}

//! Files to hand out, row by row: a workbook through temporary files, a text file
//! straight into its target.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use rust_xlsxwriter::{ColNum, Format as Style, RowNum, Workbook, Worksheet, XlsxError};

use super::error::TOO_MANY_ROWS;
use super::{Format, SheetError};

/// Characters a cell of a workbook can hold.
const XLSX_CHARACTERS: usize = 32_767;
/// Rows a sheet of a workbook can hold.
const XLSX_ROWS: RowNum = 1_048_576;

/// How a file looks beyond its rows; a text file only has rows.
#[derive(Debug, Clone)]
pub struct WriterOptions {
    /// Name of the sheet.
    pub sheet_name: String,
    /// Line at the top of each printed page; `&` stands for itself.
    pub header: Option<String>,
    /// Line at the bottom of each printed page, before the page number.
    pub footer: Option<String>,
    /// Rows at the top that stay in sight, are printed on each page and stand in bold.
    pub title_rows: u32,
    /// Widths of the columns in characters; 14 where there is none.
    pub widths: Vec<u16>,
    /// A second sheet 填写说明, line by line.
    pub notes: Vec<String>,
    /// Folder of the temporary file, which is as large as the sheet and has no name.
    pub temp_dir: PathBuf,
}

impl Default for WriterOptions {
    fn default() -> Self {
        Self {
            sheet_name: "Sheet1".into(),
            header: None,
            footer: None,
            title_rows: 1,
            widths: Vec::new(),
            notes: Vec::new(),
            temp_dir: std::env::temp_dir(),
        }
    }
}

/// Writes rows of texts in constant memory; see [`crate::sheet`]. Texts stay texts: an ID
/// of 18 digits is not turned into a number. Control characters become `�`.
pub struct SheetWriter<W: Write + Send> {
    out: W,
    content: Content,
}

enum Content {
    Xlsx(Box<Book>),
    Csv(Vec<u8>),
}

struct Book {
    workbook: Workbook,
    sheet: Worksheet,
    options: WriterOptions,
    title: Style,
    row: RowNum,
}

impl<W: Write + Send> SheetWriter<W> {
    /// Starts a file.
    ///
    /// # Errors
    /// When the target or the temporary folder cannot be written.
    pub fn new(mut out: W, format: Format, options: WriterOptions) -> Result<Self, SheetError> {
        let content = match format {
            Format::Csv => {
                out.write_all(b"\xEF\xBB\xBF")?;
                Content::Csv(Vec::new())
            }
            Format::Xlsx => Content::Xlsx(Box::new(guarded(|| Book::new(options))?)),
        };
        Ok(Self { out, content })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// `sheet.too_many_rows` beyond what a workbook holds; the failing storage.
    pub fn row(&mut self, cells: &[impl AsRef<str>]) -> Result<(), SheetError> {
        match &mut self.content {
            Content::Xlsx(book) => guarded(|| book.row(cells)),
            Content::Csv(line) => {
                line.clear();
                text_line(line, cells)?;
                Ok(self.out.write_all(line)?)
            }
        }
    }

    /// Completes the file and gives the target back, flushed.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn finish(mut self) -> Result<W, SheetError> {
        if let Content::Xlsx(book) = self.content {
            let out = &mut self.out;
            guarded(move || book.finish(out))?;
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

/// The library panics where its temporary file cannot be written (a full disk).
fn guarded<T>(work: impl FnOnce() -> Result<T, SheetError>) -> Result<T, SheetError> {
    let full = |_| SheetError::Storage(std::io::ErrorKind::StorageFull.into());
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(full(panic)))
}

impl Book {
    fn new(options: WriterOptions) -> Result<Self, SheetError> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(&options.temp_dir).map_err(failed)?;
        let mut sheet = workbook.new_worksheet_with_constant_memory();
        sheet.set_name(sheet_name(&options.sheet_name)).map_err(failed)?;
        let columns = ColNum::try_from(options.widths.len().max(30)).unwrap_or(30);
        for column in 0..columns {
            let width = options.widths.get(usize::from(column)).copied().unwrap_or(14);
            sheet.set_column_width(column, width).map_err(failed)?;
        }
        Ok(Self { workbook, sheet, options, title: Style::new().set_bold(), row: 0 })
    }

    fn row(&mut self, cells: &[impl AsRef<str>]) -> Result<(), SheetError> {
        if self.row >= XLSX_ROWS {
            return Err(TOO_MANY_ROWS.refusal().into());
        }
        for (column, text) in cells.iter().enumerate() {
            let Ok(column) = ColNum::try_from(column) else { break };
            let text = shortened(text.as_ref());
            let written = if self.row < self.options.title_rows {
                self.sheet.write_string_with_format(self.row, column, text, &self.title)
            } else {
                self.sheet.write_string(self.row, column, text)
            };
            written.map_err(failed)?;
        }
        self.row += 1;
        Ok(())
    }

    fn finish(mut self, out: &mut (impl Write + Send)) -> Result<(), SheetError> {
        let Self { options, sheet, .. } = &mut self;
        if options.title_rows > 0 {
            sheet.set_freeze_panes(options.title_rows, 0).map_err(failed)?;
            sheet.set_repeat_rows(0, options.title_rows - 1).map_err(failed)?;
        }
        sheet.set_landscape().set_print_fit_to_pages(1, 0);
        if let Some(text) = &options.header {
            sheet.set_header(format!("&C{}", printed(text)));
        }
        let footer = options.footer.as_deref().map(printed).unwrap_or_default();
        sheet.set_footer(format!("&L{footer}&R&P / &N"));
        self.workbook.push_worksheet(self.sheet);
        if !self.options.notes.is_empty() {
            let notes = self.workbook.add_worksheet();
            notes.set_name("填写说明").map_err(failed)?.set_column_width(0, 100).map_err(failed)?;
            for (row, line) in (0..).zip(&self.options.notes) {
                notes.write_string(row, 0, shortened(line)).map_err(failed)?;
            }
        }
        self.workbook.save_to_writer(out).map_err(failed)
    }
}

/// One line with a byte order mark before the first, quoted where it must be.
fn text_line(line: &mut Vec<u8>, cells: &[impl AsRef<str>]) -> Result<(), SheetError> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(line);
    let fields = cells.iter().map(|cell| {
        let text = clean(cell.as_ref());
        if text.starts_with(is_formula_start) { format!("'{text}") } else { text }
    });
    writer.write_record(fields).map_err(std::io::Error::from)?;
    Ok(writer.flush()?)
}

/// What makes a spreadsheet program compute a cell of a text file.
pub(super) fn is_formula_start(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r')
}

fn clean(text: &str) -> String {
    let shown = |c: char| if c.is_control() && !matches!(c, '\t' | '\n' | '\r') { '\u{FFFD}' } else { c };
    text.chars().map(shown).collect()
}

fn shortened(text: &str) -> String {
    clean(text).chars().take(XLSX_CHARACTERS).collect()
}

/// `&` begins a code in the lines of a printed page; a page line holds 255 characters.
fn printed(text: &str) -> String {
    text.chars().take(110).collect::<String>().replace('&', "&&")
}

/// Names of sheets: 31 characters, none of `[]:*?/\`, no apostrophe at an end.
fn sheet_name(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control() && !"[]:*?/\\'".contains(*c)).take(31).collect();
    if name.trim().is_empty() { "Sheet1".into() } else { name }
}

fn failed(error: XlsxError) -> SheetError {
    match error {
        XlsxError::IoError(error) => SheetError::Storage(error),
        XlsxError::RowColumnLimitError => TOO_MANY_ROWS.refusal().into(),
        other => SheetError::Storage(std::io::Error::other(other.to_string())),
    }
}

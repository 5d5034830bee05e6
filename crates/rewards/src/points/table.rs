//! A table that somebody uploads: which column holds what, and its rows. Reading blocks: inside `spawn_blocking`.

use bytes::Bytes;
use futures::StreamExt;
use kernel::app::App;
use kernel::money::Cents;
use kernel::routes::Download;
use kernel::sheet::{Book, Cell, Format, Row, SheetWriter, WriterOptions};
use kernel::time::Day;
use kernel::{Error, Id, Result, file};
use registry::import::source::cause;

/// Rows in which the header is looked for.
const HEADER_ROWS: usize = 20;

kernel::refusals! {
    /// No header with the needed columns was found.
    TABLE_HEADER = "points_table.header", UNPROCESSABLE_ENTITY, "没有找到表头，请按模板在第一行写上列名后再上传。";
    /// The table has too many rows.
    TABLE_LONG = "points_table.long", UNPROCESSABLE_ENTITY, "表格的行数太多，请拆成几个文件分别上传。";
}

/// A column that a table may have.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// What people call it, the first one in templates and refusals.
    pub names: &'static [&'static str],
    /// Without it the table is none.
    pub needed: bool,
}

/// A row by wanted columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// As the spreadsheet program shows it.
    pub number: i64,
    /// The cells in the order of the wanted columns; empty where there is none.
    pub cells: Vec<Cell>,
}

impl Line {
    /// The text of a wanted column.
    #[must_use]
    pub fn text(&self, column: usize) -> &str {
        self.cells.get(column).map(|cell| cell.text.as_str()).unwrap_or_default()
    }
}

/// Why a row was not taken; never with what stood in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The row.
    pub number: i64,
    /// Stable code.
    pub code: &'static str,
    /// Chinese sentence with the next step.
    pub message: String,
}

/// Where each wanted column stands; `None` when a needed one is missing.
#[must_use]
pub fn places(cells: &[Cell], wanted: &[Wanted]) -> Option<Vec<Option<usize>>> {
    let title = |text: &str| text.split(['（', '(']).next().unwrap_or_default().trim().to_owned();
    let titles: Vec<String> = cells.iter().map(|cell| title(&cell.text)).collect();
    let place = |one: &Wanted| titles.iter().position(|title| one.names.contains(&title.as_str()));
    let places: Vec<Option<usize>> = wanted.iter().map(place).collect();
    let whole = wanted.iter().zip(&places).all(|(one, place)| !one.needed || place.is_some());
    whole.then_some(places)
}

/// Reads the rows of a stored file below its header; `most` of them at the most. Blocks.
///
/// # Errors
/// `points_table.*`, `sheet.*`, `file.*`.
pub fn read(app: &App, file_id: Id, name: &str, wanted: &[Wanted], most: usize) -> Result<Vec<Line>> {
    let book = Book::open(file::source(app, file_id)?, name).map_err(cause)?;
    let (mut lines, mut header) = (Vec::new(), None);
    for (at, row) in book.rows(0).map_err(cause)?.enumerate() {
        let row = row.map_err(cause)?;
        match &header {
            None => header = places(&row.cells, wanted),
            Some(_) if lines.len() == most => {
                return Err(TABLE_LONG.with(format!("表格超过 {most} 行，请拆成几个文件分别上传。")).into());
            }
            Some(places) => lines.push(line(&row, places)),
        }
        if header.is_none() && at + 1 >= HEADER_ROWS {
            break;
        }
    }
    if header.is_some() {
        return Ok(lines);
    }
    let names: Vec<&str> =
        wanted.iter().filter(|one| one.needed).filter_map(|one| one.names.first().copied()).collect();
    Err(TABLE_HEADER.with(format!("没有找到表头，至少要有这几列：{}。请改好后再上传。", names.join("、"))).into())
}

fn line(row: &Row, places: &[Option<usize>]) -> Line {
    let cell = |place: &Option<usize>| place.and_then(|place| row.cells.get(place).cloned()).unwrap_or_default();
    Line { number: i64::try_from(row.number).unwrap_or(i64::MAX), cells: places.iter().map(cell).collect() }
}

/// An empty table with these columns, to be filled in.
///
/// # Errors
/// When it cannot be written.
pub async fn template(name: &'static str, format: Format, columns: &'static [&'static str]) -> Result<Download> {
    let writing = tokio::task::spawn_blocking(move || {
        let options = WriterOptions { sheet_name: name.to_owned(), ..WriterOptions::default() };
        let mut writer = SheetWriter::new(Vec::new(), format, options).map_err(cause)?;
        writer.row(columns).map_err(cause)?;
        writer.finish().map_err(cause)
    });
    let bytes = Bytes::from(writing.await.map_err(Error::internal)??);
    Ok(sent(format!("{name}.{}", format.extension()), format, bytes))
}

/// A file that is in memory.
#[must_use]
pub fn sent(name: String, format: Format, bytes: Bytes) -> Download {
    Download {
        name,
        content_type: format.content_type(),
        bytes: Some(bytes.len() as u64),
        shown: false,
        body: futures::stream::once(async move { Ok(bytes) }).boxed().into(),
    }
}

/// A day as banks and people write it.
#[must_use]
pub fn day(text: &str) -> Option<Day> {
    let head: String = text.chars().take_while(|c| !matches!(c, ' ' | 'T')).collect();
    ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%Y.%m.%d"]
        .iter()
        .find_map(|form| Day::parse_from_str(&head, form).ok())
}

/// An amount in cents; marks of thousands and of the currency are let pass.
#[must_use]
pub fn cents(text: &str) -> Option<i64> {
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | '，' | '¥' | '￥' | '元' | ' ' | '+')).collect();
    plain.parse::<Cents>().ok().map(|cents| cents.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(texts: &[&str]) -> Vec<Cell> {
        texts.iter().map(|text| Cell { text: (*text).to_owned(), flaw: None }).collect()
    }

    #[test]
    fn columns_are_found_by_their_names() {
        let wanted =
            [Wanted { names: &["金额", "收入金额"], needed: true }, Wanted { names: &["摘要", "备注"], needed: false }];
        assert_eq!(places(&cells(&["序号", "收入金额（元）"]), &wanted), Some(vec![Some(1), None]));
        assert_eq!(places(&cells(&["备注", "金额"]), &wanted), Some(vec![Some(1), Some(0)]));
        assert_eq!(places(&cells(&["备注"]), &wanted), None);
    }

    #[test]
    fn days_and_amounts_of_banks() {
        let expected = Day::from_ymd_opt(2026, 11, 3);
        for text in ["2026-11-03", "2026/11/3", "20261103", "2026年11月3日", "2026-11-03 10:22:01", "2026.11.03"] {
            assert_eq!(day(text), expected, "{text}");
        }
        assert_eq!(day("11/03"), None);
        for (text, expected) in [
            ("1,234.50", Some(123_450)),
            ("￥20", Some(2_000)),
            ("20 元", Some(2_000)),
            ("-5", Some(-500)),
            ("五元", None),
        ] {
            assert_eq!(cents(text), expected, "{text}");
        }
    }
}

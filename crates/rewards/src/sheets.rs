//! Small tables that come in and go out: files of shops, bank files, what the bank says.

use std::io::Cursor;

use bytes::Bytes;
use futures::StreamExt;
use kernel::routes::{Download, Upload};
use kernel::sheet::{Book, Format, SheetWriter, WriterOptions};
use kernel::{Error, Result, file};
use registry::import::source::cause;

/// Bytes of a table at the most: some tens of thousands of rows.
pub const MOST_BYTES: u64 = 4 << 20;

/// A row as it stands in the file: its number there, and its cells without outer spaces.
pub type SheetRow = (i64, Vec<String>);

/// The whole body: a table is judged before anything of it is written.
///
/// # Errors
/// `file.too_large`, `file.empty`, or a body that breaks off.
pub async fn gathered(mut upload: Upload) -> Result<Vec<u8>> {
    let mut raw = Vec::new();
    while let Some(piece) = upload.stream.next().await {
        let piece = piece?;
        if (raw.len() + piece.len()) as u64 > MOST_BYTES {
            return Err(file::too_large(MOST_BYTES));
        }
        raw.extend_from_slice(&piece);
    }
    if raw.is_empty() {
        return Err(file::FILE_EMPTY.refusal().into());
    }
    Ok(raw)
}

/// The rows of the first sheet that holds something.
///
/// # Errors
/// `sheet.*`.
pub async fn rows(raw: Vec<u8>, name: String) -> Result<Vec<SheetRow>> {
    let read = move || -> Result<Vec<SheetRow>> {
        let book = Book::open(Cursor::new(raw), &name).map_err(cause)?;
        let mut rows = Vec::new();
        for row in book.rows(0).map_err(cause)? {
            let row = row.map_err(cause)?;
            let number = i64::try_from(row.number).map_err(Error::internal)?;
            rows.push((number, row.cells.into_iter().map(|cell| cell.text).collect()));
        }
        Ok(rows)
    };
    tokio::task::spawn_blocking(read).await.map_err(Error::internal)?
}

/// Where the columns stand that these headings name, in the first ten rows: the row, and a column for each heading that
/// is there. A star behind a heading (what must be filled in) is no part of it.
#[must_use]
pub fn columns(rows: &[SheetRow], headings: &[&[&str]]) -> Option<(usize, Vec<Option<usize>>)> {
    let place = |cells: &[String], names: &[&str]| {
        let bare = |cell: &String| cell.trim_end_matches('*').trim().to_owned();
        names.iter().find_map(|name| cells.iter().position(|cell| bare(cell) == *name))
    };
    let looked =
        rows.iter().take(10).enumerate().map(|(n, (_, cells))| {
            (n, headings.iter().map(|names| place(cells, names)).collect::<Vec<Option<usize>>>())
        });
    let best = looked.max_by_key(|(n, found)| (found.iter().flatten().count(), std::cmp::Reverse(*n)))?;
    best.1.iter().any(Option::is_some).then_some(best)
}

/// Writes a table.
///
/// # Errors
/// A folder for temporary files that is full.
pub async fn written(format: Format, options: WriterOptions, rows: Vec<Vec<String>>) -> Result<Bytes> {
    let write = move || -> Result<Vec<u8>> {
        let mut writer = SheetWriter::new(Vec::new(), format, options).map_err(cause)?;
        for row in &rows {
            writer.row(row).map_err(cause)?;
        }
        writer.finish().map_err(cause)
    };
    Ok(Bytes::from(tokio::task::spawn_blocking(write).await.map_err(Error::internal)??))
}

/// A written table on its way out.
#[must_use]
pub fn download(name: String, format: Format, bytes: Bytes) -> Download {
    Download {
        name,
        content_type: format.content_type(),
        bytes: Some(bytes.len() as u64),
        shown: false,
        body: futures::stream::once(async move { Ok(bytes) }).boxed().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_found_below_a_title() {
        let row = |number, cells: &[&str]| (number, cells.iter().map(|cell| (*cell).to_owned()).collect());
        let rows: Vec<SheetRow> =
            vec![row(1, &["门店清单"]), row(2, &["名称*", "备注", "编号"]), row(3, &["一店", "", "1"])];
        assert_eq!(
            columns(&rows, &[&["编号"], &["名称", "门店名称"], &["地址"]]),
            Some((1, vec![Some(2), Some(0), None]))
        );
        assert_eq!(columns(&rows, &[&["地址"]]), None);
        assert_eq!(columns(&[], &[&["地址"]]), None);
    }
}

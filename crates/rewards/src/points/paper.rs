//! Reports and statements as files: rows, and under them a code that tells whether two copies say the same.

use kernel::Result;
use kernel::crypto::digest::sm3;
use kernel::money::Cents;
use kernel::routes::Download;
use kernel::sheet::{Format, WriterOptions};

use crate::sheets::{download, written};

/// Rows of a paper, each with its cells.
pub type Rows = Vec<Vec<String>>;

/// A row of cells.
#[must_use]
pub fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

/// An amount as it stands in a cell.
#[must_use]
pub fn yuan(cents: i64) -> String {
    Cents(cents).to_string()
}

/// SM3 over the rows, cells apart by tabs, in hexadecimal: equal codes, equal papers.
#[must_use]
pub fn digest(rows: &[Vec<String>]) -> String {
    let lines: Vec<String> = rows.iter().map(|row| row.join("\t")).collect();
    hex::encode(sm3(lines.join("\n").as_bytes()))
}

/// A paper on its way out, with its code in the last row. Text and no workbook: a workbook bears the moment in which it was
/// written, and this one is the same bytes each time.
///
/// # Errors
/// When it cannot be written.
pub async fn sent(name: &str, mut rows: Rows) -> Result<Download> {
    let code = digest(&rows);
    rows.push(row(&["核对码", &code]));
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    for row in &mut rows {
        row.resize(width, String::new());
    }
    let bytes = written(Format::Csv, WriterOptions::default(), rows).await?;
    Ok(download(format!("{name}.csv"), Format::Csv, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_knows_one_cell_from_two() {
        let paper = |cells: &[&str]| vec![row(&["标题"]), row(cells)];
        assert_eq!(digest(&paper(&["甲", "1.00"])), digest(&paper(&["甲", "1.00"])));
        for other in [paper(&["甲1.00"]), paper(&["甲", "1.01"]), paper(&["甲", "", "1.00"])] {
            assert_ne!(digest(&paper(&["甲", "1.00"])), digest(&other));
        }
        assert_eq!(digest(&paper(&[])).len(), 64);
    }
}

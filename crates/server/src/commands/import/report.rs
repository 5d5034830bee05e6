//! What became of the rows: on the terminal, and the rejected ones as a file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use futures::StreamExt;
use kernel::{Cx, Id};
use registry::import::error_file::{ErrorFileInput, error_file};
use registry::import::words::{Phase, SheetFormat};
use registry::import::{entity as import, shape};
use tokio::io::AsyncWriteExt;

use super::told;
use crate::fault::Fault;

/// Prints the counts and the reasons, Chinese and English.
pub async fn counts(cx: &Cx, row: &import::Model, phase: Phase) -> Result<(), Fault> {
    let page = shape::page(cx, cx.read(), row.clone()).await.map_err(told)?;
    let (title, added) = match phase {
        Phase::Check => ("检查结果 / checked", "可以新增 / would be added"),
        Phase::Run => ("导入结果 / imported", "已新增 / added"),
    };
    println!("{title}");
    println!("  {:>9}  {added}", row.added);
    println!("  {:>9}  已有，不变 / there already", row.unchanged);
    println!("  {:>9}  没有通过 / rejected", row.rejected);
    println!("  {:>9}  合计 / rows", row.position);
    let meanings: HashMap<_, _> = registry::codes::all().iter().map(|kind| (kind.code, kind.meaning.trim())).collect();
    for count in &page.by_code {
        let meaning = meanings.get(count.code.as_str()).copied().unwrap_or_default();
        println!("  {:>9}  {}  {}  {meaning}", count.rows, count.code, count.message);
    }
    Ok(())
}

/// The file of rejected rows.
pub struct ErrorFile {
    path: PathBuf,
    format: SheetFormat,
}

impl ErrorFile {
    /// Makes the file first: after hours of work is no time to learn that it cannot be written.
    pub fn create(path: &Path) -> Result<Self, Fault> {
        let format = match path.extension().and_then(|ending| ending.to_str()) {
            Some("xlsx") => SheetFormat::Xlsx,
            Some("csv") => SheetFormat::Csv,
            _ => {
                return Err(Fault::new(
                    "--errors 的文件应以 .xlsx 或 .csv 结尾，没有导入。",
                    "--errors must end in .xlsx or .csv; nothing was imported.",
                ));
            }
        };
        let file = Self { path: path.to_owned(), format };
        std::fs::File::create(path).map_err(|error| file.unwritten(&error))?;
        Ok(file)
    }

    /// Writes the rejected rows, which are persons: keep the file as carefully as the roster.
    pub async fn fill(&self, cx: &Cx, id: Id) -> Result<(), Fault> {
        let mut download = error_file(cx.clone(), ErrorFileInput { id, format: self.format }).await.map_err(told)?;
        let mut file = tokio::fs::File::create(&self.path).await.map_err(|error| self.unwritten(&error))?;
        while let Some(piece) = download.body.next().await {
            let written = file.write_all(&piece.map_err(|error| self.unwritten(&error))?).await;
            written.map_err(|error| self.unwritten(&error))?;
        }
        file.sync_all().await.map_err(|error| self.unwritten(&error))?;
        println!("  没有通过的行 / rejected rows: {}", self.path.display());
        Ok(())
    }

    fn unwritten(&self, error: &std::io::Error) -> Fault {
        let shown = self.path.display();
        Fault::new(format!("文件 {shown} 写不进去。"), format!("{shown} cannot be written: {error}."))
            .next("请检查磁盘空间和目录权限 / check space and permissions")
    }
}

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
use crate::say;

/// Prints the counts and the reasons, Chinese and English.
pub async fn counts(cx: &Cx, row: &import::Model, phase: Phase) -> Result<(), Fault> {
    let page = shape::page(cx, cx.read(), row.clone()).await.map_err(told)?;
    let (title, added) = match phase {
        Phase::Check => ("检查结果 / checked", "可以新增 / would be added"),
        Phase::Run => ("导入结果 / imported", "已新增 / added"),
    };
    say::line(title);
    say::line(format_args!("  {:>9}  {added}", row.added));
    say::line(format_args!("  {:>9}  已有，不变 / there already", row.unchanged));
    say::line(format_args!("  {:>9}  没有通过 / rejected", row.rejected));
    say::line(format_args!("  {:>9}  合计 / rows", row.position));
    for phones in page.parts.iter().map(|part| &part.phones) {
        if phones.entered > 0 {
            let said = "已在册的人补上手机号码 / phones entered for people who are known";
            say::line(format_args!("  {:>9}  {said}", phones.entered));
        }
        if phones.kept > 0 {
            let rows: Vec<String> = phones.kept_rows.iter().map(ToString::to_string).collect();
            let said = "手机号码与登记的不同，登记的不变 / another phone is registered and stays";
            say::line(format_args!("  {:>9}  {said}: {}", phones.kept, rows.join(", ")));
        }
    }
    let meanings: HashMap<_, _> = registry::codes::all().iter().map(|kind| (kind.code, kind.meaning.trim())).collect();
    for count in &page.by_code {
        let meaning = meanings.get(count.code.as_str()).copied().unwrap_or_default();
        say::line(format_args!("  {:>9}  {}  {}  {meaning}", count.rows, count.code, count.message));
    }
    Ok(())
}

/// The file of rejected rows: there at the end of an import exactly when rows were rejected.
pub struct ErrorFile {
    path: PathBuf,
    format: SheetFormat,
    /// Whether what is there now stays.
    stays: bool,
}

impl ErrorFile {
    /// Makes the file first: after hours of work is no time to learn that it cannot be written.
    pub fn create(path: &Path, sources: &[&Path]) -> Result<Self, Fault> {
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
        let same = |source: &&Path| std::fs::canonicalize(source).ok().zip(std::fs::canonicalize(path).ok());
        if sources.iter().filter_map(same).any(|(source, errors)| source == errors) {
            return Err(Fault::new(
                "--errors 是要导入的文件本身，会把它盖掉，没有导入。",
                "--errors is a file to be imported and would be overwritten; nothing was imported.",
            ));
        }
        // What an earlier import left there stays until there is something else to write.
        let stays = path.exists();
        let opened = std::fs::OpenOptions::new().create(true).append(true).open(path);
        opened.map_err(|error| unwritten(path, &error))?;
        Ok(Self { path: path.to_owned(), format, stays })
    }

    /// No rows were rejected: then there is no file, also none of an earlier import.
    pub fn needless(mut self) {
        self.stays = false;
    }

    /// Writes the rejected rows, which are persons: keep the file as carefully as the roster.
    pub async fn fill(mut self, cx: &Cx, id: Id) -> Result<(), Fault> {
        self.stays = false;
        let failed = |error: std::io::Error| unwritten(&self.path, &error);
        let file = error_file(cx.clone(), ErrorFileInput { id, format: self.format }).await.map_err(told)?;
        let mut bytes = file.whole();
        let mut file = tokio::fs::File::create(&self.path).await.map_err(failed)?;
        while let Some(piece) = bytes.next().await {
            file.write_all(&piece.map_err(failed)?).await.map_err(failed)?;
        }
        file.sync_all().await.map_err(failed)?;
        say::line(format_args!("  没有通过的行 / rejected rows: {}", self.path.display()));
        self.stays = true;
        Ok(())
    }
}

impl Drop for ErrorFile {
    /// A file that was only made, or written half, goes.
    fn drop(&mut self) {
        if !self.stays {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> Fault {
    let shown = path.display();
    Fault::new(format!("文件 {shown} 写不进去。"), format!("{shown} cannot be written: {error}."))
        .next("请检查磁盘空间和目录权限 / check space and permissions")
}

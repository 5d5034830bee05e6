//! `zhigong backup TO`: a copy of database and files as of one moment, made beside a server at work.
//!
//! ```text
//! TO/
//!   zhigong.db     the embedded database; of a PostgreSQL zhigong.sql, as pg_dump writes it
//!   files/         what was uploaded and made, sealed as it lies there
//! ```
//!
//! Left out are the queue in which sealed ballots wait, with the keys that open it (why: `docs/ballot-secrecy.md`),
//! and the platform's keys: whoever holds keys and data holds everything. The database comes first, since a file is
//! whole before a row names it.
//!
//! A backup is whole or it is not there: it is made as `TO.part`, and gets its name when all of it is on the disk.

use std::fmt::Display;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use clap::Args;

use crate::fault::Fault;
use crate::house::Place;
use crate::say;

/// What is no part of a backup: ballots that wait to be shuffled in.
const LEFT_OUT: &str = "ballot_queue";

/// From where, and where to.
#[derive(Args)]
pub struct Backup {
    /// 备份放到哪里，一个还没有的目录 / Where to: a directory that is not there yet.
    to: PathBuf,
    /// pg_dump 的位置 / The program pg_dump, not older than the server; for PostgreSQL only.
    #[arg(long, env = "ZHIGONG_PG_DUMP", default_value = "pg_dump", value_name = "FILE")]
    pg_dump: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// Makes a backup and says what is in it.
///
/// # Errors
/// When the place is taken or cannot be written, the disk is full, or the database or `pg_dump` is away.
pub async fn backup(backup: Backup) -> Result<ExitCode, Fault> {
    let files = backup.place.existing_files()?;
    let part = Part::begin(&backup.to, &files)?;
    let database = match backup.place.database.as_deref().filter(|url| !url.starts_with("sqlite:")) {
        Some(url) => dump(&backup.pg_dump, url, &part.folder)?,
        None => embedded(&backup.place, &part.folder).await?,
    };
    let many = copy(&files, &part.folder.join("files")).map_err(failed)?;
    part.finish().map_err(failed)?;
    say::line(format!("✓ 已备份到 / backed up to {}", backup.to.display()));
    say::line(format!("  数据库 / database: {database}；文件 / files: {many}"));
    say::line("  还在等待打乱的选票不在里面，它们只能留在原处 / ballots that wait to be shuffled are not in it");
    let keys = backup.place.key_file();
    say::line(format!("  密钥也不在里面，请另外保存 / nor are the keys; keep them apart: {}", keys.display()));
    Ok(ExitCode::SUCCESS)
}

/// Copies the embedded database; answers the name of the copy.
async fn embedded(place: &Place, into: &Path) -> Result<&'static str, Fault> {
    let (name, db) = ("zhigong.db", place.connect_existing().await?);
    let file = into.join(name);
    db.copy_into(&file, &[LEFT_OUT]).await.map_err(failed)?;
    db.close().await?;
    on_disk(&file).map_err(failed)?;
    Ok(name)
}

/// Has `pg_dump` write what a PostgreSQL holds; answers the name of its file.
fn dump(program: &Path, url: &str, into: &Path) -> Result<&'static str, Fault> {
    let name = "zhigong.sql";
    let file = into.join(name);
    let out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file).map_err(failed)?;
    let (address, password) = apart(url);
    let mut pg_dump = Command::new(program);
    pg_dump.arg("--no-owner").arg(format!("--exclude-table-data={LEFT_OUT}")).args(["--dbname", &address]);
    if let Some(password) = password {
        pg_dump.env("PGPASSWORD", password);
    }
    let output = pg_dump.stdin(Stdio::null()).stdout(out).stderr(Stdio::piped()).output();
    let output = output.map_err(|error| no_program(program, &error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("pg_dump said nothing");
        return Err(failed(last));
    }
    on_disk(&file).map_err(failed)?;
    Ok(name)
}

/// An address without its password, which everybody on the machine could read among the arguments of a program; and the
/// password.
fn apart(url: &str) -> (String, Option<String>) {
    let split = || {
        let (scheme, rest) = url.split_once("://")?;
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (user, host) = authority.rsplit_once('@')?;
        let (name, password) = user.split_once(':')?;
        Some((format!("{scheme}://{name}@{host}{path}"), decoded(password)))
    };
    split().map_or_else(|| (url.to_owned(), None), |(address, password)| (address, Some(password)))
}

/// Percent signs of an address undone.
fn decoded(text: &str) -> String {
    // In a form a plus is a blank, and an ampersand the end.
    let field = format!("password={}", text.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(field.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Copies a folder with what is below it; answers how many files those were.
fn copy(from: &Path, to: &Path) -> io::Result<u64> {
    DirBuilder::new().mode(0o700).create(to)?;
    let mut files = 0;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let folder = entry.file_type()?.is_dir();
        let copied = if folder { copy(&source, &target) } else { copy_one(&source, &target).map(|()| 1) };
        match copied {
            Ok(many) => files += many,
            // Swept or moved to its place since the folder was read: no row of the copy names it.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    on_disk(to)?;
    Ok(files)
}

fn copy_one(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::copy(from, to)?;
    on_disk(to)
}

/// Waits until a file or the names in a folder are on the disk.
fn on_disk(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// A backup that is being made; goes with everything in it unless it is finished.
struct Part {
    folder: PathBuf,
    to: PathBuf,
    whole: bool,
}

impl Part {
    /// Takes the place, which must be free and no part of what is backed up.
    fn begin(to: &Path, files: &Path) -> Result<Self, Fault> {
        let mut name = to.file_name().ok_or_else(|| unwritable(to, &"it has no name"))?.to_owned();
        if to.symlink_metadata().is_ok() {
            return Err(taken(to));
        }
        let parent = parent(to).canonicalize().map_err(|error| unwritable(to, &error))?;
        if files.canonicalize().is_ok_and(|files| parent.starts_with(files)) {
            return Err(unwritable(to, &"it lies in the folder that is backed up"));
        }
        name.push(".part");
        let folder = to.with_file_name(name);
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => Ok(Self { folder, to: to.to_owned(), whole: false }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(begun(&folder)),
            Err(error) => Err(unwritable(to, &error)),
        }
    }

    /// Gives it its name.
    fn finish(mut self) -> io::Result<()> {
        on_disk(&self.folder)?;
        std::fs::rename(&self.folder, &self.to)?;
        self.whole = true;
        on_disk(parent(&self.to))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.whole {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// The folder in which a path lies.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn taken(to: &Path) -> Fault {
    let shown = to.display();
    Fault::new(
        format!("{shown} 已经存在，没有备份，原有内容没有动。"),
        format!("{shown} is there already; nothing was written."),
    )
    .next("请换一个还没有的目录，例如带上日期 / choose a directory that is not there yet, with the day for instance:")
    .next(format!("zhigong backup {shown}-2"))
}

fn begun(part: &Path) -> Fault {
    let shown = part.display();
    Fault::new(
        format!("{shown} 已经存在：另一个备份正在进行，或者上一次没有做完。没有备份。"),
        format!("{shown} is there: another backup is being made, or one did not come to its end."),
    )
    .next("确认没有别的备份在进行，再删除它 / make sure that none is being made, then remove it:")
    .next(format!("rm -r {shown}"))
}

fn unwritable(to: &Path, why: &dyn Display) -> Fault {
    let shown = to.display();
    Fault::new(format!("{shown} 不能写，没有备份。"), format!("{shown} cannot be written: {why}."))
        .next("请检查上级目录在不在、有没有权限 / check that the folder above it is there and may be written.")
}

fn no_program(program: &Path, error: &io::Error) -> Fault {
    let shown = program.display();
    Fault::new(format!("没有找到能用的 {shown}，没有备份。"), format!("{shown} did not start: {error}."))
        .next("请安装与服务器同版本或更新的 PostgreSQL 客户端，或指出它在哪里 / install PostgreSQL's client, or say where it is:")
        .next("zhigong backup TO --pg-dump /usr/lib/postgresql/17/bin/pg_dump")
}

/// What went wrong half-way; nothing is left of the half.
fn failed(error: impl Display) -> Fault {
    let said = error.to_string();
    if ["disk is full", "No space left", "quota exceeded"].iter().any(|sign| said.contains(sign)) {
        return Fault::new("磁盘满了，备份没有做成，没做完的部分已经删除。", format!("The disk is full: {said}."))
            .next("请换一个空间够的位置；数据库要先整份抄写，需要约两倍大小 / choose a place with twice the room of the database.");
    }
    Fault::new(
        "备份没有做成，没做完的部分已经删除。",
        format!("The backup failed, and what was begun is removed: {said}."),
    )
    .next("请按上一行的原因处理后再备份一次 / see to that, and try again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_no_argument() {
        let table = [
            ("postgres://u:p%40s+1%26@db:1/city?a=b", "postgres://u@db:1/city?a=b", Some("p@s+1&")),
            ("postgres://u:a@b@db/city", "postgres://u@db/city", Some("a@b")),
            ("postgres://u@db/city", "postgres://u@db/city", None),
            ("postgres://db:5432/city?x=a:b@c", "postgres://db:5432/city?x=a:b@c", None),
            ("postgres://u:p@db?host=/run", "postgres://u@db?host=/run", Some("p")),
        ];
        for (url, address, password) in table {
            assert_eq!(apart(url), (address.to_owned(), password.map(str::to_owned)), "{url}");
        }
    }

    #[test]
    fn a_full_disk_is_called_so() {
        for said in ["(code: 13) database or disk is full", "No space left on device", "Disk quota exceeded"] {
            assert!(failed(said).to_string().contains("磁盘满了"), "{said}");
        }
        assert!(!failed("permission denied").to_string().contains("磁盘满了"));
    }
}

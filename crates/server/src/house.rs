//! What every command that touches data opens first: the data directory (for its
//! owner alone, one server at a time), the database, the keys.
//!
//! ```text
//! data/
//!   zhigong.db     the database, unless --database names another
//!   files/         what was uploaded and made, sealed with a data key
//!   keys.json      data keys, index key, signing key: back it up apart from the database
//!   lock           held while a server runs; holds its process id
//! ```

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::TimeDelta;
use clap::Args;
use kernel::app::{App, Config, Setup};
use kernel::calendar;
use kernel::crypto::passing::PassingKeys;
use kernel::crypto::{KeyProvider, LocalKeys};
use kernel::db::Db;
use kernel::file::Files;
use kernel::migration;
use kernel::time::{Clock, Time};
use sea_orm::ConnectionTrait;

use crate::fault::Fault;
use crate::floors;

/// Where the data is.
#[derive(Args, Debug, Clone)]
pub struct Place {
    /// 数据目录 / Directory of the embedded database, the keys and the files.
    #[arg(long, env = "ZHIGONG_DATA", default_value = "./data", value_name = "DIR")]
    pub data: PathBuf,
    /// 数据库地址 / postgres://… ; without it, the embedded SQLite in the data directory.
    #[arg(long, env = "ZHIGONG_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// 密钥文件 / Key file; without it, keys.json in the data directory.
    #[arg(long, env = "ZHIGONG_KEYS", value_name = "FILE")]
    pub keys: Option<PathBuf>,
}

/// The data directory, held by this process until dropped.
pub struct Held {
    _lock: File,
}

impl Place {
    /// Makes the data directory, for its owner alone, and holds it: two servers on
    /// one directory would each believe to be the only writer.
    ///
    /// # Errors
    /// When it cannot be made or written, or another process holds it.
    pub fn hold(&self) -> Result<Held, Fault> {
        self.make_directory().map_err(|error| self.not_writable(&error))?;
        let path = self.data.join("lock");
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut lock = open.map_err(|error| self.not_writable(&error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(self.held_by_another(&mut lock)),
            Err(TryLockError::Error(error)) => return Err(self.not_writable(&error)),
        }
        let written = lock.set_len(0).and_then(|()| lock.seek(SeekFrom::Start(0)));
        written.and_then(|_| write!(lock, "{}", std::process::id())).map_err(|error| self.not_writable(&error))?;
        Ok(Held { _lock: lock })
    }

    fn make_directory(&self) -> std::io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.data)?;
        let mode = self.data.metadata()?.permissions().mode();
        if mode & 0o077 != 0 {
            std::fs::set_permissions(&self.data, std::fs::Permissions::from_mode(mode & 0o700))?;
        }
        Ok(())
    }

    fn not_writable(&self, error: &std::io::Error) -> Fault {
        let shown = self.data.display();
        Fault::new(
            format!("数据目录 {shown} 不能写，平台没有启动。"),
            format!("The data directory {shown} cannot be written: {error}."),
        )
        .next("请检查磁盘空间和目录权限，或换一个目录 / check space and permissions, or choose another:")
        .next("zhigong serve --data ./data-2")
    }

    fn held_by_another(&self, lock: &mut File) -> Fault {
        let mut pid = String::new();
        let _ = lock.read_to_string(&mut pid);
        let shown = self.data.display();
        let who = if pid.trim().is_empty() { String::new() } else { format!("（pid {}）", pid.trim()) };
        Fault::new(
            format!("数据目录 {shown} 正被另一个平台进程{who}使用，没有启动。"),
            format!("Another process{who} already uses the data directory {shown}."),
        )
        .next("请先停掉它，或换一个目录和端口 / stop it, or choose another directory and port:")
        .next("zhigong serve --data ./data-2 --listen 127.0.0.1:8081")
    }

    /// Opens the database, proves that its transactions are what they must be, and
    /// brings its schema up to date; answers how many steps were applied.
    ///
    /// # Errors
    /// When it is away, cannot be written, or its SERIALIZABLE is not real.
    pub async fn open(&self) -> Result<(Db, usize), Fault> {
        let db = self.connect().await?;
        db.probe_write_skew().await.map_err(|error| skewed(&error))?;
        let applied = migration::migrate(&db, &floors::migrations()).await.map_err(|error| schema(&error))?;
        Ok((db, applied))
    }

    /// Opens the database as it is.
    ///
    /// # Errors
    /// When it is away.
    pub async fn connect(&self) -> Result<Db, Fault> {
        let url =
            self.database.clone().unwrap_or_else(|| format!("sqlite://{}", self.data.join("zhigong.db").display()));
        Ok(Db::connect(&url).await?)
    }

    /// Opens the database of an installation that is there, without changing it.
    ///
    /// # Errors
    /// When it is not there, or away.
    pub async fn connect_existing(&self) -> Result<Db, Fault> {
        let file = self.data.join("zhigong.db");
        if self.database.is_none() && !file.exists() {
            return Err(self.absent(&file));
        }
        self.connect().await
    }

    /// Reads the keys of an installation that is there.
    ///
    /// # Errors
    /// When there are none, or they cannot be used.
    pub fn existing_keys(&self) -> Result<LocalKeys, Fault> {
        let path = self.key_file();
        if path.exists() { self.keys(false) } else { Err(self.absent(&path)) }
    }

    fn files(&self) -> Result<Files, Fault> {
        let path = self.data.join("files");
        Files::local(&path).map_err(|error| {
            let shown = path.display();
            Fault::new(
                format!("文件目录 {shown} 不能写，平台没有启动。"),
                format!("The folder of the files {shown} cannot be written: {error}."),
            )
            .next("请检查磁盘空间和目录权限 / check space and permissions")
        })
    }

    /// The folder of the files of an installation that is there.
    ///
    /// # Errors
    /// When it is not there: another data directory is meant.
    pub fn existing_files(&self) -> Result<PathBuf, Fault> {
        let path = self.data.join("files");
        if path.is_dir() { Ok(path) } else { Err(self.absent(&path)) }
    }

    /// Keys that are forgotten: beside the key file, and no part of a backup.
    fn passing(&self) -> PassingKeys {
        PassingKeys::in_folder(&self.key_file().with_file_name("passing-keys"))
    }

    fn absent(&self, path: &Path) -> Fault {
        let shown = path.display();
        Fault::new(format!("没有找到 {shown}，什么也没有做。"), format!("There is no {shown}; nothing was done."))
            .next("请用 --data 指出数据目录 / name the data directory with --data")
    }

    /// Where the keys are.
    pub fn key_file(&self) -> PathBuf {
        self.keys.clone().unwrap_or_else(|| self.data.join("keys.json"))
    }

    /// Reads the keys; makes random ones where there are none.
    ///
    /// # Errors
    /// When the file is readable by others, damaged, or holds a weak key.
    pub fn keys(&self, demo: bool) -> Result<LocalKeys, Fault> {
        let path = self.key_file();
        LocalKeys::load_or_create(&path, demo).map_err(|error| key_fault(&path, &error))
    }
}

fn key_fault(path: &Path, error: &kernel::crypto::KeyError) -> Fault {
    let shown = path.display();
    Fault::new(
        format!("密钥文件 {shown} 不能使用：{error}。"),
        format!("The key file {shown} cannot be used ({}).", error.code()),
    )
}

fn skewed(error: &kernel::Error) -> Fault {
    match error {
        kernel::Error::Internal(_) => Fault::new(
            "这个数据库的可串行化（SERIALIZABLE）不是真的，并发办理会丢数据，平台没有启动。",
            "SERIALIZABLE of this database lets a write skew through; concurrent work would lose data.",
        )
        .next("请直接连接 PostgreSQL，不要经过改写事务的代理 / connect to PostgreSQL itself, not through a rewriting proxy."),
        other => Fault::database(other),
    }
}

fn schema(error: &kernel::Error) -> Fault {
    Fault::new("数据库结构没有更新成功，平台没有启动，数据没有改动。", format!("The schema could not be brought up to date: {error}."))
        .next("请用写入这个数据库的同一版本或更新版本的程序 / use the program version that wrote this database, or a newer one.")
}

/// Puts the process together from its opened parts.
///
/// # Errors
/// When the database is away, or the folder of the files cannot be written.
pub async fn app(place: &Place, db: Db, keys: Arc<dyn KeyProvider>, config: Config) -> Result<App, Fault> {
    let calendar = calendar::load(db.read()).await?;
    let setup = Setup {
        calendar,
        policy: floors::policy(),
        config,
        files: place.files()?,
        passing: place.passing(),
        parameters: [voice::PARAMETERS, rewards::parameters().as_slice()].concat(),
    };
    let clock = if setup.config.demo { demo_clock(&db).await? } else { Clock::system() };
    Ok(App::new(db, clock, keys, setup))
}

/// A demo city whose time was moved ahead goes on from its last event.
async fn demo_clock(db: &Db) -> Result<Clock, Fault> {
    let last = "SELECT at FROM event ORDER BY id DESC LIMIT 1";
    let row = db.read().query_one_raw(db.statement(last, [])).await.map_err(kernel::Error::from)?;
    let ahead = match row {
        Some(row) => row.try_get::<Time>("", "at").map_err(kernel::Error::from)? - Clock::system().now(),
        None => TimeDelta::zero(),
    };
    Ok(Clock::ahead(ahead))
}

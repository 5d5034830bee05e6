//! What SQLite wrote into its log goes into its file beside those who write.
//!
//! Left to itself SQLite does it within a commit, every so many pages, and all who wait for the writer wait for it: a tenth
//! of a second, again and again. A connection that only reads may do it as well, while others write. Two things remain:
//!
//! * SQLite syncs the file only once all of the log is in it, which beside a busy writer it never is, so that the sync
//!   would come all at once in the end; here the file is synced as it is filled.
//! * The log begins anew only once all of it is in the file. So the writer does the last part itself, when the log is
//!   long and hardly anything is left to copy or to sync.
//!
//! A sync that fails blows the [`Fuse`]: what was copied before it counts as copied, though the disk may not have it. The
//! log stays as it is then, and a process that starts copies all of it again.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use tokio::task::{AbortHandle, spawn_blocking};
use tokio::time::{MissedTickBehavior, interval};

use super::writing::{Fuse, is_not_taken};

/// How often.
const EVERY: Duration = Duration::from_millis(100);
/// Pages of a log that is long: 64 MB.
const LONG: i64 = 16_000;
/// Pages that are worth a sync: 4 MB.
const MANY: i64 = 1_000;
/// Turns in which the rest gets shorter: each has what was written during the one before.
const TURNS: usize = 8;
/// A turn that takes no longer leaves next to nothing.
const SHORT: Duration = Duration::from_millis(10);

/// Ends with the database that it belongs to.
#[derive(Debug)]
pub(super) struct Checkpoints(AbortHandle);

impl Checkpoints {
    pub(super) fn of(writer: DatabaseConnection, reader: DatabaseConnection, path: PathBuf, fuse: Fuse) -> Self {
        let mut log = Log::of(writer, reader, path);
        let task = async move {
            let mut times = interval(EVERY);
            times.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                times.tick().await;
                match log.copy(LONG).await {
                    Ok(()) => {}
                    Err(Failed::Sync(error)) => fuse.blow(&error).await,
                    Err(Failed::Engine(error)) if is_not_taken(&error) => fuse.blow(&error).await,
                    // The disk is full, for one: nothing is lost, and the next one copies it.
                    Err(Failed::Engine(error)) => tracing::debug!(%error, "the log was not copied"),
                }
            }
        };
        Self(tokio::spawn(task).abort_handle())
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The log of a database, and what is known of it.
struct Log {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    path: PathBuf,
    /// Opened when there is something to sync, and never closed: whoever closes a file gives up all locks that his process
    /// holds on it, SQLite's among them.
    file: Option<&'static File>,
    /// Pages when it was last looked at.
    pages: i64,
    /// Pages that were copied since the file was last synced.
    copied: i64,
    /// Pages when all of it was in the file.
    whole: i64,
}

impl Log {
    fn of(writer: DatabaseConnection, reader: DatabaseConnection, path: PathBuf) -> Self {
        Self { writer, reader, path, file: None, pages: 0, copied: 0, whole: 0 }
    }

    async fn copy(&mut self, long: i64) -> Result<(), Failed> {
        self.pass().await?;
        let is_long = self.pages >= long;
        if is_long || self.copied >= MANY {
            self.sync().await?;
        }
        if !is_long || self.pages == self.whole {
            return Ok(());
        }
        for _ in 0..TURNS {
            let began = Instant::now();
            self.pass().await?;
            self.sync().await?;
            if began.elapsed() < SHORT {
                break;
            }
        }
        // It syncs what it copied last.
        (self.whole, _) = passive(&self.writer).await?;
        Ok(())
    }

    async fn pass(&mut self) -> Result<(), Failed> {
        let (pages, _) = passive(&self.reader).await?;
        // Less than nothing when somebody else is at it; a log that begins anew is shorter.
        let pages = pages.max(0);
        self.copied += if pages < self.pages { pages } else { pages - self.pages };
        self.pages = pages;
        Ok(())
    }

    async fn sync(&mut self) -> Result<(), Failed> {
        if self.copied == 0 {
            return Ok(());
        }
        let file = match self.file {
            Some(file) => file,
            None => *self.file.insert(Box::leak(Box::new(File::open(&self.path).map_err(told)?))),
        };
        spawn_blocking(|| file.sync_data()).await.map_err(told)?.map_err(Failed::Sync)?;
        self.copied = 0;
        Ok(())
    }
}

/// Why the log was not copied.
#[derive(Debug)]
enum Failed {
    Engine(DbErr),
    Sync(io::Error),
}

impl From<DbErr> for Failed {
    fn from(error: DbErr) -> Self {
        Self::Engine(error)
    }
}

fn told(error: impl std::fmt::Display) -> Failed {
    Failed::Engine(DbErr::Custom(error.to_string()))
}

/// Pages of the log, and how many of them are in the file.
async fn passive(connection: &DatabaseConnection) -> Result<(i64, i64), DbErr> {
    let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "PRAGMA wal_checkpoint(PASSIVE)");
    let row = connection.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| DbErr::Custom("a checkpoint without an answer".to_owned()))?;
    Ok((row.try_get("", "log")?, row.try_get("", "checkpointed")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::commit;
    use crate::testing::{Engine, TestDb};

    #[tokio::test]
    async fn the_log_begins_anew_while_others_write() {
        let db = TestDb::new(Engine::Sqlite, &[]).await;
        let write = async |sql: &str| {
            let tx = db.begin_relaxed().await.unwrap();
            tx.execute_unprepared(sql).await.unwrap();
            commit(tx).await.unwrap();
        };
        write("CREATE TABLE box (id integer PRIMARY KEY, what blob NOT NULL)").await;
        // A page each.
        let fill = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
            INSERT INTO box (what) SELECT randomblob(4000) FROM n";
        let other = async {
            for _ in 0..10 {
                write(fill).await;
            }
        };
        let path = db.read().query_one_raw(db.statement("PRAGMA database_list", [])).await.unwrap().unwrap();
        let path: String = path.try_get("", "file").unwrap();
        let mut log = Log::of(db.writer().clone(), db.read().clone(), path.into());
        let copies = async {
            for _ in 0..40 {
                log.copy(100).await.unwrap();
            }
        };
        tokio::join!(other, copies);
        log.copy(100).await.unwrap();
        write("INSERT INTO box (what) VALUES (x'00')").await;
        let (pages, _) = passive(db.read()).await.unwrap();
        assert!(pages < 100, "{pages} pages after 10,000");
        let row = db.read().query_one_raw(db.statement("SELECT count(*) AS n FROM box", [])).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "n").unwrap(), 10_001);
    }
}

//! What SQLite wrote into its log goes into its file beside those who write.
//!
//! Left to itself SQLite does it within a commit, every so many pages, and all who wait for the writer wait for it: a tenth
//! of a second, again and again. A connection that only reads may do it as well, while others write. The log begins anew
//! only once all of it is in the file, which on a busy machine it never is; so the writer does the last part itself, when
//! the log is long and hardly anything is left.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval};

/// How often.
const EVERY: Duration = Duration::from_millis(500);
/// Pages of a log that is long: 64 MB.
const LONG: i64 = 16_000;
/// So few pages are soon copied.
const FEW: i64 = 500;
/// Turns in which the rest gets shorter: each has what was written during the one before.
const TURNS: usize = 4;

/// Ends with the database that it belongs to.
#[derive(Debug)]
pub(super) struct Checkpoints(AbortHandle);

impl Checkpoints {
    pub(super) fn of(writer: DatabaseConnection, reader: DatabaseConnection) -> Self {
        let task = async move {
            let mut times = interval(EVERY);
            times.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                times.tick().await;
                // What fails leaves the log as it is, and the next one copies all of it again.
                if let Err(error) = copy(&writer, &reader, LONG).await {
                    tracing::debug!(%error, "the log was not copied");
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

async fn copy(writer: &DatabaseConnection, reader: &DatabaseConnection, long: i64) -> Result<(), DbErr> {
    for _ in 0..TURNS {
        let (pages, copied) = passive(reader).await?;
        if pages < long {
            return Ok(());
        }
        if pages - copied < FEW {
            break;
        }
    }
    passive(writer).await.map(drop)
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
        let copies = async {
            for _ in 0..40 {
                copy(db.writer(), db.read(), 100).await.unwrap();
            }
        };
        tokio::join!(other, copies);
        copy(db.writer(), db.read(), 100).await.unwrap();
        write("INSERT INTO box (what) VALUES (x'00')").await;
        let (pages, _) = passive(db.read()).await.unwrap();
        assert!(pages < 100, "{pages} pages after 10,000");
        let row = db.read().query_one_raw(db.statement("SELECT count(*) AS n FROM box", [])).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "n").unwrap(), 10_001);
    }
}

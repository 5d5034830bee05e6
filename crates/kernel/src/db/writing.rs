//! A write, and what a write that the disk did not take means for all that come after it.

use std::sync::Arc;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use tokio::sync::Mutex;

use crate::error::{Error, Result, engine_code};

/// An open write; what is not handed to [`commit`](super::commit) is rolled back.
#[derive(Debug)]
pub struct Writing {
    inner: DatabaseTransaction,
    fuse: Option<Fuse>,
}

impl Writing {
    pub(super) fn of(inner: DatabaseTransaction, fuse: Option<Fuse>) -> Self {
        Self { inner, fuse }
    }

    pub(super) async fn commit(self) -> Result<()> {
        let Self { inner, fuse } = self;
        let Some(fuse) = fuse else { return Ok(inner.commit().await?) };
        // To its end, even when nobody waits for it any more: its outcome is everybody's.
        tokio::spawn(async move { fuse.commit(inner).await }).await.map_err(Error::internal)?
    }
}

/// A transaction that writes nothing.
impl From<DatabaseTransaction> for Writing {
    fn from(inner: DatabaseTransaction) -> Self {
        Self { inner, fuse: None }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Writing {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
}

/// Blows when the disk does not take a commit of SQLite, and stays so for as long as the process lives.
///
/// Nobody knows then what the disk holds: a system that could not write a page may take it for written all the same,
/// and say yes when it is asked again. To go on would build on that. A process that starts reads what is there, and
/// goes on from it. PostgreSQL does the same by itself: it ends, and recovers.
#[derive(Debug, Clone, Default)]
pub(super) struct Fuse(Arc<Mutex<bool>>);

impl Fuse {
    /// Refuses if it has blown; a commit under way is not waited for.
    pub(super) fn known(&self) -> Result<()> {
        if self.0.try_lock().is_ok_and(|blown| *blown) { Err(Error::Stopped) } else { Ok(()) }
    }

    /// The same for whoever has got the writer: the commit before hers counts.
    pub(super) async fn look(&self) -> Result<()> {
        if *self.0.lock().await { Err(Error::Stopped) } else { Ok(()) }
    }

    /// Held until the outcome is known: the writer may be somebody else's before.
    async fn commit(&self, write: DatabaseTransaction) -> Result<()> {
        let mut blown = self.0.lock().await;
        let outcome = write.commit().await;
        if let Err(error) = &outcome
            && is_not_taken(error)
        {
            *blown = true;
            tell(error);
        }
        Ok(outcome?)
    }

    /// Blows; whoever has the writer ends what is under way.
    pub(super) async fn blow(&self, error: &(dyn std::error::Error + Send + Sync)) {
        *self.0.lock().await = true;
        tell(error);
    }
}

fn tell(error: &(dyn std::error::Error + Send + Sync)) {
    tracing::error!(%error, "the disk did not take what was written: nothing is written until the process starts anew");
}

/// Whether the disk did not take what the engine wrote.
pub(super) fn is_not_taken(error: &DbErr) -> bool {
    engine_code(error).is_some_and(|code| not_taken(&code))
}

/// The disk did not take it, in the words of SQLite. A full disk took nothing, and said so before anything was synced.
fn not_taken(code: &str) -> bool {
    code.parse::<u32>().is_ok_and(|number| number & 0xff == 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::commit;
    use crate::testing::{Engine, TestDb};

    #[test]
    fn a_disk_that_fails_is_not_a_full_one() {
        for (code, stops) in [
            ("10", true),    // IOERR
            ("1034", true),  // IOERR_FSYNC
            ("778", true),   // IOERR_WRITE
            ("13", false),   // FULL
            ("5", false),    // BUSY
            ("2067", false), // CONSTRAINT_UNIQUE
        ] {
            assert_eq!(not_taken(code), stops, "{code}");
        }
    }

    #[tokio::test]
    async fn after_a_commit_that_the_disk_did_not_take_nobody_writes() {
        let db = TestDb::new(Engine::Sqlite, &[]).await;
        let open = db.begin().await.unwrap();
        // Who waits for the writer is told as well as who comes later.
        let (told, ()) = tokio::join!(db.begin_relaxed(), async {
            *db.fuse.as_ref().unwrap().0.lock().await = true;
            commit(open).await.unwrap();
        });
        for refused in [told.map(drop), db.begin().await.map(drop), db.ping().await] {
            let error = refused.unwrap_err();
            assert!(matches!(error, Error::Stopped) && error.is_away(), "{error}");
        }
        // What is there can be read.
        db.read().query_one_raw(db.statement("SELECT 1", [])).await.unwrap();
    }
}

//! The same meaning on SQLite and PostgreSQL.
//!
//! * [`Db::begin`] starts a write: `BEGIN IMMEDIATE` on the one SQLite writer (a
//!   first-come queue), `SERIALIZABLE` on PostgreSQL. Losers of a race get
//!   [`Error::Contention`] and the runner in [`crate::routes`] tries again.
//! * [`Db::begin_relaxed`] is READ COMMITTED, for jobs, the sealer and hot actions, which
//!   rely on row locks and constraints.
//! * [`Db::read`] is for queries: a pool of read-only connections on SQLite.
//! * A commit that the disk did not take is not tried again: on SQLite the writer stops ([`Error::Stopped`]) until the
//!   process starts anew, as PostgreSQL does by itself.
//!
//! Raw text uses `$1` placeholders, which both engines understand; existence is
//! claimed by `INSERT … ON CONFLICT DO NOTHING` first, never by SELECT-then-INSERT.
//!
//! ```no_run
//! # async fn example() -> kernel::Result<()> {
//! let db = kernel::db::Db::connect("sqlite://data/zhigong.db").await?;
//! let write = db.begin().await?;
//! kernel::db::commit(write).await?;
//! # Ok(()) }
//! ```

mod begin;
mod checkpoint;
mod copy;
mod rows;
mod writing;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::sqlx::{Connection, Executor};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, IsolationLevel,
    SqliteTransactionMode, SqlxPostgresConnector, SqlxSqliteConnector, Statement, TransactionOptions, Value,
};

use crate::error::{Error, Result};
use begin::Beginning;
use checkpoint::Checkpoints;
pub use rows::{InOrder, Write, array, insert_rows, insert_telling, rows_of_keys, write_all};
use writing::Fuse;
pub use writing::Writing;

/// How long a caller waits for a connection before "busy".
const ACQUIRE: Duration = Duration::from_secs(20);

/// For so long an idle connection is taken to be alive.
const TRUSTED: Duration = Duration::from_secs(1);

/// What every connection is told on PostgreSQL, once, so that a relaxed transaction need not say so each time.
const RELAXED: &str = "SET default_transaction_isolation = 'read committed'";
/// What one that writes is told as well, unless the database says otherwise. A process that has stopped, or whose machine is
/// gone, would hold what it has locked for hours: the server ends its transaction after ten seconds without a word, a
/// thousand times as long as one lies idle. Should the process wake up, what it has not committed is refused.
const NEVER_IDLE: &str = "SELECT set_config('idle_in_transaction_session_timeout', '10s', false)
    WHERE current_setting('idle_in_transaction_session_timeout') = '0'";

/// Rows of an answer that may wait on SQLite: more than most answers have, few enough to forget about memory.
const ROWS_WAITING: usize = 1_024;

/// A city's database.
#[derive(Clone)]
pub struct Db {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    backend: DbBackend,
    /// On SQLite.
    fuse: Option<Fuse>,
    /// On SQLite; for as long as anybody holds the database.
    _checkpoints: Option<Arc<Checkpoints>>,
}

impl Db {
    /// Opens `sqlite://path` (made if missing) or `postgres://…`.
    ///
    /// # Errors
    /// When the address is unreadable or the database is away.
    pub async fn connect(url: &str) -> Result<Self> {
        if url.starts_with("sqlite:") { Self::sqlite(url).await } else { Self::postgres(url).await }
    }

    async fn sqlite(url: &str) -> Result<Self> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(Error::internal)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged write survives power loss: it is money and votes.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            // Every statement of the hot paths in every size: what falls out is prepared again, thousands of places.
            .statement_cache_capacity(500)
            // The engine runs in a thread of its own and stands still whenever so many rows wait to be taken.
            .row_buffer_size(ROWS_WAITING)
            .pragma("secure_delete", "on")
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-65536")
            // 128 MB: should nobody else copy the log in time ([`checkpoint`]).
            .pragma("wal_autocheckpoint", "32000");
        let path = options.get_filename().to_owned();
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(ACQUIRE)
            .idle_timeout(None)
            .max_lifetime(None)
            // SQLite undoes a transaction by itself when the disk is full; sqlx takes it for open still, and would begin
            // the next one inside it, which is not immediate. Such a connection is closed, and another one opened.
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect_with(options.clone())
            .await
            .map_err(Error::internal)?;
        let reader = SqlitePoolOptions::new()
            .max_connections(8)
            .acquire_timeout(ACQUIRE)
            // A cache of each is there for the pages of one answer; the system keeps the rest.
            .connect_with(options.pragma("query_only", "on").pragma("cache_size", "-8192"))
            .await
            .map_err(Error::internal)?;
        let writer = SqlxSqliteConnector::from_sqlx_sqlite_pool(writer);
        let reader = SqlxSqliteConnector::from_sqlx_sqlite_pool(reader);
        let fuse = Fuse::default();
        let checkpoints = Some(Arc::new(Checkpoints::of(writer.clone(), reader.clone(), path, fuse.clone())));
        Ok(Self { writer, reader, backend: DbBackend::Sqlite, fuse: Some(fuse), _checkpoints: checkpoints })
    }

    /// Who writes does not wait behind those who read: a hot action has hundreds of readers for each transaction.
    async fn postgres(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url).map_err(Error::internal)?.application_name("zhigong");
        let writer = Self::postgres_pool(options.clone(), 16, &[RELAXED, NEVER_IDLE]);
        let reader = Self::postgres_pool(options, 16, &[RELAXED]);
        let (writer, reader) = (writer.await?, reader.await?);
        Ok(Self { writer, reader, backend: DbBackend::Postgres, fuse: None, _checkpoints: None })
    }

    async fn postgres_pool(
        options: PgConnectOptions,
        most: u32,
        told: &'static [&'static str],
    ) -> Result<DatabaseConnection> {
        let pool = PgPoolOptions::new()
            .max_connections(most)
            .acquire_timeout(ACQUIRE)
            // A connection was well when it came back; only who has lain idle since is asked again, a round trip each time.
            .test_before_acquire(false)
            .before_acquire(|connection, lately| {
                async move {
                    if lately.idle_for > TRUSTED {
                        connection.ping().await?;
                    }
                    Ok(true)
                }
                .boxed()
            })
            .after_connect(move |connection, _| {
                async move {
                    for text in told {
                        connection.execute(*text).await?;
                    }
                    Ok(())
                }
                .boxed()
            })
            .connect_with(options)
            .await
            .map_err(Error::internal)?;
        Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
    }

    /// Which engine this is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.backend
    }

    /// Runs on SQLite.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.backend == DbBackend::Sqlite
    }

    /// Starts a write with full isolation.
    ///
    /// # Errors
    /// When no connection is free in time, the database is away or its writer has stopped.
    pub async fn begin(&self) -> Result<Writing> {
        self.start(Some(IsolationLevel::Serializable)).await
    }

    /// Starts a READ COMMITTED write, for jobs and the sealer.
    ///
    /// # Errors
    /// When no connection is free in time, the database is away or its writer has stopped.
    pub async fn begin_relaxed(&self) -> Result<Writing> {
        self.start(None).await
    }

    /// Starts a read that sees one moment of the database for as long as it takes, beside those who write; for proofs
    /// over many rows, not for requests.
    ///
    /// # Errors
    /// When no connection is free in time or the database is away.
    pub async fn begin_snapshot(&self) -> Result<DatabaseTransaction> {
        let options = if self.is_sqlite() {
            // Deferred: the first read takes the snapshot.
            TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
                ..TransactionOptions::default()
            }
        } else {
            TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            }
        };
        Ok(Beginning::of(&self.reader, options).await?)
    }

    async fn start(&self, isolation_level: Option<IsolationLevel>) -> Result<Writing> {
        if let Some(fuse) = &self.fuse {
            fuse.known()?;
        }
        let options = if self.is_sqlite() {
            TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            }
        } else {
            TransactionOptions { isolation_level, ..TransactionOptions::default() }
        };
        let write = Beginning::of(&self.writer, options).await?;
        if let Some(fuse) = &self.fuse {
            fuse.look().await?;
        }
        Ok(Writing::of(write, self.fuse.clone()))
    }

    /// The connection for queries.
    #[must_use]
    pub fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// A connection for queries that is free now, on PostgreSQL: who has an open transaction may have something looked for
    /// there at the same time, in what others have committed, and must not wait for it.
    #[must_use]
    pub fn free_reader(&self) -> Option<&DatabaseConnection> {
        let free = self.backend == DbBackend::Postgres && self.reader.get_postgres_connection_pool().num_idle() > 0;
        free.then_some(&self.reader)
    }

    /// The writer outside a transaction, for schema work only.
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// A raw statement with `$1` placeholders.
    #[must_use]
    pub fn statement(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        Statement::from_sql_and_values(self.backend, sql, values)
    }

    /// Answers whether the database can be reached, and written.
    ///
    /// # Errors
    /// When it cannot.
    pub async fn ping(&self) -> Result<()> {
        if let Some(fuse) = &self.fuse {
            fuse.known()?;
        }
        self.reader.query_one_raw(self.statement("SELECT 1", [])).await?;
        Ok(())
    }

    /// Closes all connections after their present work; checkpoints SQLite.
    ///
    /// # Errors
    /// When closing fails.
    pub async fn close(self) -> Result<()> {
        if self.is_sqlite() {
            self.writer.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        self.reader.close().await?;
        self.writer.close().await?;
        Ok(())
    }

    /// Refuses a PostgreSQL whose SERIALIZABLE lets a write skew through (some
    /// poolers and compatible clusters do): two transactions read the same rows
    /// and each writes one; exactly one may commit.
    ///
    /// # Errors
    /// When both commit.
    pub async fn probe_write_skew(&self) -> Result<()> {
        if self.is_sqlite() {
            return Ok(());
        }
        self.writer
            .execute_unprepared("CREATE TABLE IF NOT EXISTS skew_probe (k int PRIMARY KEY, v int NOT NULL)")
            .await?;
        self.writer
            .execute_unprepared("INSERT INTO skew_probe VALUES (1, 1), (2, 1) ON CONFLICT (k) DO UPDATE SET v = 1")
            .await?;
        let (one, two) = (self.begin().await?, self.begin().await?);
        for (tx, key) in [(&one, 1), (&two, 2)] {
            tx.query_one_raw(self.statement("SELECT sum(v)::bigint AS s FROM skew_probe", [])).await?;
            tx.execute_raw(self.statement("UPDATE skew_probe SET v = 0 WHERE k = $1", [key.into()])).await?;
        }
        let first = commit(one).await;
        match (first, commit(two).await) {
            (Ok(()), Ok(())) => Err(Error::internal("SERIALIZABLE of this database is not real: write skew committed")),
            _ => Ok(()),
        }
    }
}

/// Commits a transaction; a lost race at commit is contention as well. On SQLite a commit that the disk did not take
/// stops the writer: every write after it is refused with [`Error::Stopped`].
///
/// # Errors
/// Contention, or the database is away.
pub async fn commit(tx: impl Into<Writing>) -> Result<()> {
    tx.into().commit().await
}

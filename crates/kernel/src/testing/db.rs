//! A migrated database per test, copied from a template.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use sea_orm::ConnectionTrait;
use tokio::sync::Mutex;

use super::{Engine, Fixture, TestFolder, folder};
use crate::Migration;
use crate::crypto::digest::sm3;
use crate::db::{Db, commit};
use crate::id::Ids;
use crate::migration::migrate;

/// Templates that this process has already made sure of.
static READY: Mutex<BTreeSet<String>> = Mutex::const_new(BTreeSet::new());

/// A database of one test; deleted when dropped. Derefs to [`Db`].
pub struct TestDb {
    db: Db,
    url: String,
    kept: Kept,
}

/// What to delete afterwards.
enum Kept {
    Folder { _folder: TestFolder },
    Database { name: String },
}

impl TestDb {
    /// A database with these steps applied.
    pub async fn new(engine: Engine, steps: &[Migration]) -> Self {
        Self::filled(engine, steps, "empty", async |_| {}).await
    }

    /// A database with these steps applied and filled by `fill`, which runs once per
    /// `name` and step list and must not depend on anything else.
    pub async fn filled(engine: Engine, steps: &[Migration], name: &str, fill: impl AsyncFnOnce(&Db)) -> Self {
        let mut text = name.to_owned();
        steps.iter().for_each(|step| text.extend(["\n", step.name, "\n", step.sql]));
        let digest = hex::encode(&sm3(text.as_bytes())[..8]);
        let (url, kept) = match engine {
            Engine::Sqlite => sqlite(&digest, steps, fill).await,
            Engine::Postgres => postgres(&digest, steps, fill).await,
        };
        let db = Db::connect(&url).await.unwrap();
        Self { db, url, kept }
    }

    /// A database like the one at an address on the same PostgreSQL server, to which nobody is connected.
    pub async fn copy_of(url: &str) -> Self {
        let server = Db::connect(&server()).await.unwrap();
        let (_, template) = url.rsplit_once('/').unwrap();
        let (url, kept) = created_from(&server, template).await;
        server.close().await.unwrap();
        Self { db: Db::connect(&url).await.unwrap(), url, kept }
    }

    /// The address, to open the database a second time or from another process.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Which engine it is on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.kept {
            Kept::Folder { .. } => Engine::Sqlite,
            Kept::Database { .. } => Engine::Postgres,
        }
    }

    /// Runs statements as they stand, outside a transaction, as an intruder would.
    pub async fn tamper(&self, sql: &str) {
        self.db.writer().execute_unprepared(sql).await.unwrap();
    }

    /// Awaits calls of which some write while the database fails: on SQLite the disk is full, on PostgreSQL the connection
    /// that waits for this lock is ended, as by a server that stops.
    pub async fn failing<T>(&self, lock: &str, calls: impl Future<Output = T>) -> T {
        if self.db.is_sqlite() {
            self.tamper("PRAGMA max_page_count = 1").await;
            let answers = calls.await;
            self.tamper("PRAGMA max_page_count = 1000000").await;
            return answers;
        }
        let other = Db::connect(&self.url).await.unwrap();
        let held = other.begin_relaxed().await.unwrap();
        held.execute_unprepared(lock).await.unwrap();
        let cut = async {
            let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'";
            // Outside the transaction, which would see the same moment for ever.
            while other.read().query_all_raw(other.statement(end, [])).await.unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            commit(held).await.unwrap();
        };
        let (answers, ()) = tokio::join!(calls, cut);
        other.clone().close().await.unwrap();
        answers
    }
}

impl Fixture for TestDb {
    async fn on(engine: Engine) -> Self {
        Self::new(engine, &crate::schema::migrations()).await
    }
}

impl std::ops::Deref for TestDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let Kept::Database { name } = &self.kept else {
            return;
        };
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        // A thread of its own: the test's runtime may be closing down.
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let server = Db::connect(&server()).await.map_err(std::io::Error::other)?;
                server.writer().execute_unprepared(&drop).await.map_err(std::io::Error::other)
            })
        });
        // A database that stays behind must not turn a passed test into a failed one.
        if let Err(error) = thread.join().unwrap_or_else(|_| Err(std::io::Error::other("panicked"))) {
            eprintln!("the test's database was not deleted: {error}");
        }
    }
}

async fn sqlite(digest: &str, steps: &[Migration], fill: impl AsyncFnOnce(&Db)) -> (String, Kept) {
    let template = template_file(digest, steps, fill).await;
    let folder = TestFolder::new();
    let file = folder.path().join("test.db");
    std::fs::copy(template, &file).unwrap();
    (format!("sqlite://{}", file.display()), Kept::Folder { _folder: folder })
}

async fn template_file(digest: &str, steps: &[Migration], fill: impl AsyncFnOnce(&Db)) -> PathBuf {
    let file = folder::of_process().join(format!("{digest}.db"));
    let mut ready = READY.lock().await;
    if !ready.contains(digest) {
        let db = Db::connect(&format!("sqlite://{}", file.display())).await.unwrap();
        migrate(&db, steps).await.unwrap();
        fill(&db).await;
        // Closing folds the write-ahead log into the file, so that copying the file is enough.
        db.close().await.unwrap();
        ready.insert(digest.to_owned());
    }
    file
}

/// The address of the server, or a failure that says how to get one.
fn server() -> String {
    std::env::var("ZHIGONG_TEST_PG").unwrap_or_else(|_| {
        panic!("no PostgreSQL: run `make test`, or `scripts/pg.sh cargo test`, which set ZHIGONG_TEST_PG")
    })
}

/// The server's address with another database.
fn address(database: &str) -> String {
    let server = server();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{database}")
}

async fn postgres(digest: &str, steps: &[Migration], fill: impl AsyncFnOnce(&Db)) -> (String, Kept) {
    let server = Db::connect(&server()).await.unwrap();
    let template = format!("zhigong_template_{digest}");
    {
        let mut ready = READY.lock().await;
        if !ready.contains(&template) {
            make_template(&server, &template, steps, fill).await;
            ready.insert(template.clone());
        }
    }
    let created = created_from(&server, &template).await;
    server.close().await.unwrap();
    created
}

async fn created_from(server: &Db, template: &str) -> (String, Kept) {
    let name = format!("zhigong_test_{}", Ids::random().simple());
    let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
    server.writer().execute_unprepared(&create).await.unwrap();
    (address(&name), Kept::Database { name })
}

/// Made under another name and renamed when whole: several test processes share a server,
/// and one that dies half-way leaves no half template.
async fn make_template(server: &Db, template: &str, steps: &[Migration], fill: impl AsyncFnOnce(&Db)) {
    let lock = server.begin_relaxed().await.unwrap();
    lock.execute_unprepared("SELECT pg_advisory_xact_lock(8141)").await.unwrap();
    let found = server.statement("SELECT 1 FROM pg_database WHERE datname = $1", [template.into()]);
    if lock.query_one_raw(found).await.unwrap().is_some() {
        return;
    }
    let draft = format!("{template}_draft");
    let writer = server.writer();
    writer.execute_unprepared(&format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)")).await.unwrap();
    writer.execute_unprepared(&format!("CREATE DATABASE {draft}")).await.unwrap();
    let db = Db::connect(&address(&draft)).await.unwrap();
    migrate(&db, steps).await.unwrap();
    fill(&db).await;
    db.close().await.unwrap();
    writer.execute_unprepared(&format!("ALTER DATABASE {draft} RENAME TO {template}")).await.unwrap();
}

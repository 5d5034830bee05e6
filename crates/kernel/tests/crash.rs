//! What was acknowledged is kept: the writer is killed, or the disk is full.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use axum::response::IntoResponse;
use kernel::access::Policy;
use kernel::background::Background;
use kernel::event::{Event, seal, verify};
use kernel::id::Ids;
use kernel::testing::{Engine, Fixture, TestApp, TestDb, long, seeds};
use kernel::{Cx, Migration, Result, Routes, both_engines, schema};
use sea_orm::ConnectionTrait;

const TABLE: Migration =
    Migration { name: "test_0001_kept", sql: "CREATE TABLE kept (n bigint PRIMARY KEY, note text NOT NULL)" };
/// Names the database to a child, which then is the writer to be killed.
pub const CHILD: &str = "ZHIGONG_TEST_CRASH_URL";

struct Store(TestApp);

impl Fixture for Store {
    async fn on(engine: Engine) -> Self {
        if let Ok(url) = std::env::var(CHILD) {
            write_for_ever(&url).await;
        }
        let steps = [schema::migrations(), vec![TABLE]].concat();
        Self(TestApp::over(TestDb::new(engine, &steps).await, Policy::new(), Routes::new("test")))
    }
}

async fn keep(cx: &Cx, n: i64, note: &str) -> Result<()> {
    kernel::command::retried(async || {
        let tx = cx.begin().await?;
        tx.execute_sql("INSERT INTO kept (n, note) VALUES ($1, $2)", [n.into(), note.into()]).await?;
        tx.record(Event::of("number.kept", "number", Ids::random()).with("n", n)).await?;
        tx.commit(()).await
    })
    .await
}

async fn write_for_ever(url: &str) -> ! {
    let database = kernel::db::Db::connect(url).await.unwrap();
    let app = TestApp::open(database);
    let mut background = Background::new();
    background.spawn(|stop| seal::run(app.clone(), stop));
    for writer in 0..4_i64 {
        let cx = Cx::system(&app);
        background.spawn(|_stop| async move {
            for n in (writer..).step_by(4) {
                keep(&cx, n, "").await.unwrap();
                // One write call per line: a killed process leaves no half line behind it.
                std::io::stdout().lock().write_all(format!("kept {n}\n").as_bytes()).unwrap();
            }
        });
    }
    std::future::pending().await
}

/// Starts a writer (the same test in a process of its own), lets it run for a moment, kills it; answers what it
/// acknowledged.
pub fn killed_writer(test: &TestDb, name: &str, pause: Duration) -> Vec<i64> {
    let name = match test.engine() {
        Engine::Sqlite => format!("{name}::sqlite"),
        Engine::Postgres => format!("{name}::postgres"),
    };
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([name.as_str(), "--exact", "--nocapture"])
        .env(CHILD, test.url())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut kept = Vec::new();
    let mut take = |line: String| kept.extend(line.strip_prefix("kept ").and_then(|n| n.parse::<i64>().ok()));
    while let Some(Ok(line)) = lines.next() {
        let first = line.starts_with("kept");
        take(line);
        if first {
            break;
        }
    }
    std::thread::sleep(pause);
    child.kill().unwrap();
    child.wait().unwrap();
    lines.map_while(Result::ok).for_each(take);
    kept
}

async fn present(test: &TestApp) -> Vec<i64> {
    let rows = test.db.read().query_all_raw(test.db.statement("SELECT n FROM kept ORDER BY n", [])).await.unwrap();
    rows.iter().map(|row| row.try_get("", "n").unwrap()).collect()
}

both_engines! {
    async fn killed_writers_keep_their_word(store: Store) {
        let test = &store.0;
        for seed in seeds() {
            test.database().tamper("DELETE FROM kept").await;
            let pause = Duration::from_millis(30 + (seed * 7_919) % 400);
            let name = "crash::killed_writers_keep_their_word";
            let kept = tokio::task::block_in_place(|| killed_writer(test.database(), name, pause));
            assert!(!kept.is_empty());
            if test.db.is_sqlite() {
                let check = test.db.statement("PRAGMA integrity_check", []);
                let row = test.db.read().query_one_raw(check).await.unwrap().unwrap();
                assert_eq!(row.try_get::<String>("", "integrity_check").unwrap(), "ok");
            }
            // PostgreSQL may still be committing what the dead client asked for last.
            tokio::time::sleep(Duration::from_millis(200)).await;
            let present = present(test).await;
            assert!(kept.iter().all(|n| present.binary_search(n).is_ok()), "seed {seed}: {kept:?} {present:?}");
            seal::seal_all(test).await.unwrap();
            let report = verify(test.db.read(), &test.keys.public_key()).await.unwrap();
            assert_eq!((report.first_bad, report.unsealed), (None, 0), "seed {seed}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_and_loses_nothing() {
    let Store(test) = Store::on(Engine::Sqlite).await;
    let pages = test.database();
    pages.tamper("PRAGMA max_page_count = 120").await;
    let (cx, note) = (test.system(), "x".repeat(2_000));
    let rounds = if long() { 2_000 } else { 300 };
    let mut kept = Vec::new();
    let mut refused = None;
    for n in 0..rounds {
        match keep(&cx, n, &note).await {
            Ok(()) => kept.push(n),
            Err(error) => refused = Some(error),
        }
    }
    let answer = refused.expect("the disk was never full").into_response();
    assert_eq!(answer.status(), 503);
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    assert!(String::from_utf8_lossy(&body).contains("system.storage"));
    assert!(kept.len() > 5);
    assert_eq!(present(&test).await, kept);
    pages.tamper("PRAGMA max_page_count = 1000000").await;
    keep(&cx, rounds, &note).await.unwrap();
    assert_eq!(present(&test).await.len(), kept.len() + 1);
}

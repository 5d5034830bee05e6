//! Transactions begin whole: nobody who is cut off leaves one open for whoever comes next, and nobody who has stopped keeps one.

use std::time::Duration;

use kernel::db::Db;
use kernel::testing::{Engine, TestDb};
use kernel::{Error, both_engines};
use sea_orm::{ConnectOptions, ConnectionTrait, Database};

/// Begins, and is cut off after so many answers of the database that nobody has looked at yet.
async fn cut_off(db: &Db, answers: usize) {
    let mut start = Box::pin(db.begin());
    for _ in 0..answers {
        if futures::poll!(start.as_mut()).is_ready() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

both_engines! {
    async fn a_start_that_is_cut_off_leaves_no_transaction_open(db: TestDb) {
        for answers in 1..6 {
            cut_off(&db, answers).await;
            // The pool hands its connections round: whichever it was, somebody reads on it and then begins.
            for reads in [1, 2, 3, 1, 2, 3] {
                for _ in 0..reads {
                    db.ping().await.unwrap();
                }
                let begun = db.begin().await;
                assert!(begun.is_ok(), "after {answers} answers: {}", begun.unwrap_err());
            }
        }
    }
}

/// Nothing is left of it in the connection: the next one has the writer from its first moment on, before it writes.
#[tokio::test]
async fn a_transaction_that_a_full_disk_ended_is_over() {
    let db = TestDb::new(Engine::Sqlite, &[]).await;
    db.tamper("CREATE TABLE heap (bytes blob)").await;
    db.tamper("PRAGMA max_page_count = 1").await;
    let full = db.begin().await.unwrap();
    full.execute_unprepared("INSERT INTO heap VALUES (zeroblob(100000))").await.unwrap_err();
    drop(full);
    let next = db.begin().await.unwrap();
    let mut beside = ConnectOptions::new(db.url());
    beside.max_connections(1);
    let beside = Database::connect(beside).await.unwrap();
    beside.execute_unprepared("PRAGMA busy_timeout = 0").await.unwrap();
    beside.execute_unprepared("BEGIN IMMEDIATE").await.unwrap_err();
    drop(next);
    beside.close().await.unwrap();
}

/// Whoever has stopped holds nothing for hours, and is told that what was begun is no more.
#[tokio::test]
async fn a_transaction_without_a_word_is_ended() {
    let db = TestDb::new(Engine::Postgres, &[]).await;
    let shown = "SELECT current_setting('idle_in_transaction_session_timeout') AS shown";
    let begun = db.begin_relaxed().await.unwrap();
    let row = begun.query_one_raw(db.statement(shown, [])).await.unwrap().unwrap();
    assert_eq!(row.try_get::<String>("", "shown").unwrap(), "10s");
    drop(begun);

    db.tamper(
        "DO $$ BEGIN EXECUTE format(
            'ALTER DATABASE %I SET idle_in_transaction_session_timeout = 100', current_database()); END $$",
    )
    .await;
    let hasty = Db::connect(db.url()).await.unwrap();
    let begun = hasty.begin().await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let ended = begun.query_one_raw(db.statement(shown, [])).await.unwrap_err();
    assert!(Error::from(ended).is_away());
    drop(begun);
    assert!(hasty.begin().await.is_ok(), "the next one begins");
    hasty.close().await.unwrap();
}

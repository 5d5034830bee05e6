//! A back-up made beside a server at work is one moment of it: its chain of events ends as the original's stood there, and
//! every balance in it is that of its transfers. The commands are those of SECURITY.md.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kernel::db::Db;
use kernel::testing::{Engine, Fixture};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::support::{Browser, DemoCity, House};

/// A program of PostgreSQL.
fn program(name: &str) -> Command {
    let beside = std::env::var("ZHIGONG_PG_BIN").map(|folder| Path::new(&folder).join(name));
    match beside {
        Ok(path) if path.is_file() => Command::new(path),
        _ => Command::new(name),
    }
}

/// Copies keys and database, beside the server.
async fn back_up(from: &House, to: &House) {
    std::fs::create_dir(to.data()).unwrap();
    std::fs::copy(from.data().join("keys.json"), to.data().join("keys.json")).unwrap();
    let (from, url) = (from.database_url(), to.database_url());
    if from.starts_with("sqlite") {
        let copy = format!("VACUUM INTO '{}'", to.data().join("zhigong.db").display());
        for (of, sql) in [(&from, copy.as_str()), (&url, "DELETE FROM ballot_queue")] {
            let beside = sea_orm::Database::connect(of).await.unwrap();
            beside.execute_unprepared(sql).await.unwrap();
            beside.close().await.unwrap();
        }
        return;
    }
    let dump = program("pg_dump").args(["--exclude-table-data=ballot_queue", "--dbname", &from]).output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let mut psql = program("psql");
    psql.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", &url]);
    let mut psql = psql.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut into = psql.stdin.take().unwrap();
    // Into an empty database; that of the test has tables.
    into.write_all(b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n").unwrap();
    into.write_all(&dump.stdout).unwrap();
    drop(into);
    assert!(psql.wait().unwrap().success());
}

/// The hash of the chain at a number, or at its end; and the number.
async fn head(house: &House, at: Option<i64>) -> (i64, Vec<u8>) {
    let db = Db::connect(&house.database_url()).await.unwrap();
    let sql = "SELECT seq, hash FROM sealed WHERE seq <= $1 ORDER BY seq DESC LIMIT 1";
    let row = db.read().query_one_raw(db.statement(sql, [at.unwrap_or(i64::MAX).into()])).await.unwrap().unwrap();
    db.close().await.unwrap();
    (row.try_get("", "seq").unwrap(), row.try_get("", "hash").unwrap())
}

kernel::both_engines! {
    async fn a_back_up_is_one_moment_of_the_original(house: DemoCity) {
        let engine = if house.database_url().starts_with("sqlite") { Engine::Sqlite } else { Engine::Postgres };
        let (running, copy) = (house.serve(&["--demo"]), House::on(engine).await);
        let (stop, address) = (Arc::new(AtomicBool::new(false)), running.address.clone());
        let stopped = Arc::clone(&stop);
        let work = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                Browser::new(address.clone()).post("/api/sign-in/demo", &json!({ "key": "rider" }));
            }
        });
        back_up(&house, &copy).await;
        stop.store(true, Ordering::Relaxed);
        work.join().unwrap();
        assert!(running.stop().success());

        for what in ["events", "ledger"] {
            let verified = copy.run(&["verify", what], &[]);
            assert!(verified.status.success(), "{what}: {}", String::from_utf8_lossy(&verified.stdout));
        }
        let (seq, hash) = head(&copy, None).await;
        assert_eq!(head(&house, Some(seq)).await, (seq, hash));
        // It serves as it is.
        let again = copy.serve(&["--demo"]);
        assert_eq!(again.visitor("rider").get("/api/me").status, 200);
        assert!(again.stop().success());
    }
}

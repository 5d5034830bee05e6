//! A back-up made beside a server at work is one moment of it: its chain of events ends as the original's stood there,
//! and every balance in it is that of its transfers. Ballots that wait to be shuffled are not in it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kernel::db::{Db, commit};
use kernel::id::Ids;
use kernel::testing::{Engine, Fixture};
use kernel::time::Day;
use sea_orm::{ConnectionTrait, Value};
use serde_json::json;

use crate::support::{Browser, DemoCity, House};

/// What a sealed ballot holds here, to be looked for.
const SEALED: &[u8] = b"SYNTHETIC-SEALED-BALLOT";

/// Any day.
const DAY: Day = Day::from_ymd_opt(2026, 11, 20).unwrap();

/// A program of PostgreSQL.
fn program(name: &str) -> PathBuf {
    let beside = std::env::var("ZHIGONG_PG_BIN").map(|folder| Path::new(&folder).join(name));
    beside.ok().filter(|path| path.is_file()).unwrap_or_else(|| PathBuf::from(name))
}

/// Has the binary make a backup in a folder.
fn back_up(from: &House, to: &Path, pg_dump: &Path) -> (Option<i32>, String) {
    let more = ["--pg-dump", pg_dump.to_str().unwrap()];
    let output = from.run(&["backup", to.to_str().unwrap()], &more);
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// Brings a backup that lies where the data of a house belongs back to work, as SECURITY.md says.
fn bring_back(from: &House, to: &House) {
    std::fs::copy(from.data().join("keys.json"), to.data().join("keys.json")).unwrap();
    let url = to.database_url();
    if url.starts_with("sqlite") {
        return;
    }
    let psql = |more: &[&str]| {
        let mut psql = Command::new(program("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--output", "/dev/null", "--dbname", &url]);
        assert!(psql.args(more).status().unwrap().success());
    };
    // Into an empty database; that of the test has tables.
    psql(&["--command", "DROP SCHEMA public CASCADE; CREATE SCHEMA public"]);
    psql(&["--single-transaction", "--file", to.data().join("zhigong.sql").to_str().unwrap()]);
}

/// Puts a ballot into the queue of a poll that nobody asks about.
async fn ballot_waits(house: &House) {
    let db = Db::connect(&house.database_url()).await.unwrap();
    let (evaluation, poll) = (Ids::random(), Ids::random());
    let tx = db.begin().await.unwrap();
    let steps: [(&str, Vec<Value>); 3] = [
        (
            "INSERT INTO evaluation (id, organization_id, scheme_code, scheme_version, subject_kind, title, year, plan,
                state, created_at, version)
            SELECT $1, (SELECT id FROM organization ORDER BY id LIMIT 1), code, version, 'survey', '示例评议', 2026, '{}',
                'withdrawn', added_at, 1 FROM scheme ORDER BY code LIMIT 1",
            vec![evaluation.into()],
        ),
        (
            "INSERT INTO poll (id, evaluation_id, purpose, round, issuer, public_key, key_hash, opens_on, closes_at,
                state)
            SELECT $1, $2, 'rating', 0, 'separated', $3, $4, $5, created_at, 'open' FROM evaluation WHERE id = $2",
            vec![poll.into(), evaluation.into(), vec![4_u8; 65].into(), vec![7_u8; 32].into(), DAY.into()],
        ),
        (
            "INSERT INTO ballot_queue (id, poll_id, key_id, sealed) VALUES ($1, $2, $3, $4)",
            vec![Ids::random().into(), poll.into(), Ids::random().into(), SEALED.to_vec().into()],
        ),
    ];
    for (sql, values) in steps {
        assert_eq!(tx.execute_raw(db.statement(sql, values)).await.unwrap().rows_affected(), 1);
    }
    commit(tx).await.unwrap();
    db.close().await.unwrap();
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
        ballot_waits(&house).await;
        let (running, copy) = (house.serve(&["--demo"]), House::on(engine).await);
        let (stop, address) = (Arc::new(AtomicBool::new(false)), running.address.clone());
        let stopped = Arc::clone(&stop);
        let work = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                Browser::new(address.clone()).post("/api/sign-in/demo", &json!({ "key": "rider" }));
            }
        });
        let (code, said) = back_up(&house, &copy.data(), &program("pg_dump"));
        stop.store(true, Ordering::Relaxed);
        work.join().unwrap();
        assert!(running.stop().success());
        assert_eq!(code, Some(0), "{said}");
        for left_out in ["keys.json", "passing-keys", "lock"] {
            assert!(!copy.data().join(left_out).exists(), "{left_out}");
        }
        assert!(copy.data().join("files").is_dir());
        let (file, trace) = match engine {
            Engine::Sqlite => ("zhigong.db", SEALED.to_vec()),
            Engine::Postgres => ("zhigong.sql", hex::encode(SEALED).into_bytes()),
        };
        let bytes = std::fs::read(copy.data().join(file)).unwrap();
        assert!(!bytes.windows(trace.len()).any(|part| part == trace), "a ballot that waited is in the backup");
        bring_back(&house, &copy);

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

    async fn a_back_up_that_cannot_be_made_leaves_nothing(house: DemoCity) {
        let folder = house.data().join("copies");
        std::fs::create_dir(&folder).unwrap();
        let refused = |to: &Path, pg_dump: &Path, why: &str| {
            let (code, said) = back_up(&house, to, pg_dump);
            assert_eq!(code, Some(2), "{said}");
            assert!(said.contains(why), "{said}");
        };
        refused(&folder, &program("pg_dump"), "已经存在");
        refused(&folder.join("nowhere/one"), &program("pg_dump"), "不能写");
        refused(&house.data().join("files/one"), &program("pg_dump"), "不能写");
        std::fs::create_dir(folder.join("one.part")).unwrap();
        refused(&folder.join("one"), &program("pg_dump"), "另一个备份正在进行");
        std::fs::remove_dir(folder.join("one.part")).unwrap();
        if !house.database_url().starts_with("sqlite") {
            refused(&folder.join("one"), Path::new("/nowhere/pg_dump"), "--pg-dump");
            refused(&folder.join("one"), Path::new("false"), "备份没有做成");
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    }
}

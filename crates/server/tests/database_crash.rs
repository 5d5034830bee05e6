//! The database goes while people pay: SIGKILL to every process of a PostgreSQL of the test's own, which keeps what it
//! acknowledges; and to those who pay as well, every third time. Every payment that was acknowledged is there once, and
//! whoever lives on asks the same again.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kernel::db::Db;
use kernel::testing::{long, seeds};
use sea_orm::ConnectionTrait;

use crate::ledger_crash::{Payer, fund, settle};
use crate::support::{House, bare};

/// Longer than a server takes to come back on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often: in full length the database alone fifty times, and both of them five and twenty times.
fn kills() -> Range<u64> {
    if long() { 0..75 } else { seeds() }
}

/// A server of its own, with durable commits; stopped and removed when dropped.
struct Cluster {
    script: Child,
    url: String,
}

impl Cluster {
    fn new() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/pg.sh");
        let mut script = Command::new(script)
            // It stays until nobody holds the other end of `cat`.
            .args(["bash", "-c", "echo \"$ZHIGONG_TEST_PG\"; exec cat"])
            .env("PG_DURABLE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(script.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { script, url: url.trim().to_owned() }
    }

    /// Since when it runs; nothing while it does not.
    async fn since(&self) -> Option<String> {
        let db = Db::connect(&self.url).await.ok()?;
        let sql = "SELECT CAST(pg_postmaster_start_time() AS text) AS since";
        let row = db.read().query_one_raw(db.statement(sql, [])).await.ok()??;
        let _ = db.close().await;
        row.try_get("", "since").ok()
    }

    /// Kills all of it and waits until it is there again.
    async fn kill(&self) {
        let before = self.since().await.unwrap();
        let told = Command::new("kill").args(["-USR1", &self.script.id().to_string()]).status().unwrap();
        assert!(told.success());
        let started = Instant::now();
        while self.since().await.is_none_or(|since| since == before) {
            assert!(started.elapsed() < PATIENCE, "the database does not come back");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_paid_outlives_a_killed_database() {
    let (cluster, house) = (Cluster::new(), House::new());
    let run = |command: &[&str]| {
        let output = bare(command).arg("--data").arg(house.data()).args(["--database", &cluster.url]).output().unwrap();
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stdout));
    };
    run(&["migrate"]);
    fund(&cluster.url).await;
    let mut paid = BTreeMap::new();
    for seed in kills() {
        let payer = Payer::start(&cluster.url);
        payer.pays();
        std::thread::sleep(Duration::from_millis(50 + seed.wrapping_mul(7919) % 700));
        let said = if seed % 3 == 2 {
            let said = payer.kill_to_hear();
            cluster.kill().await;
            said
        } else {
            cluster.kill().await;
            payer.pays();
            payer.kill_to_hear()
        };
        run(&["verify", "ledger"]);
        println!("seed {seed}");
        settle(&cluster.url, said, &mut paid).await;
    }
}

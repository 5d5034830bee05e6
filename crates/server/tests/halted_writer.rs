//! A process stops in the middle of a batch, with the book in its hands, and another one takes over: the database ends what
//! the first has begun, the second goes on, and whatever the first still sends when it wakes up is refused. What it was
//! asked meanwhile it asks again, and all of it is paid once.

use std::collections::BTreeMap;
use std::time::Duration;

use kernel::db::Db;
use kernel::testing::{Engine, Fixture, long, seeds};
use sea_orm::ConnectionTrait;

use crate::ledger_crash::{Payer, fund, settle};
use crate::support::House;

/// How often a moment is looked for at which it is inside a transaction: it mostly is.
const TRIES: u32 = 200;

/// Transactions in which nobody says a word.
async fn idle(db: &Db) -> i64 {
    let sql = "SELECT count(*) AS many FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    let row = db.read().query_one_raw(db.statement(sql, [])).await.unwrap().unwrap();
    row.try_get("", "many").unwrap()
}

/// Stops it while a transaction is open.
async fn halt_inside(payer: &Payer, db: &Db, seed: u64) {
    for number in 0..TRIES {
        tokio::time::sleep(Duration::from_millis(1 + (seed + u64::from(number)).wrapping_mul(7919) % 40)).await;
        payer.halt();
        // What it has sent is carried out meanwhile.
        tokio::time::sleep(Duration::from_millis(50)).await;
        if idle(db).await == 1 {
            return;
        }
        payer.wake();
    }
    panic!("it is never inside a transaction (seed {seed})");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_takes_over_from_one_that_has_stopped() {
    let house = House::on(Engine::Postgres).await;
    assert!(house.run(&["migrate"], &[]).status.success());
    let url = house.database_url();
    fund(&url).await;
    let db = Db::connect(&url).await.unwrap();
    if !long() {
        // Otherwise it takes the ten seconds of the real thing.
        let sql = "DO $$ BEGIN EXECUTE format(
            'ALTER DATABASE %I SET idle_in_transaction_session_timeout = 2000', current_database()); END $$";
        db.read().execute_unprepared(sql).await.unwrap();
    }
    let mut paid = BTreeMap::new();
    for seed in seeds() {
        let first = Payer::start(&url);
        first.pays();
        halt_inside(&first, &db, seed).await;
        let second = Payer::start(&url);
        second.pays();
        first.wake();
        // What it says first may be older than its sleep.
        first.pays();
        for (payer, which) in [(&first, "first"), (&second, "second")] {
            assert!(payer.count(Duration::from_millis(500)) > 0, "seed {seed}: the {which} does not go on");
        }
        let [mut said, second] = [first, second].map(Payer::kill_to_hear);
        said.asked.extend(second.asked);
        said.paid.extend(second.paid);
        let verified = house.run(&["verify", "ledger"], &[]);
        assert!(verified.status.success(), "seed {seed}: {}", String::from_utf8_lossy(&verified.stdout));
        println!("seed {seed}");
        settle(&url, said, &mut paid).await;
    }
    db.close().await.unwrap();
}

//! The disk under those who pay. The power goes, and what was not synced is lost, which a kill alone never shows; a
//! sync fails; a sync takes long. Every payment that was acknowledged is there once with its answer, and whoever heard
//! nothing asks the same again.
//!
//! On SQLite, which is in the process. What PostgreSQL does with its disk is its own and tried there: it ends itself
//! when a sync fails, and recovers. Its many processes sync what others of them wrote, and `disk.c` looks at one.

use std::collections::BTreeMap;
use std::time::Duration;

use kernel::Id;
use kernel::db::Db;
use kernel::testing::{long, seeds};
use sea_orm::ConnectionTrait;

use crate::ledger_crash::{Asked, Payer, Payments, Said, ask_again, fund, payments};
use crate::support::{Disk, House, Syncing};

/// How many pay at once.
const FEW: usize = 16;
const MANY: usize = 256;

/// Where people pay, and what those who paid keep for themselves.
struct Till {
    house: House,
    url: String,
    disk: Disk,
    asked: BTreeMap<Id, Asked>,
    paid: Payments,
}

impl Till {
    /// None where a disk cannot be tried.
    async fn open() -> Option<Self> {
        let house = House::new();
        let migrated = house.run(&["migrate"], &[]);
        assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        let (url, disk) = (house.database_url(), Disk::of(&house)?);
        fund(&url).await;
        Some(Self { house, url, disk, asked: BTreeMap::new(), paid: BTreeMap::new() })
    }

    fn payer(&self, callers: usize, syncing: Syncing) -> Payer {
        Payer::start_with(&self.url, callers, |command| self.disk.put_under(command, syncing))
    }

    /// Looks, after the process was killed, at all that was ever asked.
    async fn proves(&mut self, said: Said) {
        let verified = self.house.run(&["verify", "ledger"], &[]);
        let shown = String::from_utf8_lossy(&verified.stdout);
        assert!(verified.status.success(), "{shown}{}", String::from_utf8_lossy(&verified.stderr));
        self.asked.extend(&said.asked);
        self.paid.extend(&said.paid);
        let there = payments(&self.url).await;
        for (id, answer) in &self.paid {
            assert_eq!(there.get(id), Some(answer), "an acknowledged payment is lost, or is another one");
        }
        assert!(there.keys().all(|id| self.asked.contains_key(id)), "nobody asked for it");

        let (answers, fresh) = ask_again(&self.url, &said.asked).await;
        for (id, answer) in &answers {
            let known = there.get(id);
            assert_eq!(fresh.contains(id), known.is_none(), "it was carried out twice, or not at all");
            assert!(known.is_none_or(|known| known == answer), "it is answered in another way");
        }
        self.paid.extend(answers);
        assert_eq!(payments(&self.url).await, self.paid);
        assert_eq!(self.paid.len(), self.asked.len());
    }
}

/// Lets them pay for a while, another one each time, the same for the same seed.
fn pay_for_a_while(payer: &Payer, seed: u64) {
    payer.pays();
    std::thread::sleep(Duration::from_millis(50 + seed.wrapping_mul(7919) % 400));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_paid_outlives_a_power_loss() {
    let Some(mut till) = Till::open().await else { return };
    for seed in if long() { 0..25 } else { seeds() } {
        // A sync takes a moment, so that the power mostly goes within one.
        let payer = till.payer(FEW, Syncing::Slow(3));
        pay_for_a_while(&payer, seed);
        let said = payer.kill_to_hear();
        till.disk.lose_power(Some(seed));
        println!("power loss {seed}: {} of {} were answered", said.paid.len(), said.asked.len());
        till.proves(said).await;
    }
    // It would be noticed: the same on a disk that says yes and keeps nothing.
    let payer = till.payer(FEW, Syncing::Lying);
    payer.pays();
    let said = payer.kill_to_hear();
    till.disk.lose_power(None);
    let there = payments(&till.url).await;
    assert!(said.paid.keys().any(|id| !there.contains_key(id)), "what was never synced is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_that_failed_stops_the_writer() {
    stops(Disk::fail).await;
}

/// What was copied out of the log before counts as copied, and the disk may not have it: only the log has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_of_what_was_copied_that_failed_stops_the_writer() {
    stops(Disk::fail_database).await;
}

async fn stops(fail: fn(&Disk)) {
    let Some(mut till) = Till::open().await else { return };
    for seed in if long() { 0..10 } else { 0..1 } {
        let payer = till.payer(FEW, Syncing::Honest);
        pay_for_a_while(&payer, seed);
        fail(&till.disk);
        payer.stops();
        let said = payer.kill_to_hear();
        assert_eq!(said.asked.len() - said.paid.len(), FEW, "each of them was refused in the end");
        till.disk.lose_power(Some(seed));
        // Whoever starts anew pays, and those who were refused with them.
        till.proves(said).await;
    }
}

/// Payments, and the moments at which there were any: one a batch.
async fn batches(url: &str) -> (i64, i64) {
    let db = Db::connect(url).await.unwrap();
    let sql = "SELECT COUNT(*) AS payments, COUNT(DISTINCT at) AS batches FROM transfer WHERE kind = 'pay'";
    let row = db.read().query_one_raw(db.statement(sql, [])).await.unwrap().unwrap();
    let both = (row.try_get("", "payments").unwrap(), row.try_get("", "batches").unwrap());
    db.close().await.unwrap();
    both
}

/// What it costs is printed (`make simulate-faults`), not asserted: that is another machine's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_wait_for_a_slow_disk_share_its_syncs() {
    let Some(mut till) = Till::open().await else { return };
    let seconds = if long() { 10 } else { 1 };
    let mut rates = Vec::new();
    for syncing in [Syncing::Honest, Syncing::Slow(50)] {
        let before = batches(&till.url).await;
        let payer = till.payer(MANY, syncing);
        payer.pays();
        let rate = payer.count(Duration::from_secs(seconds)) / u32::try_from(seconds).unwrap();
        let said = payer.kill_to_hear();
        let after = batches(&till.url).await;
        let (paid, batches) = (after.0 - before.0, after.1 - before.1);
        println!("{MANY} at once, {syncing:?}: {rate} payments/s, {} a batch", paid / batches);
        assert!(paid > 4 * batches, "each waits for a sync of its own: {paid} in {batches}");
        rates.push(rate);
        till.proves(said).await;
    }
    println!("with 50 ms more a sync: {} % of the payments", 100 * rates[1] / rates[0].max(1));
}

//! The power goes while people pay: SIGKILL at random moments. Every payment that was acknowledged is there, none is
//! half there, and `zhigong verify ledger` says so.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use kernel::db::Db;
use kernel::id::Ids;
use kernel::testing::{TestApp, seeds};
use kernel::time::Day;
use kernel::{Cx, Id};
use rewards::ledger::{AccountKind, NewAccount, OWN_BOOK, Order, What, account_id, apply, carry_out, open_account};
use sea_orm::ConnectionTrait;

use crate::support::House;

/// Who pays, and how many at once.
const MEMBERS: u128 = 40;
const CALLERS: usize = 16;
/// Longer than the first payment takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Names the database to the process that will be killed.
const DATABASE: &str = "LEDGER_CRASH_DATABASE";

fn budget() -> NewAccount {
    let (owner_id, purpose) = (Some(Id::from_u128(1)), "文体活动".to_owned());
    NewAccount {
        book_id: OWN_BOOK,
        kind: AccountKind::Budget,
        owner_id,
        purpose,
        fiscal_year: 2026,
        floor_cents: Some(0),
    }
}

fn merchant() -> NewAccount {
    let (owner_id, purpose) = (Some(Id::from_u128(2)), String::new());
    NewAccount {
        book_id: OWN_BOOK,
        kind: AccountKind::Merchant,
        owner_id,
        purpose,
        fiscal_year: 0,
        floor_cents: Some(0),
    }
}

fn id_of(new: &NewAccount) -> Id {
    account_id(new.book_id, new.kind, new.owner_id, &new.purpose, new.fiscal_year)
}

fn order(what: What) -> Order {
    Order { id: Ids::random(), book_id: OWN_BOOK, by: None, what }
}

kernel::both_engines! {
    async fn what_was_paid_is_paid_and_nothing_is_half(house: House) {
        let migrated = house.run(&["migrate"], &[]);
        assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        fund(&house.database_url()).await;
        let mut paid = BTreeMap::new();
        for seed in seeds() {
            let payer = Payer::start(&house.database_url());
            payer.pays();
            // A different moment after the first payment each time, the same for the same seed.
            std::thread::sleep(Duration::from_millis(50 + seed.wrapping_mul(7919) % 700));
            let fresh = payer.kill();
            assert!(!fresh.is_empty(), "nobody was answered in time (seed {seed})");
            paid.extend(fresh);
            let verified = house.run(&["verify", "ledger"], &[]);
            let said = String::from_utf8_lossy(&verified.stdout);
            assert!(verified.status.success(), "seed {seed}: {said}{}", String::from_utf8_lossy(&verified.stderr));
            let there = payments(&house.database_url()).await;
            for (id, cents) in &paid {
                assert_eq!(there.get(id), Some(cents), "an acknowledged payment is lost (seed {seed})");
            }
        }
    }
}

/// A budget, a merchant, and members with more than they can spend.
pub async fn fund(url: &str) {
    let app = TestApp::open(Db::connect(url).await.unwrap());
    let tx = Cx::system(&app).begin_bulk().await.unwrap();
    open_account(&tx, budget()).await.unwrap();
    open_account(&tx, merchant()).await.unwrap();
    let (budget_id, bank_line_id) = (id_of(&budget()), Ids::random());
    let mut orders = vec![order(What::TopUp { budget_id, amount_cents: 1_000_000_000, bank_line_id })];
    orders.extend((0..MEMBERS).map(|member| {
        let expires_on = Day::from_ymd_opt(2999, 12, 31).unwrap();
        let (person_id, amount_cents, reason) = (Id::from_u128(100 + member), 10_000_000, "春节慰问".to_owned());
        order(What::Issue { budget_id, person_id, amount_cents, expires_on, reason, subject_id: None })
    }));
    for outcome in apply(&tx, &orders).await.unwrap() {
        outcome.unwrap();
    }
    tx.commit(()).await.unwrap();
    app.db.clone().close().await.unwrap();
}

/// A process that pays, and what it was told.
pub struct Payer {
    child: Child,
    told: Receiver<()>,
    reader: JoinHandle<BTreeMap<Id, i64>>,
}

impl Payer {
    pub fn start(url: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", "ledger_crash::pays_until_it_is_killed"])
            .env(DATABASE, url)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (heard, told) = channel();
        let reader = std::thread::spawn(move || {
            let told = stdout.lines().map_while(Result::ok).filter_map(|line| {
                // The last line may be cut off: then nobody was told.
                let (id, cents) = line.strip_prefix("paid ")?.strip_suffix(" cents")?.split_once(' ')?;
                let _ = heard.send(());
                Some((id.parse().ok()?, cents.parse().ok()?))
            });
            told.collect()
        });
        Self { child, told, reader }
    }

    /// Waits until something is paid from now on.
    pub fn pays(&self) {
        while self.told.try_recv().is_ok() {}
        self.told.recv_timeout(PATIENCE).unwrap();
    }

    /// Kills it, and answers what it had been told.
    pub fn kill(mut self) -> BTreeMap<Id, i64> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.reader.join().unwrap()
    }
}

pub async fn payments(url: &str) -> BTreeMap<Id, i64> {
    let db = Db::connect(url).await.unwrap();
    let sql = db.statement("SELECT id, amount_cents FROM transfer WHERE kind = 'pay'", []);
    let rows = db.read().query_all_raw(sql).await.unwrap();
    let there = rows.iter().map(|row| (row.try_get("", "id").unwrap(), row.try_get("", "amount_cents").unwrap()));
    let there = there.collect();
    db.close().await.unwrap();
    there
}

/// The process that is killed: pays until then, and says so each time. Started by the test above; by itself it has nobody
/// to pay.
#[test]
fn pays_until_it_is_killed() {
    let Ok(url) = std::env::var(DATABASE) else { return };
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(async {
        let app = TestApp::open(Db::connect(&url).await.unwrap());
        let merchant_account_id = id_of(&merchant());
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let app = app.clone();
                tokio::spawn(async move {
                    for number in 0_u128.. {
                        let person_id = Id::from_u128(100 + (caller as u128 + number * 7) % MEMBERS);
                        let (amount_cents, reason) = (i64::try_from(1 + number % 90).unwrap(), "午餐".to_owned());
                        let what = What::Pay {
                            person_id,
                            merchant_account_id,
                            amount_cents,
                            shop_id: None,
                            reason,
                            subject_id: None,
                        };
                        let order = order(what);
                        let id = order.id;
                        // Whoever hears nothing asks the same again.
                        while let Err(error) = carry_out(&app, order.clone()).await {
                            assert!(error.is_away(), "{error}");
                            tokio::time::sleep(Duration::from_millis(20)).await;
                        }
                        println!("paid {id} {amount_cents} cents");
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
    });
}

//! The power goes while people pay and are paid back: SIGKILL at random moments. Every payment that was acknowledged is
//! there, none is half there, whoever heard nothing asks again, and `zhigong verify ledger` says so.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use futures::future::join_all;
use kernel::app::App;
use kernel::db::Db;
use kernel::id::Ids;
use kernel::testing::{TestApp, long, seeds};
use kernel::time::Day;
use kernel::{Cx, Error, Id};
use rewards::ledger::{
    AccountKind, Done, NewAccount, OWN_BOOK, Order, What, account_id, apply, carry_out, open_account,
};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::support::House;

/// Who pays, and how many at once unless told otherwise.
const MEMBERS: u128 = 40;
const CALLERS: usize = 16;
/// Longer than the first payment takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Names the database to the process that will be killed.
const DATABASE: &str = "LEDGER_CRASH_DATABASE";
/// Tells it how many pay at once.
const AT_ONCE: &str = "LEDGER_CRASH_CALLERS";

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

fn never() -> Day {
    Day::from_ymd_opt(2999, 12, 31).unwrap()
}

/// What one member was asked to pay, by the id of the order; or what goes back of a payment.
#[derive(Clone, Copy)]
pub struct Asked {
    member: u128,
    cents: i64,
    back: Option<Id>,
}

impl Asked {
    fn order(self, id: Id) -> Order {
        let amount_cents = self.cents;
        let what = match self.back {
            Some(payment_id) => {
                What::Refund { payment_id, amount_cents, reason: "退货".to_owned(), grace_until: never() }
            }
            None => What::Pay {
                person_id: Id::from_u128(self.member),
                merchant_account_id: id_of(&merchant()),
                amount_cents,
                shop_id: None,
                reason: "午餐".to_owned(),
                subject_id: None,
            },
        };
        Order { id, ..order(what) }
    }
}

/// Payments and refunds by their ids: cents, and the number in the book.
pub type Payments = BTreeMap<Id, (i64, i64)>;

/// What a process that pays has said.
#[derive(Default)]
pub struct Said {
    /// Before it asked.
    pub asked: BTreeMap<Id, Asked>,
    /// Once it was answered.
    pub paid: Payments,
}

/// How often the program is killed: a hundred times in full length.
pub fn kills() -> Range<u64> {
    if long() { 0..100 } else { seeds() }
}

kernel::both_engines! {
    async fn what_was_paid_is_paid_and_nothing_is_half(house: House) {
        let migrated = house.run(&["migrate"], &[]);
        assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        fund(&house.database_url()).await;
        let mut paid = BTreeMap::new();
        for seed in kills() {
            let payer = Payer::start(&house.database_url());
            payer.pays();
            // A different moment after the first payment each time, the same for the same seed.
            std::thread::sleep(Duration::from_millis(50 + seed.wrapping_mul(7919) % 700));
            let said = payer.kill_to_hear();
            assert!(!said.paid.is_empty(), "nobody was answered in time (seed {seed})");
            let verified = house.run(&["verify", "ledger"], &[]);
            let shown = String::from_utf8_lossy(&verified.stdout);
            assert!(verified.status.success(), "seed {seed}: {shown}{}", String::from_utf8_lossy(&verified.stderr));
            println!("seed {seed}");
            settle(&house.database_url(), said, &mut paid).await;
        }
    }
}

/// Holds what is there against what was said before a kill. Whoever heard nothing asks the same again, and then all that
/// was ever asked is paid, once, and nothing else.
pub async fn settle(url: &str, said: Said, paid: &mut Payments) {
    let there = payments(url).await;
    paid.extend(&said.paid);
    for (id, answer) in paid.iter() {
        assert_eq!(there.get(id), Some(answer), "an acknowledged payment is lost, or is another one");
    }
    let unheard: BTreeMap<Id, Asked> = said.asked.into_iter().filter(|(id, _)| !said.paid.contains_key(id)).collect();
    let (answers, fresh) = ask_again(url, &unheard).await;
    for (id, answer) in &answers {
        let known = there.get(id);
        assert_eq!(fresh.contains(id), known.is_none(), "it was carried out twice, or not at all");
        assert!(known.is_none_or(|known| known == answer), "it is answered in another way");
    }
    paid.extend(answers);
    assert_eq!(payments(url).await, *paid, "nobody asked for it");
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
        let (person_id, amount_cents, reason) = (Id::from_u128(100 + member), 10_000_000, "春节慰问".to_owned());
        order(What::Issue { budget_id, person_id, amount_cents, expires_on: never(), reason, subject_id: None })
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
    told: Receiver<Line>,
    reader: JoinHandle<Said>,
}

/// A line that such a process says. The last one may be cut off: then nobody was told.
#[derive(Clone, Copy)]
enum Line {
    Asks(Id, Asked),
    Paid(Id, (i64, i64)),
    Stopped,
}

impl Line {
    fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split(' ').collect();
        Some(match words.as_slice() {
            ["asks", id, member, cents, back, "."] => {
                let (member, cents, back) = (member.parse().ok()?, cents.parse().ok()?, back.parse().ok());
                Self::Asks(id.parse().ok()?, Asked { member, cents, back })
            }
            ["paid", id, cents, seq, "."] => Self::Paid(id.parse().ok()?, (cents.parse().ok()?, seq.parse().ok()?)),
            ["stopped", "."] => Self::Stopped,
            _ => return None,
        })
    }
}

impl Payer {
    pub fn start(url: &str) -> Self {
        Self::start_with(url, CALLERS, |_| {})
    }

    /// With so many callers, and something else to be said to the process.
    pub fn start_with(url: &str, callers: usize, more: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "--nocapture", "ledger_crash::pays_until_it_is_killed"]);
        command.env(DATABASE, url).env(AT_ONCE, callers.to_string());
        more(&mut command);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (heard, told) = channel();
        let reader = std::thread::spawn(move || {
            let mut said = Said::default();
            for line in stdout.lines().map_while(Result::ok).filter_map(|text| Line::read(&text)) {
                match line {
                    Line::Asks(id, asked) => said.asked.extend([(id, asked)]),
                    Line::Paid(id, answer) => said.paid.extend([(id, answer)]),
                    Line::Stopped => {}
                }
                let _ = heard.send(line);
            }
            said
        });
        Self { child, told, reader }
    }

    /// Waits until something is paid from now on.
    pub fn pays(&self) {
        while self.told.try_recv().is_ok() {}
        while !matches!(self.told.recv_timeout(PATIENCE).unwrap(), Line::Paid(..)) {}
    }

    /// Waits until it says that nothing can be paid any more.
    pub fn stops(&self) {
        let started = Instant::now();
        while !matches!(self.told.recv_timeout(PATIENCE).unwrap(), Line::Stopped) {
            assert!(started.elapsed() < PATIENCE, "it goes on");
        }
    }

    /// How many payments are told of from now on, for so long.
    pub fn count(&self, time: Duration) -> u32 {
        while self.told.try_recv().is_ok() {}
        let (until, mut number) = (Instant::now() + time, 0);
        loop {
            match self.told.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => number += u32::from(matches!(line, Line::Paid(..))),
                Err(RecvTimeoutError::Timeout) => return number,
                Err(RecvTimeoutError::Disconnected) => panic!("it is gone"),
            }
        }
    }

    /// Stops it where it is, as a machine does that is moved or has too much to do.
    pub fn halt(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn wake(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let told = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Kills it, and answers all that it said.
    pub fn kill_to_hear(mut self) -> Said {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.reader.join().unwrap()
    }
}

/// What is there.
pub async fn payments(url: &str) -> Payments {
    let db = Db::connect(url).await.unwrap();
    let sql = db.statement("SELECT id, amount_cents, seq FROM transfer WHERE kind IN ('pay', 'refund')", []);
    let rows = db.read().query_all_raw(sql).await.unwrap();
    let cell = |row: &QueryResult, name: &str| -> i64 { row.try_get("", name).unwrap() };
    let there = rows.iter().map(|row| (row.try_get("", "id").unwrap(), (cell(row, "amount_cents"), cell(row, "seq"))));
    let there = there.collect();
    db.close().await.unwrap();
    there
}

/// Asks the same again, all of it; answers what each is told, and which of them were carried out only now.
pub async fn ask_again(url: &str, asked: &BTreeMap<Id, Asked>) -> (Payments, BTreeSet<Id>) {
    let app = TestApp::open(Db::connect(url).await.unwrap());
    let answers = join_all(asked.iter().map(|(id, asked)| carry_out(&app, asked.order(*id)))).await;
    let answers: Vec<Done> = answers.into_iter().collect::<kernel::Result<_>>().unwrap();
    app.db.clone().close().await.unwrap();
    let fresh = answers.iter().filter(|done| done.fresh).map(|done| done.transfer_id).collect();
    (answers.iter().map(|done| (done.transfer_id, (done.amount_cents, done.seq))).collect(), fresh)
}

/// The process that is killed: pays until then, and says so each time. Started by the test above; by itself it has nobody
/// to pay.
#[test]
fn pays_until_it_is_killed() {
    let Ok(url) = std::env::var(DATABASE) else { return };
    let callers: usize = std::env::var(AT_ONCE).unwrap().parse().unwrap();
    // The name of the test may stand there already.
    println!();
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(async {
        let app = TestApp::open(Db::connect(&url).await.unwrap());
        let callers: Vec<_> = (0..callers).map(|caller| tokio::spawn(pay(app.clone(), caller as u128))).collect();
        for caller in callers {
            caller.await.unwrap();
        }
        // Each of them heard that nothing is written any more; nothing is, for whoever else comes.
        for member in 0..MEMBERS {
            let asked = Asked { member: 100 + member, cents: 1, back: None };
            let refused = carry_out(&app, asked.order(Ids::random())).await;
            assert!(matches!(refused, Err(Error::Stopped)), "{refused:?}");
        }
        println!("stopped .");
        std::future::pending::<()>().await;
    });
}

/// Pays one after the other, and of every other payment a cent goes back, until the writer has stopped.
async fn pay(app: App, caller: u128) {
    let mut last = None;
    for number in 0_u128.. {
        let back = last.take().filter(|_| number % 3 == 2);
        let cents = if back.is_some() { 1 } else { i64::try_from(1 + number % 90).unwrap() };
        let (id, member) = (Ids::random(), 100 + (caller + number * 7) % MEMBERS);
        let asked = Asked { member, cents, back };
        println!("asks {id} {member} {cents} {} .", back.map_or_else(|| "-".to_owned(), |payment| payment.to_string()));
        // Whoever hears nothing asks the same again.
        let done = loop {
            match carry_out(&app, asked.order(id)).await {
                Ok(done) => break done,
                Err(Error::Stopped) => return,
                Err(error) => assert!(error.is_away(), "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        println!("paid {id} {cents} {} .", done.seq);
        last = back.is_none().then_some(id);
    }
}

//! The power goes while people pay at the counter and are paid back: SIGKILL to the real server at random moments, under a
//! load over HTTP. Whoever was answered hears the same again; whoever was not asks again and has paid once. What hangs on a
//! payment (the use of its code, the days of member and shop, its steps, its transfers in every book, what went back of it)
//! is there with it, or not at all.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{Days, TimeDelta};
use kernel::db::{Db, commit};
use kernel::id::Ids;
use kernel::testing::{TestApp, long};
use kernel::time::Clock;
use kernel::{Cx, Id};
use rewards::counter::code;
use rewards::ledger::{self, AccountKind, NewAccount, Order, What};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::ledger_crash::kills;
use crate::support::{Browser, DemoCity, House, Running, enter_session};

/// Members who pay, and how many of them at once.
const MEMBERS: usize = 12;
const AT_ONCE: usize = 6;
/// What a funder entrusted for each of them: it ends first, and so is spent first, and then a payment takes from two books.
const ENTRUSTED_CENTS: i64 = 60;
/// Longer than anything takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// What must not be there, whatever was killed.
const TORN: [(&str, &str); 12] = [
    (
        "a payment without its step",
        "payment p WHERE NOT EXISTS (SELECT 1 FROM payment_step t
            WHERE t.payment_id = p.id AND t.seq = p.seq AND t.points_cents = p.points_cents)",
    ),
    (
        "a step without its payment",
        "payment_step t WHERE NOT EXISTS (SELECT 1 FROM payment p WHERE p.id = t.payment_id)",
    ),
    (
        "a charge by a code that was not used up",
        "payment p WHERE p.channel = 'code' AND p.state = 'paid'
            AND NOT EXISTS (SELECT 1 FROM pay_code_use u WHERE u.payment_id = p.id)",
    ),
    (
        "a code that was used up for nothing",
        "pay_code_use u WHERE NOT EXISTS (SELECT 1 FROM payment p WHERE p.id = u.payment_id)",
    ),
    (
        "a payment that is not its transfers",
        "payment p WHERE p.state = 'paid' AND p.points_cents <> (SELECT COALESCE(SUM(t.amount_cents), 0)
            FROM transfer t WHERE t.kind = 'pay' AND t.subject_id = p.id)",
    ),
    (
        "a transfer without its payment",
        "transfer t WHERE t.kind = 'pay' AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.id = t.subject_id)",
    ),
    (
        "a part that is not its transfer",
        "payment_part x LEFT JOIN transfer t ON t.id = x.transfer_id
            WHERE t.id IS NULL OR t.amount_cents <> x.points_cents OR t.book_id <> x.book_id",
    ),
    (
        "parts that are not the whole",
        "(SELECT p.id FROM payment p JOIN payment_part x ON x.payment_id = p.id
            GROUP BY p.id, p.points_cents HAVING SUM(x.points_cents) <> p.points_cents) odd",
    ),
    (
        "a refund that is not in its payment",
        "payment p WHERE p.state = 'paid' AND p.points_back_cents <> (SELECT COALESCE(SUM(r.points_cents), 0)
            FROM refund r WHERE r.payment_id = p.id AND r.state = 'done')",
    ),
    (
        "a refund that is not its transfers",
        "payment p WHERE p.state = 'paid' AND p.points_back_cents <> (SELECT COALESCE(SUM(t.amount_cents), 0)
            FROM transfer t WHERE t.kind = 'refund' AND t.subject_id = p.id)",
    ),
    (
        "a refund without its step",
        "refund r WHERE r.state = 'done' AND NOT EXISTS (SELECT 1 FROM payment_step t
            WHERE t.payment_id = r.payment_id AND t.refund_id = r.id AND t.points_cents = r.points_cents)",
    ),
    (
        // What goes back on a later day is not of the day.
        "a day that is not its payments",
        "spend_day d LEFT JOIN (
            SELECT one.owner_id, one.day, SUM(one.cents) AS cents, SUM(one.times) AS times FROM (
                SELECT s.person_id AS owner_id, s.day, s.payment_id,
                    CASE s.kind WHEN 'paid' THEN s.points_cents ELSE -s.points_cents END AS cents,
                    CASE s.kind WHEN 'paid' THEN 1 ELSE 0 END AS times FROM payment_step s
                UNION ALL SELECT s.shop_id, s.day, s.payment_id,
                    CASE s.kind WHEN 'paid' THEN s.points_cents ELSE -s.points_cents END,
                    CASE s.kind WHEN 'paid' THEN 1 ELSE 0 END FROM payment_step s
                ) one JOIN payment p ON p.id = one.payment_id AND p.day = one.day AND p.state = 'paid'
                GROUP BY one.owner_id, one.day
            ) made ON made.owner_id = d.owner_id AND made.day = d.day
            WHERE made.cents IS NULL OR made.cents <> d.cents OR made.times <> d.times",
    ),
];

kernel::both_engines! {
    async fn what_was_paid_at_the_counter_is_paid_once_and_whole(house: DemoCity) {
        let mut running = house.serve(&["--demo"]);
        let mut counter = Counter::open(&house, &running).await;
        let (mut paid, mut back) = (BTreeMap::<Id, i64>::new(), BTreeMap::<Id, i64>::new());
        for seed in kills() {
            counter.enrol();
            let mut asked = counter.pay_until_killed(&running, seed);
            assert!(asked.iter().any(|one| one.told.is_some()), "nobody was answered in time (seed {seed})");
            drop(running);
            running = house.serve(&["--demo"]);
            counter.moved_to(&running.address);
            asked.iter_mut().for_each(|one| counter.settle(one));
            for one in asked.iter().filter(|one| one.told.is_some()) {
                let told = if one.of.is_some() { &mut back } else { &mut paid };
                told.insert(one.id, one.cents);
            }
            assert!(!back.is_empty(), "nothing was to go back (seed {seed})");

            let db = Db::connect(&house.database_url()).await.unwrap();
            let there = [amounts(&db, "payment WHERE state = 'paid'").await, amounts(&db, "refund WHERE state = 'done'").await];
            assert_eq!(there, [paid.clone(), back.clone()], "seed {seed}: each once, and none that nobody asked for");
            for (what, sql) in TORN {
                assert_eq!(count(&db, sql).await, 0, "seed {seed}: {what}");
            }
            let there = ["pay_code_use", "payment_part", "spend_day WHERE kind = 'shop'"];
            for table in there {
                assert!(count(&db, table).await > 0, "seed {seed}: nothing was looked at in {table}");
            }
            db.close().await.unwrap();
            let verified = house.run(&["verify", "ledger"], &[]);
            let said = String::from_utf8_lossy(&verified.stdout);
            assert!(verified.status.success(), "seed {seed}: {said}{}", String::from_utf8_lossy(&verified.stderr));
            assert!(transfers(&said) > paid.len(), "seed {seed}: {said}");
        }
        assert!(running.stop().success());
    }
}

/// A shop, who stands at its till, and who pays.
struct Counter {
    shop: Id,
    cashier: Browser,
    members: Vec<Member>,
}

/// A member with a phone.
struct Member {
    browser: Browser,
    /// Two pay codes that are good now.
    codes: Vec<String>,
}

/// Something that was asked, the same every time.
struct Asked {
    id: Id,
    cents: i64,
    /// Who pays.
    member: usize,
    /// Charged by her code; otherwise she pays herself.
    by_code: bool,
    /// The payment of which it goes back, of a refund.
    of: Option<Id>,
    body: Value,
    /// What was answered.
    told: Option<Value>,
}

impl Counter {
    /// Members with points of two books and a session each, written beside the server.
    async fn open(house: &House, running: &Running) -> Self {
        let db = Db::connect(&house.database_url()).await.unwrap();
        let rich = "SELECT owner_id AS id FROM ledger_account WHERE kind = 'wallet' AND balance_cents >= 20000
            ORDER BY owner_id LIMIT $1";
        let people = ids(&db, rich, i64::try_from(MEMBERS).unwrap()).await;
        assert_eq!(people.len(), MEMBERS);
        let shop = ids(&db, "SELECT id FROM shop ORDER BY code LIMIT $1", 1).await[0];
        entrust(&db, &people).await;
        let tx = db.begin_relaxed().await.unwrap();
        // Nobody here is to be held up by what a member may do in a day.
        let often = "UPDATE parameter SET value = '1000000' WHERE name = 'counter.person_day_times'";
        assert_eq!(tx.execute_unprepared(often).await.unwrap().rows_affected(), 1);
        let mut members = Vec::new();
        for person in people {
            let token = enter_session(&db, &tx, person).await;
            let browser = Browser::signed_in(running.address.clone(), &token);
            members.push(Member { browser, codes: Vec::new() });
        }
        commit(tx).await.unwrap();
        db.close().await.unwrap();
        Self { shop, cashier: running.visitor("cashier"), members }
    }

    /// Every phone gets a new secret, and makes the code of now and the next one.
    fn enrol(&mut self) {
        for member in &mut self.members {
            let told = member.browser.post("/api/pay/devices", &json!({ "label": "示例手机" }));
            assert_eq!(told.status, 200, "{}", told.text);
            let secret = STANDARD.decode(told.body["secret"].as_str().unwrap()).unwrap();
            let (number, now) = (told.body["number"].as_str().unwrap(), Clock::system().now());
            let later = [0, code::STEP_SECONDS].map(|seconds| now + TimeDelta::seconds(seconds));
            member.codes = later.iter().map(|at| code::show(number, &secret, *at)).collect();
        }
    }

    fn moved_to(&mut self, address: &str) {
        self.cashier.moved_to(address);
        self.members.iter_mut().for_each(|member| member.browser.moved_to(address));
    }

    /// Everybody pays until the server is killed; answers what was asked, and what was answered.
    fn pay_until_killed(&self, running: &Running, seed: u64) -> Vec<Asked> {
        // A different moment after the first answer each time, the same for the same seed.
        let life = Duration::from_millis(50 + seed.wrapping_mul(7_919) % if long() { 1_500 } else { 700 });
        let heard = &AtomicUsize::new(0);
        std::thread::scope(|scope| {
            let each = MEMBERS / AT_ONCE;
            let workers: Vec<_> =
                (0..AT_ONCE).map(|at| scope.spawn(move || self.pay(at * each..(at + 1) * each, heard))).collect();
            let started = Instant::now();
            while heard.load(Ordering::Relaxed) == 0 && started.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(life);
            running.kill_now();
            workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
        })
    }

    /// A few members take turns until nobody answers; now and then the shop gives a cent of the last payment back.
    fn pay(&self, few: Range<usize>, heard: &AtomicUsize) -> Vec<Asked> {
        let (mut all, mut last) = (Vec::new(), None);
        for (round, member) in (0_usize..).flat_map(|round| few.clone().map(move |member| (round, member))) {
            let payment = last.take().filter(|_| round.is_multiple_of(3));
            let mut one = payment.map_or_else(|| self.ask(round, member), |payment| back(payment, member));
            match self.send(&one) {
                Some((200, told)) => {
                    heard.fetch_add(1, Ordering::Relaxed);
                    one.told = Some(told);
                }
                Some((503, _)) => {}
                Some((status, told)) => panic!("{status} {told}"),
                None => {
                    all.push(one);
                    break;
                }
            }
            last = one.told.is_some().then_some(one.id).filter(|_| one.of.is_none());
            all.push(one);
        }
        all
    }

    /// By a code every other time, for as long as there are codes.
    fn ask(&self, round: usize, member: usize) -> Asked {
        let (id, cents) = (Ids::random(), i64::try_from(1 + (round + member) % 5).unwrap());
        let code = self.members[member].codes.get(round / 2).filter(|_| round.is_multiple_of(2));
        let body = match code {
            Some(code) => json!({ "id": id, "code": code, "points_cents": cents }),
            None => json!({ "id": id, "points_cents": cents }),
        };
        Asked { id, cents, member, by_code: code.is_some(), of: None, body, told: None }
    }

    /// Asks; `None` when the server went away before it answered.
    fn send(&self, one: &Asked) -> Option<(u16, Value)> {
        let answer = if let Some(payment) = one.of {
            self.cashier.try_post(&format!("/api/shop/shops/{}/payments/{payment}/refund", self.shop), &one.body)
        } else if one.by_code {
            self.cashier.try_post(&format!("/api/shop/shops/{}/charge", self.shop), &one.body)
        } else {
            let path = format!("/api/pay/shops/{}/pay", self.shop);
            self.members[one.member].browser.try_post(&path, &one.body)
        };
        answer.map(|answer| (answer.status, answer.body))
    }

    /// Asks the same again until it is answered. An acknowledged one asks again, too: it must hear the same.
    fn settle(&self, one: &mut Asked) {
        let started = Instant::now();
        loop {
            match self.send(one) {
                Some((200, told)) => {
                    let before = one.told.as_ref().map(lasting);
                    assert!(before.is_none_or(|before| before == lasting(&told)), "{:?}, then {told}", one.told);
                    one.told = Some(told);
                    return;
                }
                // It never arrived, and took so long that its code is over: the cashier gives it up.
                Some((422, told)) if one.told.is_none() && told["code"] == "counter.code_late" => {
                    let path = format!("/api/shop/shops/{}/payments/{}/reverse", self.shop, one.id);
                    let reversed = self.cashier.post(&path, &json!({}));
                    assert_eq!(reversed.body["state"], "reversed", "{}", reversed.text);
                    return;
                }
                Some((503, _)) | None => {}
                Some((status, told)) => panic!("{status} {told}"),
            }
            assert!(started.elapsed() < PATIENCE, "nobody answers");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A cent of a payment goes back.
fn back(payment: Id, member: usize) -> Asked {
    let id = Ids::random();
    let body = json!({ "id": id, "points_cents": 1, "reason": "示例退货" });
    Asked { id, cents: 1, member, by_code: false, of: Some(payment), body, told: None }
}

/// What a receipt says whatever went back meanwhile.
fn lasting(told: &Value) -> Value {
    let mut told = told.clone();
    for part in told["parts"].as_array_mut().into_iter().flatten() {
        part["points_back_cents"].take();
    }
    for name in ["points_back_cents", "cash_back_cents", "refunds"] {
        told[name].take();
    }
    told
}

/// A book of a funder, and points from it for everybody.
async fn entrust(db: &Db, people: &[Id]) {
    let app = TestApp::open(db.clone());
    let tx = Cx::system(&app).begin_bulk().await.unwrap();
    let book_id = ledger::open_book(&tx, "示例专项资金", "示例市人力资源局").await.unwrap();
    let budget = NewAccount {
        book_id,
        kind: AccountKind::Budget,
        owner_id: Some(Ids::random()),
        purpose: "entrusted".to_owned(),
        fiscal_year: 2026,
        floor_cents: Some(0),
    };
    let budget_id = ledger::open_account(&tx, budget).await.unwrap();
    let order = |what| Order { id: Ids::random(), book_id, by: None, what };
    let amount_cents = ENTRUSTED_CENTS * i64::try_from(people.len()).unwrap();
    let mut orders = vec![order(What::TopUp { budget_id, amount_cents, bank_line_id: Ids::random() })];
    let expires_on = tx.today() + Days::new(30);
    orders.extend(people.iter().map(|person| {
        let (person_id, amount_cents, reason) = (*person, ENTRUSTED_CENTS, "示例发放".to_owned());
        order(What::Issue { budget_id, person_id, amount_cents, expires_on, reason, subject_id: None })
    }));
    for outcome in ledger::apply(&tx, &orders).await.unwrap() {
        outcome.unwrap();
    }
    tx.commit(()).await.unwrap();
}

/// Rows with their points.
async fn amounts(db: &Db, from: &str) -> BTreeMap<Id, i64> {
    let sql = db.statement(&format!("SELECT id, points_cents FROM {from}"), []);
    let rows = db.read().query_all_raw(sql).await.unwrap();
    rows.iter().map(|row| (row.try_get("", "id").unwrap(), row.try_get("", "points_cents").unwrap())).collect()
}

async fn ids(db: &Db, sql: &str, limit: i64) -> Vec<Id> {
    let rows = db.read().query_all_raw(db.statement(sql, [limit.into()])).await.unwrap();
    rows.iter().map(|row| row.try_get("", "id").unwrap()).collect()
}

async fn count(db: &Db, from: &str) -> i64 {
    let sql = format!("SELECT CAST(count(*) AS bigint) AS n FROM {from}");
    let row = db.read().query_one_raw(db.statement(&sql, [])).await.unwrap();
    row.unwrap().try_get("", "n").unwrap()
}

/// Transfers that a proof says it looked at.
fn transfers(said: &str) -> usize {
    let number = said.split("transfers: ").nth(1).and_then(|rest| rest.split('，').next());
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}

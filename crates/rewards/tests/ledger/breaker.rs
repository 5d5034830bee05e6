//! A book whose figures do not agree stands still at the next look: whatever was changed, with everything still read, and
//! never without a cause.

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use futures::future::join_all;
use kernel::Id;
use kernel::db::insert_rows;
use kernel::id::Ids;
use rewards::ledger::{
    AccountKind, Joint, NewAccount, OWN_BOOK, Order, Spend, apply_joint, carry_out, open_account, open_book, plain,
};
use rewards::points::audit::stop::watch::{look, walk};
use rewards::testing::RewardsCity;
use serde_json::Value;

use super::stage::{Stage, code};
use super::tamper::{CHANGES, TABLES, one_of_each, spelled, unlocked};

/// Callers at once.
const CALLERS: usize = 60;

/// What two people do after a proof, the short way; the auditor begins anew.
async fn let_go_on(city: &RewardsCity) {
    for sql in [
        "UPDATE ledger_book SET stopped_at = NULL, stopped_reason = NULL",
        "DELETE FROM ledger_stop",
        "UPDATE ledger_watch SET places = '{}'",
    ] {
        city.database().tamper(sql).await;
    }
}

/// Nothing is found, and something was looked at.
async fn looks_sound(city: &RewardsCity) {
    let looked = look(&city.app).await.unwrap();
    assert!(looked.report.is_sound() && looked.stopped.is_empty(), "{looked:#?}");
    assert!(looked.report.transfers > 0 && looked.report.accounts > 0 && looked.report.lots > 0);
}

/// So many orders that were refused.
async fn refused(city: &RewardsCity, many: usize) {
    let tx = city.system().begin_bulk().await.unwrap();
    let columns = [
        "id",
        "fingerprint",
        "code",
        "message",
        "amount_cents",
        "debit_after_cents",
        "credit_after_cents",
        "seq",
        "at",
    ];
    let (now, nothing) = (tx.now(), 0_i64);
    let row = |_| {
        vec![
            Ids::random().into(),
            vec![0_u8; 32].into(),
            "ledger.short".into(),
            "积分不够".into(),
            nothing.into(),
            nothing.into(),
            nothing.into(),
            nothing.into(),
            now.into(),
        ]
    };
    insert_rows(&tx, "burnt_key", &columns, (0..many).map(row).collect(), "").await.unwrap();
    tx.commit(()).await.unwrap();
}

/// All of them at once, each in a task of its own.
async fn at_once(city: &RewardsCity, orders: &[Order]) -> Vec<Result<Id, String>> {
    let asked = orders.iter().cloned().map(|order| {
        let app = city.app.clone();
        tokio::spawn(async move { carry_out(&app, order).await })
    });
    let answer = |answer: kernel::Result<rewards::ledger::Done>| match answer {
        Ok(done) => Ok(done.transfer_id),
        Err(error) => Err(code(&error)),
    };
    join_all(asked).await.into_iter().map(|asked| answer(asked.unwrap())).collect()
}

kernel::both_engines! {
    async fn the_next_look_after_any_change_stops_the_book(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        let person = one_of_each(&stage).await;
        looks_sound(&city).await;
        for table in TABLES.into_iter().chain(["ledger_stop"]) {
            city.database().tamper(&unlocked(&city, table)).await;
        }
        for (change, back) in CHANGES {
            city.database().tamper(&spelled(change)).await;
            let looked = look(&city.app).await.unwrap();
            assert_eq!(looked.stopped, [OWN_BOOK], "not found: {change}");
            assert_eq!(stage.ask(stage.order(stage.pay_of(person, 1))).await, Err("ledger.stopped".into()), "{change}");
            // Once is enough, and what is there is still read.
            assert!(look(&city.app).await.unwrap().stopped.is_empty(), "{change}");
            let seen = city.city_officer().get("/api/points/proof").await.ok();
            assert!(!seen["books"][0]["stop"]["found"].as_array().unwrap().is_empty(), "{change}: {seen}");
            assert!(stage.wallet(person).await.balance_cents > 0);
            city.database().tamper(&spelled(back)).await;
            let_go_on(&city).await;
        }
        looks_sound(&city).await;
        stage.done(stage.pay_of(person, 1)).await;
        stage.sound().await;
    }

    /// Two thousand rows of a table a read: the look takes the first ones, and the walk goes on for as long as it may.
    async fn a_cold_row_is_found_within_one_walk(city: RewardsCity) {
        let (stage, officer) = (Stage::open(&city).await, city.city_officer());
        stage.issue(Ids::random(), 100, "2027-06-30").await;
        refused(&city, 6_500).await;
        let last = "(SELECT id FROM burnt_key ORDER BY id DESC LIMIT 1)";
        for table in ["burnt_key", "ledger_stop"] {
            city.database().tamper(&unlocked(&city, table)).await;
        }
        city.database().tamper(&format!("UPDATE burnt_key SET code = 'ledger.nonsense' WHERE id = {last}")).await;
        looks_sound(&city).await;
        let reads = AtomicUsize::new(0);
        let enough = || reads.fetch_add(1, Ordering::Relaxed) == 2;
        assert!(walk(&city.app, enough).await.unwrap().is_empty());
        assert_eq!(reads.load(Ordering::Relaxed), 3);
        assert_eq!(officer.get("/api/points/proof").await.ok()["walked"], Value::Null);
        // It goes on where it was, and says how long it took from its beginning.
        city.clock.advance(TimeDelta::seconds(90));
        assert_eq!(walk(&city.app, || false).await.unwrap(), [OWN_BOOK]);
        assert_eq!(officer.get("/api/points/proof").await.ok()["walked"]["seconds"], 90);
        city.database().tamper(&format!("UPDATE burnt_key SET code = 'ledger.short' WHERE id = {last}")).await;
        let_go_on(&city).await;
        looks_sound(&city).await;
        assert!(walk(&city.app, || false).await.unwrap().is_empty());
    }

    async fn nothing_is_found_while_sixty_pay_and_get_back(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        let members = stage.members(CALLERS, 1_000).await;
        let round = async || {
            let pays: Vec<Order> = members.iter().map(|(person, _)| stage.order(stage.pay_of(*person, 30))).collect();
            let paid = at_once(&city, &pays).await;
            let backs: Vec<Order> = paid.into_iter().map(|paid| stage.order(stage.refund_of(paid.unwrap(), 10))).collect();
            let holds = members.iter().map(|(person, _)| stage.order(stage.hold_of(*person, 5, 10)));
            let orders: Vec<Order> = backs.into_iter().chain(holds).collect();
            assert!(at_once(&city, &orders).await.iter().all(Result::is_ok));
        };
        let looks = async {
            for _ in 0..12 {
                looks_sound(&city).await;
            }
        };
        let work = async {
            for _ in 0..4 {
                round().await;
            }
        };
        tokio::join!(looks, work);
        looks_sound(&city).await;
        stage.sound().await;
    }

    /// Orders that are under way when it trips are carried out whole, or leave nothing and may be asked again.
    async fn what_is_under_way_is_whole_or_not_there(city: RewardsCity) {
        let stage = Stage::open(&city).await;
        let members = stage.members(CALLERS, 1_000).await;
        city.database().tamper(&unlocked(&city, "ledger_stop")).await;
        let cold = "UPDATE ledger_account SET balance_cents = balance_cents + 1 WHERE kind = 'merchant'";
        looks_sound(&city).await;
        city.database().tamper(cold).await;
        let before = stage.number("SELECT CAST(count(*) AS bigint) AS n FROM transfer WHERE id <> $1", Id::nil()).await;
        let orders: Vec<Order> = members.iter().map(|(person, _)| stage.order(stage.pay_of(*person, 30))).collect();
        let (answers, looked) = tokio::join!(at_once(&city, &orders), look(&city.app));
        // What was written meanwhile followed from the changed balance; it stands still for that, too.
        assert_eq!(looked.unwrap().stopped, [OWN_BOOK]);
        let done = answers.iter().filter(|answer| answer.is_ok()).count();
        assert!(answers.iter().all(|answer| answer.is_ok() || answer == &Err("ledger.stopped".to_owned())), "{answers:?}");
        let after = stage.number("SELECT CAST(count(*) AS bigint) AS n FROM transfer WHERE id <> $1", Id::nil()).await;
        assert_eq!(usize::try_from(after - before).unwrap(), done);
        // An answer that was given is given again, and what was refused left nothing behind.
        for (order, answer) in orders.iter().zip(&answers) {
            assert_eq!(&stage.ask(order.clone()).await.map(|done| done.transfer_id), answer);
        }
        let burnt = "SELECT CAST(count(*) AS bigint) AS n FROM burnt_key WHERE id <> $1";
        assert_eq!(stage.number(burnt, Id::nil()).await, 0);
        let tx = city.system().begin_bulk().await.unwrap();
        let sql = "INSERT INTO transfer (id, fingerprint, book_id, seq, kind, debit_id, credit_id, amount_cents,
                debit_after_cents, credit_after_cents, reason, event_id, at, day)
            SELECT $1, fingerprint, book_id, 1000000, 'adjust', debit_id, credit_id, amount_cents, debit_after_cents,
                credit_after_cents, reason, event_id, at, day FROM transfer WHERE seq = 1";
        assert!(tx.execute_sql(sql, [Ids::random().into()]).await.is_err(), "the table takes nothing either");
        drop(tx);
        let_go_on(&city).await;
        assert!(at_once(&city, &orders).await.iter().all(Result::is_ok));
    }

    async fn a_book_stands_still_by_itself(city: RewardsCity) {
        let (stage, person) = (Stage::open(&city).await, Ids::random());
        stage.issue(person, 100, "2027-06-30").await;
        let tx = city.system().begin_bulk().await.unwrap();
        let other = open_book(&tx, "示例专项", "示例局").await.unwrap();
        let merchant = NewAccount {
            book_id: other,
            kind: AccountKind::Merchant,
            owner_id: Some(Id::from_u128(77)),
            purpose: String::new(),
            fiscal_year: 0,
            floor_cents: Some(0),
        };
        let to = open_account(&tx, merchant).await.unwrap();
        tx.commit(()).await.unwrap();
        looks_sound(&city).await;
        write(&city, "UPDATE ledger_account SET balance_cents = 1 WHERE id = $1", to).await;
        assert_eq!(look(&city.app).await.unwrap().stopped, [other]);
        stage.done(stage.pay_of(person, 1)).await;
        // Over both of them it is refused whole, and may be asked again.
        let spend = Spend {
            id: Ids::random(),
            by: None,
            person_id: person,
            to: vec![(OWN_BOOK, stage.merchant), (other, to)],
            amount_cents: 10,
            shop_id: None,
            reason: "午餐".into(),
            subject_id: None,
        };
        let ask = async || {
            let tx = city.system().begin_bulk().await.unwrap();
            let answer = apply_joint(&tx, &[Joint::Spend(spend.clone())]).await.unwrap().remove(0);
            tx.commit(()).await.unwrap();
            answer.map(|parts| parts.len()).map_err(|refusal| refusal.code.to_string())
        };
        assert_eq!(ask().await, Err("ledger.stopped".into()));
        // The plain ledger says the same of both.
        let tx = city.system().begin_bulk().await.unwrap();
        let alone = Order { id: Ids::random(), book_id: other, by: None, what: stage.pay_of(person, 1) };
        assert_eq!(plain::carry_out(&tx, &alone).await.unwrap().unwrap_err().code, "ledger.stopped");
        let joint = Joint::Spend(spend.clone());
        assert_eq!(plain::carry_out_joint(&tx, &joint).await.unwrap().unwrap_err().code, "ledger.stopped");
        drop(tx);
        write(&city, "UPDATE ledger_account SET balance_cents = 0 WHERE id = $1", to).await;
        write(&city, "UPDATE ledger_book SET stopped_at = NULL WHERE id = $1", other).await;
        assert_eq!(ask().await, Ok(1));
        stage.sound().await;
    }
}

async fn write(city: &RewardsCity, sql: &str, id: Id) {
    let tx = city.system().begin_bulk().await.unwrap();
    assert_eq!(tx.execute_sql(sql, [id.into()]).await.unwrap(), 1);
    tx.commit(()).await.unwrap();
}

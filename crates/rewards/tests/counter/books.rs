//! Points that a funder entrusted are paid together with the city's own: one payment, and every book by itself.

use chrono::{Days, TimeDelta};
use futures::future::join_all;
use kernel::Id;
use kernel::id::Ids;
use registry::testing::TestCity;
use rewards::counter::parameters::{PERSON_DAY_CENTS, PERSON_DAY_TIMES};
use rewards::ledger::{self, AccountKind, NewAccount, Order, What, verify};
use rewards::points::issue::report::of_subject;
use rewards::settlement::cut;
use rewards::testing::RewardsCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::stage::{Stage, cents};

/// A book of a funder, and points from it that are good for so many days.
async fn entrust(city: &RewardsCity, person_id: Id, amount_cents: i64, days: u64) -> Id {
    let tx = city.system().begin_bulk().await.unwrap();
    let book_id = ledger::open_book(&tx, "示例留江过年专项", "示例市人力资源局").await.unwrap();
    let budget = NewAccount {
        book_id,
        kind: AccountKind::Budget,
        owner_id: Some(TestCity::UNION),
        purpose: "entrusted".into(),
        fiscal_year: 2026,
        floor_cents: Some(0),
    };
    let budget_id = ledger::open_account(&tx, budget).await.unwrap();
    let expires_on = tx.today() + Days::new(days);
    tx.commit(()).await.unwrap();
    let reason = "示例发放".to_owned();
    for what in [
        What::TopUp { budget_id, amount_cents, bank_line_id: Ids::random() },
        What::Issue { budget_id, person_id, amount_cents, expires_on, reason, subject_id: Some(book_id) },
    ] {
        ledger::carry_out(&city.app, Order { id: Ids::random(), book_id, by: None, what }).await.unwrap();
    }
    book_id
}

async fn available(stage: &Stage<'_>) -> i64 {
    cents(&stage.member.get("/api/pay").await.ok(), "available_cents")
}

async fn left(stage: &Stage<'_>, book: Id) -> i64 {
    let wallet = ledger::wallet_id(book, stage.person);
    ledger::balance(stage.city.db.read(), wallet).await.unwrap().balance_cents
}

/// By book: what was paid, and what went back.
fn parts(receipt: &Value) -> Vec<(i64, i64)> {
    let part = |part: &Value| (cents(part, "points_cents"), cents(part, "points_back_cents"));
    receipt["parts"].as_array().unwrap().iter().map(part).collect()
}

async fn sound(city: &RewardsCity) {
    let snapshot = city.db.begin_snapshot().await.unwrap();
    let report = verify::verify(&snapshot).await.unwrap();
    kernel::db::commit(snapshot).await.unwrap();
    assert!(report.is_sound(), "{report:#?}");
}

/// The first of its table.
async fn only(stage: &Stage<'_>, table: &str) -> Id {
    let sql = format!("SELECT id FROM {table}");
    let row = stage.city.db.read().query_one_raw(stage.city.db.statement(&sql, [])).await.unwrap();
    row.unwrap().try_get("", "id").unwrap()
}

/// Every book owes the merchant what was paid with its points: three have paid, this one the most.
async fn every_book_owes(stage: &Stage<'_>, book: Id) {
    let city = stage.city;
    city.clock.advance(TimeDelta::days(1));
    cut::round(&city.app).await.unwrap();
    let (officer, merchant) = (city.city_officer(), only(stage, "merchant").await);
    let list = format!("/api/merchants/{merchant}/statements");
    let all = officer.get(&list).await.ok();
    let net = |of: &Value| of["items"].as_array().unwrap().iter().map(|row| cents(row, "net_cents")).sum::<i64>();
    assert_eq!((all["items"].as_array().map(Vec::len), net(&all)), (Some(3), 4_000));
    assert_eq!(net(&officer.get(&format!("{list}?book_id={book}")).await.ok()), 3_000);
    let mut seen = Vec::new();
    let mut next = String::new();
    for _ in 0..3 {
        let page = officer.get(&format!("{list}?limit=1{next}")).await.ok();
        seen.push(page["items"][0]["id"].clone());
        next = format!("&after={}", page["next"].as_str().unwrap_or_default().replace(' ', "%20"));
    }
    let ids: Vec<Value> = all["items"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
    assert_eq!(seen, ids);
    let owed = officer.get(&format!("/api/settlement-owed?book_id={book}")).await.ok();
    assert_eq!(cents(&owed["items"][0], "owed_cents"), 3_000);
}

kernel::both_engines! {
    async fn points_of_all_books_are_one_payment(city: RewardsCity) {
        let stage = Stage::open(&city, 1, 10_000).await;
        let own = ledger::OWN_BOOK;
        let book = entrust(&city, stage.person, 3_000, 100).await;
        assert_eq!(available(&stage).await, 13_000);
        // What ends first goes first: everything that was entrusted, and the rest of the city's own.
        let payment = Ids::random();
        for _ in 0..2 {
            let told = stage.pay(0, payment, 4_000).await.ok();
            assert_eq!((cents(&told, "points_cents"), parts(&told)), (4_000, vec![(1_000, 0), (3_000, 0)]));
            assert_eq!((&told["parts"][1]["book_id"], &told["parts"][1]["funder"]), (&json!(book), &json!("示例市人力资源局")));
            // Who paid reads no name of an account book.
            let names = (&told["parts"][0]["book_name"], &told["parts"][1]["book_name"]);
            assert_eq!(names, (&json!("工会积分"), &json!("示例留江过年专项")));
        }
        assert_eq!((left(&stage, own).await, left(&stage, book).await), (9_000, 0));
        assert_eq!((stage.count("payment").await, stage.count("transfer WHERE kind = 'pay'").await), (1, 2));
        // The shop sees one amount, and not of which fund it is.
        let shown = stage.cashiers[0].get(&stage.path(0, &format!("/payments/{payment}"))).await.ok();
        assert_eq!((cents(&shown, "points_cents"), parts(&shown)), (4_000, vec![]));
        // Limits look at the whole amount.
        stage.set(PERSON_DAY_CENTS, 4_500).await;
        stage.pay(0, Ids::random(), 501).await.refused(409, "counter.limit");
        stage.set(PERSON_DAY_CENTS, 200_000).await;

        // What goes back goes to the lots it came from, newest split first; never more than was paid.
        stage.refund(0, payment, Ids::random(), 1_500, 0).await.ok();
        let path = format!("/api/payments/{payment}");
        assert_eq!(parts(&stage.member.get(&path).await.ok()), [(1_000, 1_000), (3_000, 500)]);
        assert_eq!((left(&stage, own).await, left(&stage, book).await), (10_000, 500));
        stage.refund(0, payment, Ids::random(), 2_501, 0).await.refused(409, "counter.refund_more");
        let other = Ids::random();
        stage.pay(0, other, 700).await.ok();
        stage.reverse(0, other).await.ok();
        assert_eq!((left(&stage, own).await, left(&stage, book).await), (10_000, 500));

        // A wallet that stands still stands still in every book, also in one that comes later.
        let wallet = format!("/api/wallets/{}", stage.person);
        city.county_officer().post(&format!("{wallet}/freeze"), json!({ "reason": "手机被盗" })).await.ok();
        let late = entrust(&city, stage.person, 200, 50).await;
        stage.pay(0, Ids::random(), 100).await.refused(409, "ledger.frozen");
        city.county_officer().post(&format!("{wallet}/unfreeze"), json!({ "reason": "已换手机" })).await.ok();
        // All of it from one fund.
        let told = stage.pay(0, Ids::random(), 200).await.ok();
        assert_eq!((parts(&told), left(&stage, late).await), (vec![(200, 0)], 0));

        // Cash that was paid beside the points of a fund is spending that they moved.
        let phone = stage.phone().await;
        let body = json!({ "id": Ids::random(), "code": stage.code(&phone), "points_cents": 300, "cash_cents": 700 });
        stage.cashiers[0].post(&stage.path(0, "/charge"), body).await.ok();
        let used = of_subject(city.db.read(), book).await.unwrap();
        assert_eq!((used.issued_cents, used.spent_cents, used.left_cents, used.moved_cents), (3_000, 2_800, 200, 3_500));
        // Of cash beside points of several funds each moved its part: here a fifth.
        let body = json!({ "id": Ids::random(), "code": stage.next_code(&phone), "points_cents": 1_000, "cash_cents": 1_000 });
        stage.cashiers[0].post(&stage.path(0, "/charge"), body).await.ok();
        let used = of_subject(city.db.read(), book).await.unwrap();
        assert_eq!((used.spent_cents, used.left_cents, used.moved_cents), (3_000, 0, 3_500 + 200 + 200));

        every_book_owes(&stage, book).await;
        sound(&city).await;
        for sql in ["UPDATE payment_part SET points_cents = 1", "DELETE FROM payment_part"] {
            let tx = city.system().begin_bulk().await.unwrap();
            assert!(tx.execute_sql(sql, []).await.is_err(), "{sql}");
        }
    }

    async fn what_goes_back_to_points_that_had_ended_is_not_moved(city: RewardsCity) {
        let stage = Stage::open(&city, 1, 10_000).await;
        let book = entrust(&city, stage.person, 1_000, 10).await;
        let payment = Ids::random();
        stage.pay(0, payment, 1_000).await.ok();
        let figures = async || {
            let used = of_subject(city.db.read(), book).await.unwrap();
            [used.spent_cents, used.left_cents, used.moved_cents, used.spent_people]
        };
        assert_eq!(figures().await, [1_000, 0, 1_000, 1]);
        city.clock.advance(TimeDelta::days(20));
        stage.refund(0, payment, Ids::random(), 400, 0).await.ok();
        assert_eq!(figures().await, [600, 400, 600, 1]);
        // It is in a lot of its own now, and spent like any other.
        stage.pay(0, Ids::random(), 300).await.ok();
        assert_eq!(figures().await, [900, 100, 900, 1]);
        stage.refund(0, payment, Ids::random(), 600, 0).await.ok();
        assert_eq!(figures().await, [300, 700, 300, 1]);
        sound(&city).await;
    }

    async fn nobody_spends_more_than_all_books_hold(city: RewardsCity) {
        let stage = Stage::open(&city, 2, 2_050).await;
        stage.set(PERSON_DAY_TIMES, 10_000).await;
        let book = entrust(&city, stage.person, 1_950, 100).await;
        let ids: Vec<Id> = (0..60).map(|_| Ids::random()).collect();
        let answers = join_all(ids.iter().enumerate().map(|(at, id)| stage.pay(at % 2, *id, 100))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 40);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            answer.refused(409, "ledger.short");
        }
        assert_eq!((left(&stage, ledger::OWN_BOOK).await, left(&stage, book).await), (0, 0));
        // Half and half once, at the seam, and every payment is the sum of its transfers.
        assert_eq!(stage.count("transfer WHERE kind = 'pay'").await, 41);
        let odd = "payment p WHERE p.state = 'paid' AND p.points_cents <>
            (SELECT sum(t.amount_cents) FROM transfer t WHERE t.subject_id = p.id AND t.kind = 'pay')";
        assert_eq!(stage.count(odd).await, 0);
        // Refunded by many at once, everything is back where it was.
        let refunds = join_all(ids.iter().enumerate().map(|(at, id)| stage.refund(at % 2, *id, Ids::random(), 100, 0))).await;
        assert_eq!(refunds.iter().filter(|answer| answer.status == 200).count(), 40);
        assert_eq!((left(&stage, ledger::OWN_BOOK).await, left(&stage, book).await), (2_050, 1_950));
        sound(&city).await;
    }
}

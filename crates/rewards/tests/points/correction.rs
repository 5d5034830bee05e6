//! What was issued wrongly comes back once, as far as nobody spent it, by two people.

use std::time::Duration;

use futures::future::join_all;
use kernel::Id;
use kernel::testing::{Client, seeds};
use registry::testing::TestCity;
use rewards::ledger::{self, AccountKind, NewAccount, OWN_BOOK, Order, What, verify};
use rewards::points::issue::correction::run::{Correcting, Step, carry};
use rewards::testing::RewardsCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::stage::{approve, funded, issued, number, page, text};

const CORRECTION: &str = "issue_correction";

async fn merchant(city: &RewardsCity) -> Id {
    let tx = city.system().begin_bulk().await.unwrap();
    let (kind, owner_id, purpose) = (AccountKind::Merchant, Some(city.ids.next()), String::new());
    let new = NewAccount { book_id: OWN_BOOK, kind, owner_id, purpose, fiscal_year: 0, floor_cents: None };
    let id = ledger::open_account(&tx, new).await.unwrap();
    tx.commit(id).await.unwrap()
}

fn pays(city: &RewardsCity, person_id: Id, merchant_account_id: Id, amount_cents: i64) -> Order {
    let reason = "午餐".to_owned();
    let what = What::Pay { person_id, merchant_account_id, amount_cents, shop_id: None, reason, subject_id: None };
    Order { id: city.ids.next(), book_id: OWN_BOOK, by: None, what }
}

fn path(batch: &str) -> String {
    format!("/api/points/batches/{batch}/corrections")
}

fn whole() -> Value {
    json!({ "whole": true, "reason": "名单用错了" })
}

fn named(persons: &[Id]) -> Value {
    json!({ "whole": false, "person_ids": persons, "reason": "重复发了一份" })
}

/// The latest correction of a batch.
async fn latest(client: &Client, batch: &str) -> Value {
    client.get(&path(batch)).await.ok()["items"][0].clone()
}

async fn sound(city: &RewardsCity) {
    let snapshot = city.db.begin_snapshot().await.unwrap();
    let report = verify::verify(&snapshot).await.unwrap();
    kernel::db::commit(snapshot).await.unwrap();
    assert!(report.is_sound(), "{report:#?}");
}

kernel::both_engines! {
    async fn a_wrong_batch_comes_back_as_far_as_nobody_spent_it(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 100_000).await;
        let batch = issued(&city, &budget, 1_000).await;
        let shop = merchant(&city).await;
        for (person, cents) in [("member", 400), ("vice_chair", 1_000)] {
            ledger::carry_out(&city.app, pays(&city, TestCity::person_of(person), shop, cents)).await.unwrap();
        }
        let (chair, deputy) = (city.chair(), city.vice_chair());
        let coming = chair.post(&format!("{}/look", path(&batch)), json!({ "whole": true })).await.ok();
        let figures = ["people", "amount_cents", "back_cents", "whole_people", "part_people", "spent_people", "before_people"];
        assert_eq!(figures.map(|key| coming[key].as_i64().unwrap()), [6, 6_000, 4_600, 4, 1, 1, 0]);

        // Asked twice at once it is asked once, and who asks does not approve.
        let at = path(&batch);
        let (one, two) = tokio::join!(chair.post(&at, whole()), chair.post(&at, whole()));
        let (asked, refused) = if one.status == 200 { (one, two) } else { (two, one) };
        refused.refused(409, "issue_correction.open");
        let correction = text(&asked.ok(), "id");
        approve(&chair, CORRECTION, &correction).await.refused(403, "approval.own");
        let waiting = deputy.get("/api/points/approvals").await.ok();
        let row = &waiting["items"][0];
        assert_eq!((&row["kind"], &row["people"], &row["amount_cents"]), (&json!(CORRECTION), &json!(6), &json!(6_000)));
        assert_eq!(approve(&deputy, CORRECTION, &correction).await.ok()["progress"], "done");
        city.work().await;

        let done = latest(&chair, &batch).await;
        assert_eq!((&done["state"], &done["done_people"], &done["taken_cents"]), (&json!("done"), &json!(6), &json!(4_600)));
        let expected = json!([
            { "state": "whole", "people": 4, "taken_cents": 4_000 },
            { "state": "part", "people": 1, "taken_cents": 600 },
            { "state": "spent", "people": 1, "taken_cents": 0 },
        ]);
        assert_eq!(done["outcomes"], expected);
        let left = page(&chair, &budget).await;
        assert_eq!((&left["balance_cents"], &left["issued_cents"]), (&json!(98_600), &json!(1_400)));
        let report = chair.get(&format!("/api/points/batches/{batch}/report")).await.ok();
        let figures = ["issued_cents", "spent_cents", "left_cents", "expired_cents", "reversed_cents"];
        assert_eq!(figures.map(|key| report[key].as_i64().unwrap()), [6_000, 1_400, 0, 0, 4_600]);
        let uses = city.county_officer().get("/api/points/batches/uses").await.ok();
        let row = &uses["items"][0];
        assert_eq!((&row["id"], figures.map(|key| row[key].as_i64().unwrap())), (&json!(batch), [6_000, 1_400, 0, 0, 4_600]));
        let file = city.county_officer().get("/api/points/batches/uses/csv").await;
        assert!(file.body.as_str().is_some_and(|text| text.contains("60.00,14.00,0.00,0.00,46.00")), "{:?}", file.body);
        assert_eq!(city.other_county_officer().get("/api/points/batches/uses").await.ok()["items"], json!([]));
        // What came back does not count against what a person may get in a year.
        assert_eq!(number(&city, "SELECT CAST(SUM(cents) AS bigint) AS n FROM points_given").await, 1_400);

        // The member reads why, and is told; the auditor finds who decided.
        let entries = city.member().get("/api/wallet/entries").await.ok();
        let last = &entries["items"][0];
        assert_eq!((&last["kind"], &last["amount_cents"], &last["balance_cents"]), (&json!("reverse"), &json!(-600), &json!(0)));
        assert_eq!(last["reason"], "更正“2026 年节日慰问”：名单用错了");
        assert_eq!(number(&city, "SELECT COUNT(*) AS n FROM notice WHERE kind = 'points.taken_back'").await, 2);
        let transfer = city.city_officer().get(&format!("/api/ledger/transfers/{}", text(last, "id"))).await.ok();
        assert_eq!((&transfer["ground"]["kind"], &transfer["ground"]["id"]), (&json!(CORRECTION), &json!(batch)));
        assert_eq!(transfer["ground"]["decisions"].as_array().map(Vec::len), Some(1));

        chair.post(&path(&batch), whole()).await.refused(409, "issue_correction.nothing");
        city.county_officer().get(&path(&batch)).await.ok();
        let lines = format!("/api/points/corrections/{correction}/lines");
        city.county_officer().get(&lines).await.refused(403, "access.denied");
        assert_eq!(chair.get(&lines).await.ok()["items"].as_array().map(Vec::len), Some(6));
        for sql in ["UPDATE issue_correction_line SET code = 'x'", "DELETE FROM issue_correction_line", "UPDATE issue_correction SET reason = 'xx'"] {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_raw(city.db.statement(sql, [])).await.is_err(), "{sql}");
        }
        sound(&city).await;
    }

    async fn named_people_and_who_cannot_be_taken_from(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 100_000).await;
        let batch = issued(&city, &budget, 1_000).await;
        let (chair, deputy) = (city.chair(), city.vice_chair());
        let (member, frozen) = (TestCity::person_of("member"), TestCity::person_of("vice_chair"));
        for body in [json!({ "whole": false, "reason": "发错了" }), json!({ "whole": true, "person_ids": [member], "reason": "发错了" }), named(&[member, city.ids.next()])] {
            chair.post(&path(&batch), body).await.refused(422, "issue_correction.people");
        }
        let asked = text(&chair.post(&path(&batch), named(&[member])).await.ok(), "id");
        let withdraw = |version: i64| (format!("/api/points/corrections/{asked}/withdraw"), json!({ "version": version }));
        let (address, body) = withdraw(7);
        chair.post(&address, body).await.refused(409, "issue_correction.state");
        let (address, body) = withdraw(1);
        chair.post(&address, body).await.ok();
        approve(&deputy, CORRECTION, &asked).await.refused(409, "approval.closed");

        let set = async |freeze: bool| {
            let tx = city.system().begin().await.unwrap();
            let wallet = ledger::wallet_id(OWN_BOOK, frozen);
            if freeze {
                ledger::freeze(&tx, wallet, "核对").await.unwrap();
            } else {
                ledger::unfreeze(&tx, wallet).await.unwrap();
            }
            tx.commit(()).await.unwrap();
        };
        set(true).await;
        for (persons, expected) in [
            (vec![member, frozen], json!([{ "state": "whole", "people": 1, "taken_cents": 1_000 }, { "state": "refused", "people": 1, "taken_cents": 0 }])),
            (vec![member, frozen], json!([{ "state": "whole", "people": 1, "taken_cents": 1_000 }, { "state": "before", "people": 1, "taken_cents": 0 }])),
        ] {
            let asked = text(&chair.post(&path(&batch), named(&persons)).await.ok(), "id");
            approve(&deputy, CORRECTION, &asked).await.ok();
            city.work().await;
            assert_eq!(latest_of(&chair, &batch, &asked).await["outcomes"], expected);
            set(false).await;
        }
        assert_eq!(page(&chair, &budget).await["balance_cents"], 100_000 - 6_000 + 2_000);
        sound(&city).await;
    }

    /// Killed again and again, while everybody it takes from pays: a fen is spent or comes back, never both.
    async fn a_correction_against_payments_is_exact_however_often_it_is_killed(city: RewardsCity) {
        city.enter_members(TestCity::UNION, 150).await;
        let budget = funded(&city, TestCity::UNION, 50_000).await;
        let batch = issued(&city, &budget, 100).await;
        let shop = merchant(&city).await;
        let asked = text(&city.chair().post(&path(&batch), whole()).await.ok(), "id");
        approve(&city.vice_chair(), CORRECTION, &asked).await.ok();
        let sql = "SELECT person_id FROM issue_line ORDER BY amount_cents, person_id";
        let rows = city.db.read().query_all_raw(city.db.statement(sql, [])).await.unwrap();
        let persons: Vec<Id> = rows.iter().map(|row| row.try_get("", "person_id").unwrap()).collect();
        assert_eq!(persons.len(), 156);
        let payments = persons.into_iter().rev().map(|person| {
            let (app, order) = (city.app.clone(), pays(&city, person, shop, 60));
            tokio::spawn(async move { ledger::carry_out(&app, order).await })
        });
        let payments: Vec<_> = payments.collect();
        let id: Id = asked.parse().unwrap();
        for cut in 0..seeds().end * 3 {
            let app = city.app.clone();
            let run = tokio::spawn(async move { carry(&app, id).await });
            tokio::time::sleep(Duration::from_micros(900 * cut)).await;
            run.abort();
            let _ = run.await;
        }
        // Of two workers one stops.
        if let Some(slow) = Correcting::take(&city.app, id).await.unwrap() {
            let fast = Correcting::take(&city.app, id).await.unwrap().unwrap();
            assert_eq!(slow.step().await.unwrap(), Step::Stopped);
            drop(fast);
        }
        city.work().await;
        carry(&city.app, id).await.unwrap();
        let mut paid = 0;
        for answer in join_all(payments).await {
            match answer.unwrap() {
                Ok(_) => paid += 1,
                Err(error) => assert!(error.refusal().is_some_and(|refusal| refusal.code == "ledger.short"), "{error}"),
            }
        }
        let done = latest(&city.chair(), &batch).await;
        assert_eq!((&done["state"], &done["done_people"]), (&json!("done"), &json!(156)));
        // Who paid first kept nothing of the rest; from whom it was taken first could not pay.
        assert_eq!(done["taken_cents"].as_i64().unwrap() + 60 * paid, 15_600);
        assert_eq!(number(&city, "SELECT CAST(SUM(left_cents) AS bigint) AS n FROM lot").await, 0);
        assert_eq!(page(&city.chair(), &budget).await["balance_cents"], 50_000 - 60 * paid);
        sound(&city).await;
    }
}

/// One correction of a batch.
async fn latest_of(client: &Client, batch: &str, correction: &str) -> Value {
    let rows = client.get(&path(batch)).await.ok();
    let found = rows["items"].as_array().unwrap().iter().find(|row| row["id"] == correction).cloned();
    found.unwrap()
}

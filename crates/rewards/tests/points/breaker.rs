//! A book that stands still is opened again by two people, on a sound proof; whoever keeps the money is told at once.

use chrono::Duration;
use kernel::id::Ids;
use kernel::testing::{Client, Who};
use registry::testing::TestCity;
use rewards::ledger::{OWN_BOOK, Order, What, carry_out};
use rewards::points::audit::stop::watch::look;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{approve, everybody, funded, issued, number, submitted, text};

/// The rows, of which there are as many as the badge says.
async fn waits(client: &Client) -> Vec<String> {
    let rows = client.get("/api/todo").await.ok()["items"].as_array().unwrap().clone();
    assert_eq!(client.get("/api/me").await.ok()["todo"], json!(rows.len()));
    rows.iter().filter(|row| row["kind"] == "ledger_stop").map(|row| text(row, "detail")).collect()
}

async fn stop(client: &Client) -> Value {
    client.get("/api/points/proof").await.ok()["books"][0]["stop"].clone()
}

fn path(verb: &str) -> String {
    format!("/api/ledger/books/{OWN_BOOK}/{verb}")
}

const BROKEN: &str = "UPDATE ledger_account SET balance_cents = balance_cents + 1 WHERE kind = 'wallet'";
const MENDED: &str = "UPDATE ledger_account SET balance_cents = balance_cents - 1 WHERE kind = 'wallet'";

kernel::both_engines! {
    async fn two_people_open_a_book_again_on_a_sound_proof(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 50_000).await;
        issued(&city, &budget, 1_000).await;
        let (officer, deputy) = (city.city_officer(), city.city_deputy());
        let auditor = city.client_of(&Who::new().role("audit_director", TestCity::CITY)).await;
        officer.post(&path("ask-reopen"), json!({ "reason": "没有停" })).await.refused(409, "ledger_stop.none");
        assert_eq!((look(&city.app).await.unwrap().stopped.len(), stop(&officer).await), (0, Value::Null));

        city.database().tamper(BROKEN).await;
        assert_eq!(look(&city.app).await.unwrap().stopped, [OWN_BOOK]);
        assert_eq!(number(&city, "SELECT COUNT(*) AS n FROM event WHERE kind = 'ledger.stopped'").await, 1);
        for client in [&officer, &deputy, &auditor] {
            let told = client.get("/api/notices").await.ok();
            assert!(told["items"].as_array().unwrap().iter().any(|one| one["kind"] == "ledger.stopped"), "{told}");
        }
        assert!(waits(&city.chair()).await.is_empty());
        assert_eq!((waits(&officer).await.len(), waits(&deputy).await.len()), (1, 1));
        let seen = stop(&auditor).await;
        assert_eq!((&seen["may_ask"], &seen["may_reopen"], &seen["found"][0]["rule"]), (&json!(false), &json!(false), &json!("I2")));
        auditor.post(&path("ask-reopen"), json!({ "reason": "我来申请" })).await.refused(403, "access.denied");

        // Nothing is opened without a proof, nor on one that is not sound.
        deputy.post(&path("reopen"), json!({})).await.refused(409, "ledger_stop.unproven");
        officer.post(&path("ask-reopen"), json!({ "reason": "已查" })).await.ok();
        assert_eq!((waits(&officer).await.len(), waits(&deputy).await.len()), (0, 1));
        deputy.post(&path("reopen"), json!({})).await.refused(409, "ledger_stop.unproven");
        city.work().await;
        assert!(stop(&officer).await["proof"]["faulty"].as_i64().unwrap() > 0);
        deputy.post(&path("reopen"), json!({})).await.refused(409, "ledger_stop.unproven");
        assert_eq!(waits(&officer).await.len(), 1, "it is put right, and asked again");

        city.database().tamper(MENDED).await;
        officer.post(&path("ask-reopen"), json!({ "reason": "按昨夜备份改正钱包余额" })).await.ok();
        city.work().await;
        assert_eq!((&stop(&officer).await["proof"]["faulty"], waits(&officer).await.len()), (&json!(0), 0));
        deputy.post(&path("ask-reopen"), json!({ "reason": "再申请" })).await.refused(409, "ledger_stop.proven");
        officer.post(&path("reopen"), json!({})).await.refused(403, "ledger_stop.own");
        // What is changed after the proof makes it void.
        city.database().tamper(BROKEN).await;
        assert!(look(&city.app).await.unwrap().stopped.is_empty());
        deputy.post(&path("reopen"), json!({})).await.refused(409, "ledger_stop.unproven");
        city.database().tamper(MENDED).await;
        officer.post(&path("ask-reopen"), json!({ "reason": "再按备份改正" })).await.ok();
        city.work().await;
        assert!(stop(&deputy).await["may_reopen"] == true && stop(&officer).await["may_reopen"] == false);
        deputy.post(&path("reopen"), json!({})).await.ok();
        assert_eq!((stop(&officer).await, waits(&officer).await.len(), waits(&deputy).await.len()), (Value::Null, 0, 0));
        assert_eq!(number(&city, "SELECT COUNT(*) AS n FROM event WHERE kind = 'ledger.reopened'").await, 1);
        assert!(look(&city.app).await.unwrap().report.is_sound());
        for sql in ["UPDATE ledger_stop SET faulty = 9", "DELETE FROM ledger_stop"] {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_sql(sql, []).await.is_err(), "{sql}");
        }
        issued(&city, &budget, 100).await;
    }

    /// A batch that was released waits, a month is not closed, and what was approved is not half done.
    async fn what_needs_the_book_waits(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 50_000).await;
        issued(&city, &budget, 1_000).await;
        let batch = submitted(&city, &city.chair(), everybody(&budget, 100)).await;
        city.database().tamper(BROKEN).await;
        look(&city.app).await.unwrap();
        approve(&city.vice_chair(), "issue_batch", &batch).await.ok();
        city.work().await;
        let lines = "SELECT COUNT(*) AS n FROM issue_line WHERE state = 'waiting'";
        assert_eq!(number(&city, lines).await, 6, "nobody's line is refused");
        let budget_id = budget.parse().unwrap();
        let what = What::TopUp { budget_id, amount_cents: 1, bank_line_id: Ids::random() };
        let top_up = Order { id: Ids::random(), book_id: OWN_BOOK, by: None, what };
        assert_eq!(carry_out(&city.app, top_up.clone()).await.unwrap_err().refusal().unwrap().code, "ledger.stopped");
        city.clock.advance(Duration::days(40));
        city.city_officer().post("/api/points/months/2026-11/close", json!({})).await.refused(409, "ledger.stopped");

        city.database().tamper(MENDED).await;
        city.city_officer().post(&path("ask-reopen"), json!({ "reason": "按备份改正" })).await.ok();
        city.work().await;
        city.city_deputy().post(&path("reopen"), json!({})).await.ok();
        city.clock.advance(Duration::minutes(6));
        city.work().await;
        assert_eq!(number(&city, lines).await, 0);
        assert!(carry_out(&city.app, top_up).await.unwrap().fresh, "the same order, asked again");
        assert!(look(&city.app).await.unwrap().report.is_sound());
    }
}

//! Money between two budgets of a book: promised, approved by another person, and in the history of both.

use std::time::Duration;

use futures::future::join_all;
use kernel::testing::Client;
use registry::testing::TestCity;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{approve, budget, funded, number, page, text};

const ALLOCATION: &str = "points_allocation";

fn body(to: &str, cents: i64) -> Value {
    json!({ "to_id": to, "amount_cents": cents, "reason": "按年度计划调整用途" })
}

fn path(from: &str) -> String {
    format!("/api/points/budgets/{from}/allocate")
}

fn figures(budget: &Value, keys: [&str; 4]) -> [i64; 4] {
    keys.map(|key| budget[key].as_i64().unwrap())
}

/// Asks until it was heard; answers the request, if there is enough.
async fn press(client: &Client, from: &str, to: &str, cents: i64) -> Option<String> {
    loop {
        let answer = client.post(&path(from), body(to, cents)).await;
        match answer.status {
            503 => tokio::time::sleep(Duration::from_millis(5)).await,
            200 => return Some(text(&answer.ok(), "id")),
            _ => {
                answer.refused(409, "budget.short");
                return None;
            }
        }
    }
}

/// Presses 同意 until it was heard.
async fn say_yes(client: &Client, asked: &str) -> u16 {
    loop {
        match approve(client, ALLOCATION, asked).await.status {
            503 => tokio::time::sleep(Duration::from_millis(5)).await,
            status => return status,
        }
    }
}

kernel::both_engines! {
    async fn another_person_moves_it_and_both_budgets_show_it(city: RewardsCity) {
        let (chair, deputy, officer) = (city.chair(), city.vice_chair(), city.city_officer());
        let from = funded(&city, TestCity::UNION, 6_000).await;
        let to = budget(&city, TestCity::UNION, "birthday").await;
        let foreign = budget(&city, TestCity::OTHER_UNION, "festival").await;
        chair.post(&path(&from), body(&to, 6_001)).await.refused(409, "budget.short");
        chair.post(&path(&from), body(&from, 1)).await.refused(422, "budget.same");
        chair.post(&path(&from), body(&foreign, 1)).await.refused(404, "not_found");
        let book = officer.post("/api/points/books", json!({ "name": "2026 年留江过年专项资金", "funder": "示例市人力资源局" })).await.ok();
        let entrusted = json!({ "organization_id": TestCity::UNION, "purpose": "entrusted", "book_id": book["id"] });
        let entrusted = text(&officer.post("/api/points/budgets", entrusted).await.ok(), "id");
        officer.post(&path(&from), body(&entrusted, 1)).await.refused(422, "budget.other_book");

        // Promised at once; returned, it is free again.
        let asked = text(&chair.post(&path(&from), body(&to, 2_000)).await.ok(), "id");
        chair.post(&path(&from), body(&to, 4_001)).await.refused(409, "budget.short");
        approve(&chair, ALLOCATION, &asked).await.refused(403, "approval.own");
        let waiting = deputy.get("/api/points/approvals").await.ok();
        assert!(text(&waiting["items"][0], "name").contains("生日慰问"), "{waiting}");
        let back = format!("/api/points/approvals/{ALLOCATION}/{asked}/return");
        deputy.post(&back, json!({ "reason": "请先开会研究" })).await.ok();
        assert_eq!(page(&chair, &from).await["available_cents"], 6_000);

        let asked = text(&chair.post(&path(&from), body(&to, 2_000)).await.ok(), "id");
        approve(&deputy, ALLOCATION, &asked).await.ok();
        approve(&deputy, ALLOCATION, &asked).await.refused(409, "approval.closed");
        let keys = ["balance_cents", "reserved_cents", "moved_out_cents", "moved_in_cents"];
        assert_eq!(figures(&page(&chair, &from).await, keys), [4_000, 0, 2_000, 0]);
        assert_eq!(figures(&page(&chair, &to).await, keys), [2_000, 0, 0, 2_000]);
        let history = async |budget: &str| chair.get(&format!("/api/points/budgets/{budget}")).await.ok()["allocations"].clone();
        let (gave, got) = (history(&from).await, history(&to).await);
        assert_eq!((gave.as_array().map(Vec::len), got.as_array().map(Vec::len)), (Some(2), Some(2)));
        let done = |rows: &Value| rows.as_array().unwrap().iter().find(|row| row["state"] == "done").unwrap().clone();
        let (gave, got) = (done(&gave), done(&got));
        assert_eq!((&gave["incoming"], &gave["other_id"], &got["incoming"], &got["other_id"]), (&json!(false), &json!(to), &json!(true), &json!(from)));
        let transfer = officer.get(&format!("/api/ledger/transfers/{}", text(&got, "transfer_id"))).await.ok();
        assert_eq!((&transfer["ground"]["kind"], &transfer["kind"]), (&json!(ALLOCATION), &json!("allocate")));
        // What came in from the bank is told once, whichever budget it went to.
        let own = officer.get("/api/points/books").await.ok()["items"][0].clone();
        let report = officer.get(&format!("/api/points/books/{}/report", text(&own, "id"))).await.ok();
        assert_eq!((&report["funded_cents"], &report["returned_cents"], &report["left_cents"]), (&json!(6_000), &json!(0), &json!(6_000)));
        for sql in ["UPDATE points_allocation SET amount_cents = 1", "DELETE FROM points_allocation"] {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_sql(sql, []).await.is_err(), "{sql}");
        }
    }

    async fn of_twenty_who_ask_at_once_those_whom_it_can_afford(city: RewardsCity) {
        let (chair, deputy) = (city.chair(), city.vice_chair());
        let from = funded(&city, TestCity::UNION, 6_000).await;
        let to = budget(&city, TestCity::UNION, "birthday").await;
        let asked = join_all((0..20).map(|_| press(&chair, &from, &to, 1_000))).await;
        let asked: Vec<String> = asked.into_iter().flatten().collect();
        assert_eq!(asked.len(), 6);
        // Each is approved by three at once, and carried out once.
        let answers = join_all(asked.iter().cycle().take(18).map(|asked| say_yes(&deputy, asked))).await;
        assert_eq!(answers.iter().filter(|status| **status == 200).count(), 6, "{answers:?}");
        let keys = ["balance_cents", "reserved_cents", "available_cents", "moved_in_cents"];
        assert_eq!(figures(&page(&chair, &from).await, keys), [0, 0, 0, 0]);
        assert_eq!(figures(&page(&chair, &to).await, keys), [6_000, 0, 6_000, 6_000]);
        assert_eq!(number(&city, "SELECT COUNT(*) AS n FROM transfer WHERE kind = 'allocate'").await, 6);
        assert_eq!(press(&chair, &from, &to, 1).await, None);
    }
}

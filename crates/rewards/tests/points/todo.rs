//! Money in the list of things to do: those who may decide see it, who asked for it does not.

use kernel::testing::Client;
use registry::testing::TestCity;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{approve, budget, dismiss, everybody, funded, line, page, submitted, text};

/// The rows, of which there are as many as the badge says.
async fn waits(client: &Client) -> Vec<Value> {
    let rows = client.get("/api/todo").await.ok()["items"].as_array().unwrap().clone();
    assert_eq!(client.get("/api/me").await.ok()["todo"], json!(rows.len()));
    rows
}

kernel::both_engines! {
    async fn money_waits_for_whoever_may_decide_it(city: RewardsCity) {
        let budget_id = funded(&city, TestCity::UNION, 10_000).await;
        let (chair, vice, officer, deputy) = (city.chair(), city.vice_chair(), city.city_officer(), city.city_deputy());
        let batch = submitted(&city, &chair, everybody(&budget_id, 100)).await;
        let rows = waits(&vice).await;
        let row = &rows[0];
        assert_eq!((rows.len(), &row["kind"], &row["id"]), (1, &json!("issue_batch"), &json!(batch)));
        assert_eq!((&row["title"], &row["detail"]), (&json!("示例制造有限公司工会：2026 年节日慰问"), &json!("6.00 元，6 人")));
        assert_eq!((&row["link"], &row["node_name"]), (&json!(format!("/points/batches/{batch}")), &json!("示例制造有限公司工会")));
        for nobody in [&chair, &city.town_officer(), &officer, &city.member()] {
            assert!(waits(nobody).await.is_empty(), "it waits at the union, and not for who asked");
        }
        let seen = async |client: &Client| client.get(&format!("/api/points/batches/{batch}")).await.ok()["may_approve"].clone();
        assert_eq!((seen(&vice).await, seen(&chair).await), (json!(true), json!(false)));
        approve(&vice, "issue_batch", &batch).await.ok();
        assert!(waits(&vice).await.is_empty());
        let done = vice.get("/api/done").await.ok()["items"][0].clone();
        assert_eq!((&done["kind"], &done["title"]), (&json!("issue_batch"), &row["title"]));

        // A line of the bank is matched by one officer of the city and waits for the other one.
        let line = line(&city, 5_000).await;
        let body = json!({ "budget_id": budget_id, "reason": "与付款通知一致" });
        let asked = officer.post(&format!("/api/points/bank-lines/{line}/match"), body).await.ok();
        assert!(waits(&officer).await.is_empty());
        let rows = waits(&deputy).await;
        assert_eq!((&rows[0]["kind"], &rows[0]["link"]), (&json!("points_funding"), &json!(format!("/points/budgets/{budget_id}"))));
        assert_eq!(page(&officer, &budget_id).await["funded_cents"], 10_000);
        let path = format!("/api/points/budgets/{budget_id}");
        let row_of = async |client: &Client| client.get(&path).await.ok()["fundings"].as_array().unwrap().iter()
            .find(|row| row["id"] == asked["id"]).unwrap()["may_approve"].clone();
        assert_eq!((row_of(&deputy).await, row_of(&officer).await), (json!(true), json!(false)));
        approve(&deputy, "points_funding", &text(&asked, "id")).await.ok();
        assert_eq!(row_of(&deputy).await, json!(false));

        // Page by page, whatever order the ids have.
        let both = [submitted(&city, &chair, everybody(&budget_id, 1)).await, submitted(&city, &chair, everybody(&budget_id, 2)).await];
        let first = vice.get("/api/todo?limit=1").await.ok();
        let second = vice.get(&format!("/api/todo?limit=1&after={}", text(&first, "next"))).await.ok();
        let seen = [&first, &second].map(|page| text(&page["items"][0], "id"));
        assert!(both.iter().all(|one| seen.contains(one)) && second["next"].is_null(), "{first} {second}");
    }

    async fn a_rule_of_a_union_with_one_officer_waits_at_the_town(city: RewardsCity) {
        dismiss(&city, "vice_chair").await;
        let budget_id = budget(&city, TestCity::UNION, "join").await;
        let (chair, town) = (city.chair(), city.town_officer());
        let rule = json!({ "budget_id": budget_id, "name": "新会员见面礼", "event_kind": "membership.started", "amount_cents": 2_000, "total_cents": 50_000,
            "from_on": "2026-11-23", "to_on": "2026-12-31" });
        let rule = text(&chair.post("/api/points/rules", rule).await.ok(), "id");
        let rows = waits(&town).await;
        assert_eq!((&rows[0]["kind"], &rows[0]["detail"]), (&json!("point_rule"), &json!("每次 20.00 元，总共最多 500.00 元")));
        assert_eq!(rows[0]["link"], json!(format!("/points/rules/{rule}")));
        let may = async |client: &Client| client.get(&format!("/api/points/rules/{rule}")).await.ok()["may_approve"].clone();
        assert_eq!((may(&town).await, may(&chair).await), (json!(true), json!(false)));
        let path = format!("/api/points/approvals/point_rule/{rule}/return");
        town.post(&path, json!({ "reason": "请写明依据" })).await.ok();
        assert!(waits(&town).await.is_empty() && waits(&city.town_deputy()).await.is_empty());
        assert_eq!((may(&town).await, town.get("/api/done").await.ok()["items"][0]["outcome"].clone()), (json!(false), json!("returned")));
    }
}

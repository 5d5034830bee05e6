//! Two people for every cent: another one approves, of a union with one officer the town, and more levels the more it is.

use registry::testing::TestCity;
use rewards::testing::RewardsCity;
use serde_json::json;

use super::stage::{
    approve, batch_page, budget, dismiss, everybody, fund, funded, line, page, submit, submitted, text,
};

const BATCH: &str = "issue_batch";

kernel::both_engines! {
    async fn a_union_with_one_officer_asks_the_town(city: RewardsCity) {
        dismiss(&city, "vice_chair").await;
        let budget = funded(&city, TestCity::UNION, 10_000).await;
        let (chair, town) = (city.chair(), city.town_officer());
        let batch = submitted(&city, &chair, everybody(&budget, 100)).await;
        approve(&chair, BATCH, &batch).await.refused(404, "not_found");
        city.other_county_officer().get("/api/points/approvals").await.ok();
        let waiting = town.get("/api/points/approvals").await.ok();
        let row = &waiting["items"][0];
        assert_eq!((&row["subject_id"], &row["amount_cents"], &row["people"], &row["own"]), (&json!(batch), &json!(600), &json!(6), &json!(false)));
        let path = format!("/api/points/approvals/{BATCH}/{batch}/return");
        town.post(&path, json!({ "reason": "请补充会议纪要" })).await.ok();
        let seen = batch_page(&chair, &batch).await;
        assert_eq!((&seen["batch"]["state"], &seen["batch"]["return_reason"]), (&json!("prepared"), &json!("请补充会议纪要")));
        submit(&chair, &batch).await.ok();
        assert_eq!(approve(&town, BATCH, &batch).await.ok()["progress"], "done");
        approve(&city.town_deputy(), BATCH, &batch).await.refused(409, "approval.closed");
        city.work().await;
        assert_eq!(batch_page(&chair, &batch).await["batch"]["issued_people"], 6);
    }

    async fn more_money_asks_more_levels_and_nobody_twice(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 3_000_000).await;
        let batch = submitted(&city, &city.chair(), everybody(&budget, 400_000)).await;
        approve(&city.chair(), BATCH, &batch).await.refused(403, "approval.own");
        // The town reaches down to the union's stage, and then its own is somebody else's.
        assert_eq!(approve(&city.town_officer(), BATCH, &batch).await.ok()["progress"], "next");
        approve(&city.town_officer(), BATCH, &batch).await.refused(403, "points_approval.again");
        approve(&city.vice_chair(), BATCH, &batch).await.refused(404, "not_found");
        assert_eq!(approve(&city.town_deputy(), BATCH, &batch).await.ok()["progress"], "done");
        let seen = batch_page(&city.chair(), &batch).await;
        assert_eq!(seen["decisions"].as_array().map(Vec::len), Some(2));
        assert_eq!(page(&city.chair(), &budget).await["reserved_cents"], 2_400_000);
    }

    async fn a_bank_line_stands_behind_one_budget(city: RewardsCity) {
        let (officer, deputy) = (city.city_officer(), city.city_deputy());
        let (one, two) = (budget(&city, TestCity::UNION, "festival").await, budget(&city, TestCity::UNION, "birthday").await);
        let line = line(&city, 50_000).await;
        let path = format!("/api/points/bank-lines/{line}/match");
        let asked = officer.post(&path, json!({ "budget_id": one, "reason": "付款通知" })).await.ok();
        officer.post(&path, json!({ "budget_id": two, "reason": "付款通知" })).await.refused(409, "budget.line_matched");
        approve(&officer, "points_funding", &text(&asked, "id")).await.refused(403, "approval.own");
        city.chair().post(&path, json!({ "budget_id": one, "reason": "付款通知" })).await.refused(403, "access.denied");
        // Returned, the line is free for the budget that it was meant for.
        let back = format!("/api/points/approvals/points_funding/{}/return", text(&asked, "id"));
        deputy.post(&back, json!({ "reason": "用途不对" })).await.ok();
        let asked = officer.post(&path, json!({ "budget_id": two, "reason": "付款通知" })).await.ok();
        approve(&deputy, "points_funding", &text(&asked, "id")).await.ok();
        assert_eq!(page(&city.chair(), &two).await["balance_cents"], 50_000);
        officer.post("/api/points/budgets", json!({ "organization_id": TestCity::UNION, "purpose": "birthday" })).await.refused(409, "budget.twice");

        // What is left goes back, approved by another person, and is promised meanwhile.
        let chair = city.chair();
        let give = |cents: i64| json!({ "amount_cents": cents, "reason": "年度结余退回" });
        let path = format!("/api/points/budgets/{two}/give-back");
        chair.post(&path, give(50_001)).await.refused(409, "budget.short");
        let asked = chair.post(&path, give(20_000)).await.ok();
        chair.post(&path, give(30_001)).await.refused(409, "budget.short");
        approve(&city.vice_chair(), "points_funding", &text(&asked, "id")).await.ok();
        let left = page(&chair, &two).await;
        assert_eq!((&left["balance_cents"], &left["returned_cents"], &left["reserved_cents"]), (&json!(30_000), &json!(20_000), &json!(0)));
    }

    async fn entrusted_money_has_a_book_of_its_own(city: RewardsCity) {
        let officer = city.city_officer();
        let body = json!({ "name": "2026 年留江过年专项资金", "funder": "示例市人力资源局" });
        let book = officer.post("/api/points/books", body.clone()).await.ok();
        officer.post("/api/points/books", body).await.refused(409, "book.twice");
        let body = json!({ "organization_id": TestCity::UNION, "purpose": "entrusted", "book_id": book["id"] });
        let entrusted = text(&officer.post("/api/points/budgets", body).await.ok(), "id");
        let line = line(&city, 60_000).await;
        let wrong = json!({ "budget_id": entrusted, "reason": "专项资金到账" });
        officer.post(&format!("/api/points/bank-lines/{line}/match"), wrong.clone()).await.refused(422, "budget.line_book");
        let body = json!({ "book_id": book["id"], "number": "ZX20261101", "day": "2026-11-20", "amount_cents": 60_000, "payer": "示例市人力资源局" });
        let line = text(&officer.post("/api/points/bank-lines", body).await.ok(), "id");
        let asked = officer.post(&format!("/api/points/bank-lines/{line}/match"), wrong).await.ok();
        approve(&city.city_deputy(), "points_funding", &text(&asked, "id")).await.ok();
        super::stage::issued(&city, &entrusted, 5_000).await;
        let chair = city.chair();
        let give = json!({ "amount_cents": 30_000, "reason": "余款退回委托单位" });
        let asked = chair.post(&format!("/api/points/budgets/{entrusted}/give-back"), give).await.ok();
        approve(&city.vice_chair(), "points_funding", &text(&asked, "id")).await.ok();
        let report = officer.get(&format!("/api/points/books/{}/report", text(&book, "id"))).await.ok();
        let figures = ["funded_cents", "issued_cents", "spent_cents", "returned_cents", "held_by_members_cents", "left_cents"];
        assert_eq!(figures.map(|key| report[key].as_i64().unwrap()), [60_000, 30_000, 0, 30_000, 30_000, 0]);
        // The wallet of the member has both books apart.
        let own = budget(&city, TestCity::UNION, "festival").await;
        fund(&city, &own, 10_000).await;
        super::stage::issued(&city, &own, 100).await;
        let wallet = city.member().get("/api/wallet").await.ok();
        assert_eq!((&wallet["books"][0]["available_cents"], &wallet["books"][1]["available_cents"]), (&json!(100), &json!(5_000)));
        assert_eq!(wallet["books"][1]["funder"], "示例市人力资源局");
        // Members read whose points they are, officers the name of the book.
        let names = (&wallet["books"][0]["book_name"], &wallet["books"][1]["book_name"]);
        assert_eq!(names, (&json!("工会积分"), &json!("2026 年留江过年专项资金")));
        assert_eq!(officer.get("/api/points/books").await.ok()["items"][0]["name"], "市总工会自有账套");
    }
}

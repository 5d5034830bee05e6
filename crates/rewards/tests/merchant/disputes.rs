//! Disputes: two sides, a clock, a decision by the union that contracts.

use registry::testing::TestCity;
use rewards::testing::RewardsCity;
use serde_json::json;

use super::stage::{budget, form, id, issue, merchant, pay, refund, shop};

/// A merchant that applied on the rider's phone, which manages it.
async fn managed(city: &RewardsCity) -> kernel::Id {
    let firm = id(&city.rider().post("/api/shop/merchants", json!({ "form": form(1) })).await.ok());
    let contract =
        json!({ "version": 1, "contract_from": "2026-11-01", "contract_to": "2027-11-01", "terms": "按月结算" });
    city.city_officer().post(&format!("/api/merchants/{firm}/approve"), contract).await.ok();
    firm
}

kernel::both_engines! {
    async fn two_sides_are_heard_and_the_union_decides(city: RewardsCity) {
        let (member, rider, officer) = (city.member(), city.rider(), city.city_officer());
        let firm = managed(&city).await;
        let place = shop(&city, firm, "1").await;
        let person = TestCity::person_of("member");
        issue(&city, budget(&city, TestCity::UNION).await, person, 10_000).await;
        let payment = pay(&city, person, place, 4_000).await;

        let open = json!({ "payment_id": payment, "ground": "amount", "said": "多收了二十元" });
        city.chair().post("/api/disputes", open.clone()).await.refused(404, "not_found");
        let dispute = id(&member.post("/api/disputes", open.clone()).await.ok());
        rider.post("/api/disputes", open).await.refused(409, "dispute.twice");
        let path = format!("/api/disputes/{dispute}");
        for stranger in [city.chair(), city.vice_chair(), city.other_county_officer()] {
            stranger.get(&path).await.refused(404, "not_found");
        }
        let seen = rider.get(&path).await.ok();
        assert_eq!((&seen["side"], &seen["dispute"]["due_on"]), (&json!("merchant"), &json!("2026-12-02")));
        assert!(seen["derivation"][0].as_str().unwrap().contains("7个工作日"));
        assert!(!seen.to_string().contains("黄示例"), "a merchant is told no name");

        let settle = |version: i64| json!({ "version": version, "outcome": "refund", "said": "核实多收，由门店退款" });
        officer.post(&format!("{path}/settle"), settle(1)).await.refused(409, "dispute.wait");
        rider.post(&format!("{path}/answer"), json!({ "said": "收银录错了金额" })).await.ok();
        let seen = officer.get(&path).await.ok();
        assert_eq!((&seen["dispute"]["state"], &seen["may_settle"], &seen["may_withdraw"]), (&json!("answered"), &json!(true), &json!(false)));
        rider.post(&format!("{path}/settle"), settle(2)).await.refused(403, "access.denied");
        officer.post(&format!("{path}/settle"), settle(2)).await.ok();
        member.post(&format!("{path}/answer"), json!({ "said": "谢谢" })).await.refused(409, "dispute.closed");
        let words = member.get(&path).await.ok()["words"].clone();
        let sides: Vec<&str> = words.as_array().unwrap().iter().map(|word| word["side"].as_str().unwrap()).collect();
        assert_eq!(sides, ["member", "merchant", "union"]);
        assert_eq!(member.get("/api/disputes").await.ok()["items"][0]["outcome"], "refund");
        assert_eq!(rider.get(&format!("/api/shop/merchants/{firm}/disputes")).await.ok()["items"][0]["amount_cents"], 4_000);
    }

    async fn a_refund_that_was_decided_waits_until_it_went_back(city: RewardsCity) {
        let (member, rider, officer) = (city.member(), city.rider(), city.city_officer());
        let firm = managed(&city).await;
        let place = shop(&city, firm, "1").await;
        let person = TestCity::person_of("member");
        issue(&city, budget(&city, TestCity::UNION).await, person, 10_000).await;
        let payment = pay(&city, person, place, 4_000).await;
        refund(&city, payment, 500).await;
        let open = json!({ "payment_id": payment, "ground": "amount", "said": "多收了二十元" });
        let path = format!("/api/disputes/{}", id(&member.post("/api/disputes", open.clone()).await.ok()));
        rider.post(&format!("{path}/answer"), json!({ "said": "收银录错了金额" })).await.ok();
        let settle = |version: i64, outcome: &str, cents: i64| {
            json!({ "version": version, "outcome": outcome, "refund_cents": cents, "said": "核实多收，由门店退款" })
        };
        for cents in [0, -1, 3_501] {
            officer.post(&format!("{path}/settle"), settle(2, "refund", cents)).await.refused(422, "dispute.amount");
        }
        officer.post(&format!("{path}/settle"), settle(2, "refund", 2_000)).await.ok();
        let seen = member.get(&path).await.ok();
        assert_eq!(seen["dispute"]["refund"], json!({ "amount_cents": 2_000, "done_cents": 0, "due_on": "2026-11-30",
            "done": false, "overdue": false }));
        assert!(seen["refund_derivation"][0].as_str().unwrap().contains("5个工作日"));
        let owes = async || {
            let row = rider.get("/api/shop/merchants").await.ok()["items"][0].clone();
            (row["refunds_owed"].as_i64().unwrap(), row["refunds_due_on"].clone())
        };
        assert_eq!(owes().await, (1, json!("2026-11-30")));
        let listed = async || officer.get("/api/desk-disputes?which=refund").await.ok()["items"].as_array().unwrap().len();
        let waits = async || {
            let rows = officer.get("/api/todo").await.ok()["items"].as_array().unwrap().clone();
            rows.into_iter().filter(|row| row["kind"] == "dispute").collect::<Vec<_>>()
        };
        assert_eq!((listed().await, waits().await.len()), (1, 0));
        city.clock.advance(chrono::TimeDelta::days(8));
        assert_eq!(member.get("/api/disputes").await.ok()["items"][0]["refund"]["overdue"], true);
        let rows = waits().await;
        assert_eq!((rows.len(), &rows[0]["due"], &rows[0]["overdue"]), (1, &json!("2026-11-30"), &json!(true)));
        // In parts, as shops refund.
        refund(&city, payment, 1_500).await;
        assert_eq!(rider.get(&path).await.ok()["dispute"]["refund"]["done_cents"], 1_500);
        assert_eq!((owes().await.0, listed().await, waits().await.len()), (1, 1, 1));
        refund(&city, payment, 500).await;
        assert_eq!(member.get(&path).await.ok()["dispute"]["refund"]["done"], true);
        assert_eq!((owes().await, listed().await, waits().await.len()), ((0, json!(null)), 0, 0));
        // What is decided next counts from there, and never beyond what was paid.
        let path = format!("/api/disputes/{}", id(&member.post("/api/disputes", open).await.ok()));
        rider.post(&format!("{path}/answer"), json!({ "said": "其余也退" })).await.ok();
        officer.post(&format!("{path}/settle"), settle(2, "refund", 1_501)).await.refused(422, "dispute.amount");
        let all = json!({ "version": 2, "outcome": "refund", "said": "其余全部退回" });
        officer.post(&format!("{path}/settle"), all).await.ok();
        let told = member.get(&path).await.ok()["dispute"]["refund"].clone();
        assert_eq!((&told["amount_cents"], &told["done_cents"]), (&json!(1_500), &json!(0)));
    }

    async fn what_nobody_answers_is_decided_after_its_last_day(city: RewardsCity) {
        let (member, officer) = (city.member(), city.city_officer());
        let firm = merchant(&city, 1).await;
        let place = shop(&city, firm, "1").await;
        let person = TestCity::person_of("member");
        issue(&city, budget(&city, TestCity::UNION).await, person, 10_000).await;
        let (first, second) = (pay(&city, person, place, 100).await, pay(&city, person, place, 200).await);
        let open = |payment| json!({ "payment_id": payment, "ground": "other", "said": "没有这回事" });
        let dispute = id(&member.post("/api/disputes", open(first)).await.ok());
        let path = format!("/api/disputes/{dispute}");
        member.post(&format!("{path}/withdraw"), json!({})).await.ok();
        let dispute = id(&member.post("/api/disputes", open(first)).await.ok());
        city.clock.advance(chrono::TimeDelta::days(10));
        let row = officer.get("/api/desk-disputes?which=open").await.ok()["items"][0].clone();
        assert_eq!((&row["overdue"], &row["id"]), (&json!(true), &json!(dispute)));
        let settle = json!({ "version": 1, "outcome": "no_change", "said": "到期没有说明，按记录维持" });
        officer.post(&format!("/api/disputes/{dispute}/settle"), settle).await.ok();
        city.clock.advance(chrono::TimeDelta::days(60));
        member.post("/api/disputes", open(second)).await.refused(422, "dispute.old");
    }
}

//! Disputes: two sides, a clock, a decision by the union that contracts.

use registry::testing::TestCity;
use rewards::testing::RewardsCity;
use serde_json::json;

use super::stage::{budget, form, id, issue, merchant, pay, shop};

kernel::both_engines! {
    async fn two_sides_are_heard_and_the_union_decides(city: RewardsCity) {
        let (member, rider, officer) = (city.member(), city.rider(), city.city_officer());
        let firm = id(&rider.post("/api/shop/merchants", json!({ "form": form(1) })).await.ok());
        let contract = json!({ "version": 1, "contract_from": "2026-11-01", "contract_to": "2027-11-01", "terms": "按月结算" });
        officer.post(&format!("/api/merchants/{firm}/approve"), contract).await.ok();
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

//! On every path from what is owed to what is paid two people are needed.

use rewards::testing::RewardsCity;
use serde_json::json;

use super::stage::{agreed, balance_of, bank_says, item, line, make, owed, page, sent, sound};

kernel::both_engines! {
    async fn nobody_settles_alone(city: RewardsCity) {
        let merchants = owed(&city, 2).await;
        let (officer, deputy) = (city.city_officer(), city.city_deputy());
        officer.post("/api/settlements", json!({ "through": city.clock.today() })).await.refused(422, "settlement.day");
        city.county_officer().post("/api/settlements", json!({ "through": "2026-11-23" })).await.refused(403, "access.denied");
        let made = make(&city).await.ok();
        assert_eq!((&made["items"], &made["total_cents"]), (&json!(2), &json!(30_000)));
        make(&city).await.refused(409, "settlement.nothing");
        let path = format!("/api/settlements/{}", made["id"].as_str().unwrap());
        officer.post(&format!("{path}/approve"), json!({ "version": 1 })).await.refused(403, "settlement.own");
        deputy.post(&format!("{path}/approve"), json!({ "version": 1 })).await.refused(409, "settlement.state");
        deputy.post(&format!("{path}/check"), json!({ "version": 1 })).await.ok();
        // Who checked it does not release it either; the third one drops it.
        for own in [&officer, &deputy] {
            own.post(&format!("{path}/approve"), json!({ "version": 2 })).await.refused(403, "settlement.own");
        }
        let file = format!("{path}/bank-file?format=csv&reason=%E9%80%81%E9%93%B6%E8%A1%8C");
        officer.get(&file).await.refused(409, "settlement.state");
        officer.post(&format!("{path}/drop"), json!({ "version": 2, "reason": "重新制单" })).await.ok();

        let (id, seen) = sent(&city).await;
        let path = format!("/api/settlements/{id}");
        officer.post(&format!("{path}/drop"), json!({ "version": 4, "reason": "晚了" })).await.refused(409, "settlement.state");
        let file = officer.get(&format!("{path}/bank-file?format=csv&reason=%E9%87%8D%E6%96%B0%E4%B8%8B%E8%BD%BD")).await;
        let text = file.body.as_str().unwrap().to_owned();
        assert!(text.contains("6217000000000001") && text.contains("200.00"), "{text}");
        assert!(!seen.to_string().contains("6217000000000001"), "numbers stand in the file alone");
        let first = item(&seen, merchants[0]);
        let lines = [line(first, 9_000, "交易成功", &city.clock.today().to_string()), agreed(&city, item(&seen, merchants[1]))];
        assert_eq!(bank_says(&city, &id, &lines).await.ok()["matched"], 1);
        let difference = page(&city, &id).await["differences"][0].clone();
        let act = |verb: &str| format!("/api/settlement-differences/{}/{verb}", difference["id"].as_str().unwrap());
        let propose = json!({ "action": "pay", "reason": "银行少付一百", "reference": "回单 8 号" });
        officer.post(&act("propose"), json!({ "action": "close", "reason": "不管了", "reference": "回单" })).await.refused(422, "settlement.action");
        officer.post(&act("propose"), propose.clone()).await.ok();
        officer.post(&act("decide"), json!({ "approved": true })).await.refused(403, "settlement.own");
        deputy.post(&act("decide"), json!({ "approved": false, "reason": "回单编号不对" })).await.ok();
        assert_eq!(balance_of(&city, merchants[0]).await, 10_000);
        // Whoever refused may propose himself; the other one decides.
        deputy.post(&act("propose"), propose).await.ok();
        officer.post(&act("decide"), json!({ "approved": true })).await.ok();
        officer.post(&act("decide"), json!({ "approved": true })).await.refused(409, "settlement.difference");
        let seen = page(&city, &id).await;
        assert_eq!((&seen["settlement"]["state"], &item(&seen, merchants[0])["paid_cents"]), (&json!("closed"), &json!(9_000)));
        assert_eq!((balance_of(&city, merchants[0]).await, balance_of(&city, merchants[1]).await), (1_000, 0));
        // The rest is owed as before.
        assert_eq!(make(&city).await.ok()["total_cents"], 1_000);
        sound(&city).await;
    }
}

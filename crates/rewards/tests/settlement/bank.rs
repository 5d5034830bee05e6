//! What the bank says of payments to merchants leads from the ledger to the balance at the bank.

use chrono::TimeDelta;
use kernel::Id;
use registry::testing::TestCity;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{agreed, bank_says, item, line, owed, page, sent, sound};

/// What merchants are paid from came to the custody without a line of the bank.
const THERE: i64 = 100_000_000;

/// Two people enter what was at the bank when today ended.
async fn balance(city: &RewardsCity, cents: i64) {
    let body = json!({ "day": city.clock.today(), "balance_cents": cents });
    let entered = city.city_officer().post("/api/points/bank-balances", body).await.ok();
    let path = format!("/api/points/bank-balances/{}/check", entered["id"].as_str().unwrap());
    city.city_deputy().post(&path, json!({})).await.ok();
}

/// Under way to merchants, paid ahead of the ledger, and there beyond what must be there.
async fn figures(city: &RewardsCity, day: &str) -> [i64; 3] {
    let seen = city.city_officer().get("/api/points/proof").await.ok();
    let days = seen["books"][0]["bank"].as_array().unwrap();
    let day = days.iter().find(|one| one["day"] == day).unwrap();
    ["payouts_under_way_cents", "ahead_cents", "difference_cents"].map(|key| day["figures"][key].as_i64().unwrap())
}

/// An officer proposes what is done about the difference of an item, another one says yes.
async fn decided(city: &RewardsCity, settlement: &str, of: &Value, action: &str) {
    let seen = page(city, settlement).await;
    let open = |one: &&Value| one["merchant_name"] == of["merchant_name"] && one["state"] == "open";
    let difference = seen["differences"].as_array().unwrap().iter().find(open).unwrap().clone();
    let act = |verb: &str| format!("/api/settlement-differences/{}/{verb}", difference["id"].as_str().unwrap());
    let propose = json!({ "action": action, "reason": "已和银行核对", "reference": "银行回单" });
    city.city_officer().post(&act("propose"), propose).await.ok();
    city.city_deputy().post(&act("decide"), json!({ "approved": true })).await.ok();
}

kernel::both_engines! {
    async fn payments_lead_from_the_ledger_to_the_bank(city: RewardsCity) {
        let merchants: Vec<Id> = owed(&city, 3).await;
        let (id, seen) = sent(&city).await;
        let of = |n: usize| item(&seen, merchants[n]);
        let today = city.clock.today().to_string();

        // The bank paid the first, less than asked to the second, and says nothing of the third.
        balance(&city, THERE - 10_000 - 19_999).await;
        assert_eq!(figures(&city, &today).await, [0, 0, -29_999], "nobody has told us yet");
        bank_says(&city, &id, &[agreed(&city, of(0)), line(of(1), 19_999, "交易成功", &today)]).await.ok();
        assert_eq!(figures(&city, &today).await, [0, 19_999, 0], "what nobody has decided is ahead of the ledger");
        decided(&city, &id, of(1), "pay").await;
        assert_eq!(figures(&city, &today).await, [0, 0, 0]);
        // The third is paid on the word of the bank; its line comes the day after.
        decided(&city, &id, of(2), "pay").await;
        assert_eq!(figures(&city, &today).await, [30_000, 0, 0]);

        city.clock.advance(TimeDelta::days(1));
        let tomorrow = city.clock.today().to_string();
        balance(&city, THERE - 10_000 - 19_999 - 30_000).await;
        assert_eq!(figures(&city, &tomorrow).await, [30_000, 0, -30_000]);
        bank_says(&city, &id, &[agreed(&city, of(2))]).await.ok();
        assert_eq!(figures(&city, &tomorrow).await, [0, 0, 0]);
        assert_eq!(figures(&city, &today).await, [30_000, 0, 0], "an old day says what it said");
        decided(&city, &id, of(2), "close").await;
        assert_eq!(figures(&city, &tomorrow).await, [0, 0, 0], "the line was of the payment that was entered");

        // The first comes back; a line that the bank tells twice by mistake moves nothing once that is said.
        city.clock.advance(TimeDelta::days(1));
        let later = city.clock.today().to_string();
        balance(&city, THERE - 19_999 - 30_000).await;
        let twice = line(of(1), 19_999, "交易成功", &later);
        bank_says(&city, &id, &[line(of(0), 10_000, "退汇", &later), twice]).await.ok();
        assert_eq!(figures(&city, &later).await, [0, 19_999, 19_999]);
        decided(&city, &id, of(1), "close").await;
        assert_eq!(figures(&city, &later).await, [0, 0, 0]);
        // Money that came back is no money that came in for a budget, when the bank repeats of which payment it is.
        let came = json!({ "number": "TH20261126", "day": later, "amount_cents": 10_000, "payer": "示例餐饮1号有限公司",
            "note": format!("退汇 {}", of(0)["reference"].as_str().unwrap()) });
        let came = city.city_officer().post("/api/points/bank-lines", came).await.ok();
        assert_eq!((&came["state"], figures(&city, &later).await), (&json!("payout_back"), [0, 0, 0]));
        let open = city.city_officer().get("/api/points/bank-lines?open=true").await.ok();
        assert_eq!(open["items"], json!([]));
        let union = json!({ "organization_id": TestCity::UNION, "purpose": "birthday" });
        let budget = city.city_officer().post("/api/points/budgets", union).await.ok();
        let path = format!("/api/points/bank-lines/{}/match", came["id"].as_str().unwrap());
        let body = json!({ "budget_id": budget["id"], "reason": "与付款通知一致" });
        city.city_officer().post(&path, body).await.refused(409, "bank_line.payout_back");
        for day in [&today, &tomorrow] {
            assert_eq!(figures(&city, day).await[2], 0);
        }
        sound(&city).await;
    }
}

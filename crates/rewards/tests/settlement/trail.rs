//! From what left the bank to who approved it and what the bank said; from a payment to the issue that it was paid from.

use kernel::Id;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{agreed, bank_says, item, owed, sent};
use crate::merchant::stage::number;

async fn only(city: &RewardsCity, kind: &str) -> Value {
    let sql = format!("SELECT id AS n FROM transfer WHERE kind = '{kind}' AND id <> $1");
    let id: Id = number(city, &sql, Id::nil()).await;
    city.city_officer().get(&format!("/api/ledger/transfers/{id}")).await.ok()
}

kernel::both_engines! {
    async fn every_yuan_leads_on(city: RewardsCity) {
        let merchants = owed(&city, 1).await;
        let (settlement, seen) = sent(&city).await;
        bank_says(&city, &settlement, &[agreed(&city, item(&seen, merchants[0]))]).await.ok();
        let payout = only(&city, "payout").await["ground"].clone();
        assert_eq!((&payout["kind"], &payout["id"]), (&json!("settlement"), &json!(settlement)));
        let steps: Vec<&str> =
            payout["decisions"].as_array().unwrap().iter().map(|step| step["outcome"].as_str().unwrap()).collect();
        assert_eq!(steps, ["made", "checked", "approved", "sent"]);
        let line = &payout["lines"][0];
        assert_eq!((&line["outcome"], &line["amount_cents"], &line["file_name"]), (&json!("paid"), &json!(10_000), &json!("bank.csv")));

        let paid = only(&city, "pay").await;
        assert!(paid["ground"].is_null(), "a payment stands on its points: {paid}");
        let lot = &paid["lots"][0];
        assert_eq!((&lot["amount_cents"], &lot["reason"]), (&json!(10_000), &json!("示例发放")));
        let issue: Id = number(&city, "SELECT id AS n FROM transfer WHERE kind = 'issue' AND id <> $1", Id::nil()).await;
        assert_eq!((&lot["issue_id"], &lot["issuer_name"]), (&json!(issue), &json!("示例制造有限公司工会")));
    }
}

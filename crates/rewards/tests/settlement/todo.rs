//! Contracts, settlements and disputes in the list of things to do: another person's turn each time.

use chrono::TimeDelta;
use kernel::Id;
use kernel::testing::Client;
use registry::testing::TestCity;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use super::stage::{bank_says, item, line, make, owed, page};
use crate::merchant::stage::{bank, form, id, number};

/// Kinds of the rows, of which there are as many as the badge says.
async fn waits(client: &Client) -> Vec<String> {
    let rows = client.get("/api/todo").await.ok()["items"].as_array().unwrap().clone();
    assert_eq!(client.get("/api/me").await.ok()["todo"], json!(rows.len()));
    let mut kinds: Vec<String> = rows.iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds
}

async fn first(client: &Client) -> Value {
    client.get("/api/todo").await.ok()["items"][0].clone()
}

kernel::both_engines! {
    async fn a_contract_and_a_bank_account_wait_for_another_person(city: RewardsCity) {
        let (officer, deputy, county) = (city.city_officer(), city.city_deputy(), city.county_officer());
        let enter = json!({ "organization_id": TestCity::COUNTY, "form": form(9), "terms": "按月结算",
            "contract_from": "2026-01-01", "contract_to": "2028-01-01" });
        let firm = id(&county.post("/api/merchants", enter).await.ok());
        // The county has one officer: the city is asked as well, the other county is not.
        assert!(waits(&county).await.is_empty() && waits(&city.other_county_officer()).await.is_empty());
        assert_eq!(waits(&deputy).await, ["merchant"]);
        let row = first(&deputy).await;
        assert_eq!((&row["title"], &row["link"]), (&json!("示例餐饮9号有限公司登记为商户"), &json!(format!("/merchants/{firm}"))));
        deputy.post(&format!("/api/merchants/{firm}/approve"), json!({ "version": 1 })).await.ok();
        assert!(waits(&deputy).await.is_empty() && waits(&officer).await.is_empty());
        county.post(&format!("/api/merchants/{firm}/bank"), json!({ "bank": bank(10) })).await.ok();
        assert_eq!((waits(&officer).await, waits(&county).await.len()), (vec!["merchant_bank".to_owned()], 0));
        // Whoever applies on the phone applies to the city.
        city.rider().post("/api/shop/merchants", json!({ "form": form(11) })).await.ok();
        assert_eq!(waits(&officer).await, ["merchant", "merchant_bank"]);
    }

    async fn a_settlement_and_a_dispute_wait_for_whose_turn_it_is(city: RewardsCity) {
        let merchants = owed(&city, 1).await;
        let (officer, deputy) = (city.city_officer(), city.city_deputy());
        let settlement = id(&make(&city).await.ok());
        let path = format!("/api/settlements/{settlement}");
        assert_eq!((waits(&officer).await, waits(&deputy).await), (vec!["settlement".to_owned()], vec!["settlement".to_owned()]));
        assert!(first(&deputy).await["title"].as_str().unwrap().ends_with("等和账本核对"));
        officer.post(&format!("{path}/check"), json!({ "version": 1 })).await.ok();
        assert_eq!((waits(&officer).await.len(), waits(&deputy).await), (0, vec!["settlement".to_owned()]));
        deputy.post(&format!("{path}/approve"), json!({ "version": 2 })).await.ok();
        assert!(first(&officer).await["title"].as_str().unwrap().ends_with("等送银行付款"));
        let file = officer.get(&format!("{path}/bank-file?format=csv&reason=%E9%80%81%E9%93%B6%E8%A1%8C")).await;
        assert_eq!(file.status, 200, "{}", file.body);
        assert!(waits(&officer).await.is_empty(), "the bank is asked now");
        let seen = page(&city, &settlement.to_string()).await;
        let short = line(item(&seen, merchants[0]), 9_000, "交易成功", &city.clock.today().to_string());
        bank_says(&city, &settlement.to_string(), &[short]).await.ok();
        assert_eq!((waits(&officer).await, waits(&deputy).await), (vec!["settlement_difference".to_owned()], vec!["settlement_difference".to_owned()]));
        let difference = first(&officer).await["id"].as_str().unwrap().to_owned();
        let propose = json!({ "action": "pay", "reason": "银行少付一百", "reference": "回单 8 号" });
        officer.post(&format!("/api/settlement-differences/{difference}/propose"), propose).await.ok();
        assert_eq!((waits(&officer).await.len(), waits(&deputy).await.len()), (0, 1));

        let payment: Id = number(&city, "SELECT id AS n FROM transfer WHERE kind = 'pay' AND id <> $1", Id::nil()).await;
        let open = json!({ "payment_id": payment, "ground": "amount", "said": "多收了二十元" });
        city.member().post("/api/disputes", open).await.ok();
        assert!(waits(&officer).await.is_empty(), "the merchant speaks first");
        city.clock.advance(TimeDelta::days(20));
        // Nobody has entered a balance of the bank for so long.
        let both = vec!["bank_balance_missing".to_owned(), "dispute".to_owned()];
        assert_eq!((waits(&officer).await, waits(&city.county_officer()).await.len()), (both, 0));
        let rows = officer.get("/api/todo").await.ok()["items"].as_array().unwrap().clone();
        let row = rows.iter().find(|row| row["kind"] == "dispute").unwrap();
        assert_eq!((&row["overdue"], &row["detail"]), (&json!(true), &json!("到期没有说明")));
        assert!(row["due"].as_str().is_some());
    }
}

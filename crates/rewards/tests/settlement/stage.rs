//! A settlement on its way, and the bank's answer to it.

use kernel::Id;
use kernel::testing::Answer;
use registry::testing::TestCity;
use rewards::ledger::{OWN_BOOK, balance, verify};
use rewards::merchant::account_in;
use rewards::testing::RewardsCity;
use serde_json::{Value, json};

use crate::merchant::stage::{budget, issue, merchant, pay, shop, upload};

pub fn yesterday(city: &RewardsCity) -> String {
    city.clock.today().pred_opt().unwrap().to_string()
}

/// So many merchants, each with a shop and a day on which it took its number times a hundred yuan.
pub async fn owed(city: &RewardsCity, many: u32) -> Vec<Id> {
    let person = TestCity::person_of("member");
    issue(city, budget(city, TestCity::UNION).await, person, 50_000_000).await;
    let mut merchants = Vec::new();
    for number in 1..=many {
        let firm = merchant(city, number).await;
        let place = shop(city, firm, "1").await;
        pay(city, person, place, i64::from(number) * 10_000).await;
        merchants.push(firm);
    }
    crate::merchant::stage::next_day(city).await;
    merchants
}

pub async fn make(city: &RewardsCity) -> Answer {
    city.city_officer().post("/api/settlements", json!({ "through": yesterday(city) })).await
}

pub async fn page(city: &RewardsCity, settlement: &str) -> Value {
    city.city_officer().get(&format!("/api/settlements/{settlement}")).await.ok()
}

/// A settlement of everything that is owed, made, checked, released and sent; answers its id and its page.
pub async fn sent(city: &RewardsCity) -> (String, Value) {
    let made = make(city).await.ok();
    let id = made["id"].as_str().unwrap().to_owned();
    let path = format!("/api/settlements/{id}");
    city.city_officer().post(&format!("{path}/check"), json!({ "version": 1 })).await.ok();
    city.city_deputy().post(&format!("{path}/approve"), json!({ "version": 2 })).await.ok();
    let file =
        city.city_officer().get(&format!("{path}/bank-file?format=csv&reason=%E9%80%81%E9%93%B6%E8%A1%8C")).await;
    assert_eq!(file.status, 200, "{}", file.body);
    (id.clone(), page(city, &id).await)
}

/// Item of a page by the place of its merchant.
pub fn item(page: &Value, merchant: Id) -> &Value {
    let of = |item: &&Value| item["merchant_id"] == json!(merchant);
    page["items"].as_array().unwrap().iter().find(of).unwrap()
}

/// A line of the bank for an item: another amount, what became of it, and when.
pub fn line(item: &Value, cents: i64, outcome: &str, day: &str) -> String {
    let tail = item["bank_tail"].as_str().unwrap();
    format!("{},{}.{:02},{outcome},****{tail},{day}", item["reference"].as_str().unwrap(), cents / 100, cents % 100)
}

pub fn agreed(city: &RewardsCity, item: &Value) -> String {
    line(item, item["amount_cents"].as_i64().unwrap(), "交易成功", &city.clock.today().to_string())
}

pub async fn bank_says(city: &RewardsCity, settlement: &str, lines: &[String]) -> Answer {
    let text = format!("付款编号,金额,状态,收款账号,记账日期\r\n{}\r\n", lines.join("\r\n"));
    let path = format!("/api/settlements/{settlement}/bank-statement?name=bank.csv");
    upload(&city.city_officer(), &path, &text).await
}

/// What the ledger owes a merchant.
pub async fn balance_of(city: &RewardsCity, merchant: Id) -> i64 {
    let account = account_in(city.db.read(), merchant, OWN_BOOK).await.unwrap().unwrap();
    balance(city.db.read(), account).await.unwrap().balance_cents
}

/// Everything fits.
pub async fn sound(city: &RewardsCity) {
    let snapshot = city.db.begin_snapshot().await.unwrap();
    let report = verify::verify(&snapshot).await.unwrap();
    kernel::db::commit(snapshot).await.unwrap();
    assert!(report.is_sound(), "{report:#?}");
}

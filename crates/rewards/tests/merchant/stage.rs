//! Merchants, shops and points to pay with.

use axum::body::Body;
use axum::http::Request;
use kernel::Id;
use kernel::id::Ids;
use kernel::testing::{Answer, Client};
use registry::employer::uscc::synthetic;
use registry::testing::TestCity;
use rewards::ledger::{AccountKind, NewAccount, OWN_BOOK, Order, What, carry_out, open_account};
use rewards::merchant::account_in;
use rewards::testing::RewardsCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

/// A firm by number.
pub fn form(number: u32) -> Value {
    json!({
        "name": format!("示例餐饮{number}号有限公司"),
        "uscc": synthetic('9', '1', "440703", 5_000 + number).unwrap().to_string(),
        "category": "catering",
        "contact_name": "陈示例",
        "contact_phone": "19900000088",
        "bank": bank(number),
    })
}

pub fn bank(number: u32) -> Value {
    json!({ "holder": format!("示例餐饮{number}号有限公司"), "bank": "示例银行江门分行",
        "number": format!("6217000000{number:06}") })
}

pub fn id(answer: &Value) -> Id {
    answer["id"].as_str().unwrap().parse().unwrap()
}

/// A merchant under contract, entered by one officer and approved by another.
pub async fn merchant(city: &RewardsCity, number: u32) -> Id {
    let enter = json!({ "organization_id": TestCity::CITY, "form": form(number), "terms": "按月结算，不收手续费",
        "contract_from": "2026-01-01", "contract_to": "2028-01-01" });
    let merchant = id(&city.city_officer().post("/api/merchants", enter).await.ok());
    city.city_deputy().post(&format!("/api/merchants/{merchant}/approve"), json!({ "version": 1 })).await.ok();
    merchant
}

pub fn shop_form(code: &str) -> Value {
    json!({ "code": code, "name": format!("示例餐饮{code}店"), "division_code": "440703101", "address": "示例路 1 号",
        "lon_e6": 113_081_901, "lat_e6": 22_578_738, "opens": "09:00", "closes": "21:00", "shut": "" })
}

pub async fn shop(city: &RewardsCity, merchant: Id, code: &str) -> Id {
    let path = format!("/api/merchants/{merchant}/shops");
    id(&city.city_officer().post(&path, json!({ "form": shop_form(code) })).await.ok())
}

/// Somebody who came by a manager's code; answers his work.
pub async fn cashier(by: &Client, merchant: Id, shop: Option<Id>, role: &str, who: &Client) -> Id {
    let invite = json!({ "shop_id": shop, "role": role, "label": role });
    let code = by.post(&format!("/api/shop/merchants/{merchant}/invitations"), invite).await.ok();
    let joined = who.post("/api/shop/join", json!({ "code": code["code"] })).await.ok();
    joined["cashier_id"].as_str().unwrap().parse().unwrap()
}

/// Sends a file.
pub async fn upload(client: &Client, path: &str, text: &str) -> Answer {
    let request = Request::post(path).header("x-zhigong", "1").body(Body::from(text.to_owned())).unwrap();
    client.send(request).await
}

fn order(what: What) -> Order {
    Order { id: Ids::random(), book_id: OWN_BOOK, by: None, what }
}

/// A funded budget of a union.
pub async fn budget(city: &RewardsCity, union: Id) -> Id {
    let tx = city.system().begin_bulk().await.unwrap();
    let (kind, owner_id, purpose) = (AccountKind::Budget, Some(union), "文体活动".to_owned());
    let new = NewAccount { book_id: OWN_BOOK, kind, owner_id, purpose, fiscal_year: 2026, floor_cents: Some(0) };
    let budget_id = open_account(&tx, new).await.unwrap();
    tx.commit(()).await.unwrap();
    let bank_line_id = Ids::random();
    carry_out(&city.app, order(What::TopUp { budget_id, amount_cents: 100_000_000, bank_line_id })).await.unwrap();
    budget_id
}

pub async fn issue(city: &RewardsCity, budget_id: Id, person_id: Id, amount_cents: i64) {
    let (expires_on, reason) = ("2027-12-31".parse().unwrap(), "示例发放".to_owned());
    let what = What::Issue { budget_id, person_id, amount_cents, expires_on, reason, subject_id: None };
    carry_out(&city.app, order(what)).await.unwrap();
}

/// Pays in a shop; answers the payment.
pub async fn pay(city: &RewardsCity, person_id: Id, shop: Id, amount_cents: i64) -> Id {
    let merchant = number(city, "SELECT merchant_id AS n FROM shop WHERE id = $1", shop).await;
    let merchant_account_id = account_in(city.db.read(), merchant, OWN_BOOK).await.unwrap().unwrap();
    let (shop_id, reason) = (Some(shop), "午餐".to_owned());
    let what = What::Pay { person_id, merchant_account_id, amount_cents, shop_id, reason, subject_id: None };
    carry_out(&city.app, order(what)).await.unwrap().transfer_id
}

/// Holds an amount for a shop and captures a part of it; answers the payment.
pub async fn capture(city: &RewardsCity, person_id: Id, shop: Id, held_cents: i64, amount_cents: i64) -> Id {
    let merchant = number(city, "SELECT merchant_id AS n FROM shop WHERE id = $1", shop).await;
    let to = account_in(city.db.read(), merchant, OWN_BOOK).await.unwrap().unwrap();
    let expires_at = city.clock.now() + chrono::TimeDelta::minutes(10);
    let (shop_id, reason) = (Some(shop), "订单".to_owned());
    let hold = What::Hold { person_id, to, amount_cents: held_cents, expires_at, shop_id, reason, subject_id: None };
    let hold_id = carry_out(&city.app, order(hold)).await.unwrap().transfer_id;
    carry_out(&city.app, order(What::Capture { hold_id, amount_cents })).await.unwrap().transfer_id
}

pub async fn refund(city: &RewardsCity, payment_id: Id, amount_cents: i64) {
    let (reason, grace_until) = ("退货".to_owned(), "2027-12-31".parse().unwrap());
    carry_out(&city.app, order(What::Refund { payment_id, amount_cents, reason, grace_until })).await.unwrap();
}

/// A single value `n` of a row.
pub async fn number<T: sea_orm::TryGetable>(city: &RewardsCity, sql: &str, id: Id) -> T {
    let row = city.db.read().query_one_raw(city.db.statement(sql, [id.into()])).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

/// The next day, with the statements of this one.
pub async fn next_day(city: &RewardsCity) {
    city.clock.advance(chrono::TimeDelta::days(1));
    rewards::settlement::cut::round(&city.app).await.unwrap();
}

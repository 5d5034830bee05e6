//! A union with money, people in it, and short ways to ask for what the tests are about.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Body;
use axum::http::Request;
use kernel::Id;
use kernel::testing::{Answer, Client};
use kernel::time::Day;
use registry::person::id_number;
use registry::testing::TestCity;
use rewards::testing::RewardsCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

/// Numbers of the bank: none is there twice within a run.
static LINES: AtomicU32 = AtomicU32::new(1);

pub fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// A budget of a union without money.
pub async fn budget(city: &RewardsCity, union: Id, purpose: &str) -> String {
    let body = json!({ "organization_id": union, "purpose": purpose });
    text(&city.city_officer().post("/api/points/budgets", body).await.ok(), "id")
}

/// A line of the bank.
pub async fn line(city: &RewardsCity, cents: i64) -> String {
    let number = format!("LS{:08}", LINES.fetch_add(1, Ordering::Relaxed));
    let body = json!({ "number": number, "day": "2026-11-20", "amount_cents": cents, "payer": "示例制造有限公司工会" });
    text(&city.city_officer().post("/api/points/bank-lines", body).await.ok(), "id")
}

/// Puts money into a budget: one officer matches, another approves.
pub async fn fund(city: &RewardsCity, budget: &str, cents: i64) {
    let line = line(city, cents).await;
    let body = json!({ "budget_id": budget, "reason": "与付款通知一致" });
    let asked = city.city_officer().post(&format!("/api/points/bank-lines/{line}/match"), body).await.ok();
    approve(&city.city_deputy(), "points_funding", &text(&asked, "id")).await.ok();
}

/// A budget with money.
pub async fn funded(city: &RewardsCity, union: Id, cents: i64) -> String {
    let budget = budget(city, union, "festival").await;
    fund(city, &budget, cents).await;
    budget
}

pub async fn approve(client: &Client, kind: &str, subject: &str) -> Answer {
    client.post(&format!("/api/points/approvals/{kind}/{subject}/approve"), json!({})).await
}

/// A budget as its page shows it.
pub async fn page(client: &Client, budget: &str) -> Value {
    client.get(&format!("/api/points/budgets/{budget}")).await.ok()["budget"].clone()
}

/// The memberships of a union.
pub async fn memberships(city: &RewardsCity, union: Id) -> Vec<Id> {
    let sql = "SELECT id FROM membership WHERE organization_id = $1 AND state = 'active' ORDER BY id";
    let rows = city.db.read().query_all_raw(city.db.statement(sql, [union.into()])).await.unwrap();
    rows.iter().map(|row| row.try_get("", "id").unwrap()).collect()
}

/// A batch by rule over everybody in the union.
pub fn everybody(budget: &str, cents: i64) -> Value {
    json!({ "budget_id": budget, "kind": "segment", "name": "2026 年节日慰问", "each_cents": cents, "rule": "true" })
}

/// Makes a batch, prepares it and submits it; answers its id.
pub async fn submitted(city: &RewardsCity, maker: &Client, body: Value) -> String {
    let batch = text(&maker.post("/api/points/batches", body).await.ok(), "id");
    city.work().await;
    submit(maker, &batch).await.ok();
    batch
}

pub async fn submit(maker: &Client, batch: &str) -> Answer {
    let version = batch_page(maker, batch).await["batch"]["version"].clone();
    maker.post(&format!("/api/points/batches/{batch}/submit"), json!({ "version": version })).await
}

pub async fn batch_page(client: &Client, batch: &str) -> Value {
    client.get(&format!("/api/points/batches/{batch}")).await.ok()
}

/// Issues to everybody of a union, from the beginning to the end.
pub async fn issued(city: &RewardsCity, budget: &str, cents: i64) -> String {
    let batch = submitted(city, &city.chair(), everybody(budget, cents)).await;
    approve(&city.vice_chair(), "issue_batch", &batch).await.ok();
    city.work().await;
    batch
}

/// A number that the ledger's tables answer.
pub async fn number(city: &RewardsCity, sql: &str) -> i64 {
    let row = city.db.read().query_one_raw(city.db.statement(sql, [])).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

/// The ID number of a named member of the test city.
pub fn id_number_of(number: u16) -> String {
    let birth = Day::from_ymd_opt(1990, 1, 1).unwrap() + chrono::Days::new(u64::from(number));
    id_number::synthetic("440703", birth, number).unwrap()
}

/// Takes the roles of somebody away.
pub async fn dismiss(city: &RewardsCity, key: &str) {
    let tx = city.system().begin().await.unwrap();
    let sql = "UPDATE role_grant SET revoked_at = $1 WHERE account_id = $2";
    tx.execute_sql(sql, [tx.now().into(), TestCity::account_of(key).into()]).await.unwrap();
    tx.commit(()).await.unwrap();
}

pub async fn upload(client: &Client, path: &str, content: &str) -> Answer {
    let request = Request::post(path).header("x-zhigong", "1").header("content-type", "application/octet-stream");
    client.send(request.body(Body::from(content.to_owned())).unwrap()).await
}

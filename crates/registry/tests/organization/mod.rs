//! Unions: founding, changes, lists and the tree, joining look-ups.

mod changes;
mod days;
mod founding;
mod hostile;
mod joining;
mod officers;
mod scope;

use kernel::Id;
use kernel::testing::{Answer, Client};
use registry::employer::uscc;
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

/// A proposal that is accepted: a base union under the town.
fn proposal(name: &str) -> Value {
    json!({
        "parent_id": TestCity::TOWN, "name": name, "kind": "grassroots", "division_code": "440703101",
        "employees_declared": 30, "contact_name": "示例联系人", "contact_phone": "0750-3500001", "address": "示例路 2 号",
    })
}

fn with(mut body: Value, key: &str, value: impl Into<Value>) -> Value {
    body[key] = value.into();
    body
}

/// A synthetic code of a union or a company.
fn code(department: char, number: u32) -> String {
    uscc::synthetic(department, '1', "440703", number).unwrap().to_string()
}

async fn propose(by: &Client, body: Value) -> String {
    by.post("/api/organizations", body).await.ok()["id"].as_str().unwrap().to_owned()
}

async fn act(by: &Client, id: impl std::fmt::Display, verb: &str, body: Value) -> Answer {
    by.post(&format!("/api/organizations/{id}/{verb}"), body).await
}

/// Acts and demands success.
async fn done(by: &Client, id: impl std::fmt::Display, verb: &str, body: Value) {
    let answer = act(by, id, verb, body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

async fn page(by: &Client, id: impl std::fmt::Display) -> Value {
    by.get(&format!("/api/organizations/{id}")).await.ok()
}

async fn names(by: &Client, path: &str) -> Vec<String> {
    let body = by.get(path).await.ok();
    body["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

async fn count(city: &TestCity, table: &str) -> i64 {
    let sql = format!("SELECT CAST(count(*) AS bigint) AS n FROM {table}");
    let row = city.db.read().query_one_raw(city.db.statement(&sql, [])).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

/// Everything that a refused verb could have changed.
async fn traces(city: &TestCity) -> Vec<i64> {
    let mut traces = Vec::new();
    for table in ["organization", "node", "placement", "employer", "approval", "event", "officer", "person", "notice"] {
        traces.push(count(city, table).await);
    }
    traces
}

fn texts(page: &Value) -> Vec<&str> {
    page["history"].as_array().unwrap().iter().map(|line| line["text"].as_str().unwrap()).collect()
}

fn may(page: &Value) -> Vec<&str> {
    page["may"].as_array().unwrap().iter().map(|verb| verb.as_str().unwrap()).collect()
}

fn id(text: &str) -> Id {
    text.parse().unwrap()
}

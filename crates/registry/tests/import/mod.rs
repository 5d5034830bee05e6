//! Imports of rosters on both engines, over HTTP and through the jobs.

mod access;
mod crash;
mod files;
mod outcomes;
mod phones;
mod states;

use std::fmt::Write;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use kernel::Id;
use kernel::job::{Jobs, work_off};
use kernel::session::COOKIE;
use kernel::sheet::{Format, SheetWriter, WriterOptions};
use kernel::testing::{Answer, Client};
use registry::person::id_number;
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tower::ServiceExt;

/// The header of the template, as far as most tests need it.
pub const HEADER: &str = "姓名,证件号码,手机号码,所属工会";

/// The number of the synthetic person `n`.
pub fn number(n: u32) -> String {
    let birth = chrono::NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::Days::new(u64::from(n / 900));
    id_number::synthetic("440703", birth, u16::try_from(n % 900 + 50).unwrap()).unwrap()
}

/// The name of the synthetic person `n`.
pub fn name(n: u32) -> String {
    let given = ["建国", "秀英", "伟", "芳", "敏", "静", "强", "磊"];
    format!("示例{}", given[usize::try_from(n).unwrap() % given.len()])
}

/// The row of the synthetic person `n`, in a union.
pub fn line(n: u32, union: &str) -> String {
    format!("{},{},138{n:08},{union}", name(n), number(n))
}

/// A file of these lines below the usual header.
pub fn csv(lines: impl IntoIterator<Item = String>) -> Vec<u8> {
    let mut text = format!("{HEADER}\r\n");
    for line in lines {
        write!(text, "{line}\r\n").unwrap();
    }
    text.into_bytes()
}

/// The same as a workbook.
pub fn xlsx(lines: impl IntoIterator<Item = String>) -> Vec<u8> {
    let mut writer = SheetWriter::new(Vec::new(), Format::Xlsx, WriterOptions::default()).unwrap();
    writer.row(&HEADER.split(',').collect::<Vec<_>>()).unwrap();
    for line in lines {
        writer.row(&line.split(',').collect::<Vec<_>>()).unwrap();
    }
    writer.finish().unwrap()
}

pub async fn upload(client: &Client, name: &str, bytes: Vec<u8>) -> Answer {
    let request = Request::post(format!("/api/imports/files?name={name}"));
    let request = request.header("x-zhigong", "1").header("content-type", "application/octet-stream");
    client.send(request.body(Body::from(bytes)).unwrap()).await
}

/// An import in draft.
pub async fn draft(client: &Client, union: Id, name: &str, bytes: Vec<u8>) -> Value {
    let staged = upload(client, name, bytes).await.ok();
    let files = json!([{ "file_id": staged["file_id"], "part": "members" }]);
    let body = json!({ "kind": "roster", "organization_id": union, "files": files });
    client.post("/api/imports", body).await.ok()
}

pub async fn post(client: &Client, import: &Value, verb: &str) -> Answer {
    client.post(&format!("/api/imports/{}/{verb}", import["id"].as_str().unwrap()), json!({})).await
}

pub async fn page(client: &Client, import: &Value) -> Value {
    client.get(&format!("/api/imports/{}", import["id"].as_str().unwrap())).await.ok()
}

/// Carries out the jobs that are due.
pub async fn work(city: &TestCity) {
    work_off(&city.app, &registry::jobs(Jobs::new())).await.unwrap();
}

/// Checked and run to the end.
pub async fn imported(city: &TestCity, client: &Client, union: Id, bytes: Vec<u8>) -> Value {
    let import = checked(city, client, union, bytes).await;
    post(client, &import, "run").await.ok();
    work(city).await;
    let done = page(client, &import).await;
    assert_eq!(done["state"], "done", "{done}");
    adds_up(&done);
    done
}

/// Checked.
pub async fn checked(city: &TestCity, client: &Client, union: Id, bytes: Vec<u8>) -> Value {
    let import = draft(client, union, "roster.csv", bytes).await;
    post(client, &import, "check").await.ok();
    work(city).await;
    let checked = page(client, &import).await;
    assert_eq!(checked["state"], "checked", "{checked}");
    adds_up(&checked);
    checked
}

/// Added, unchanged, rejected.
pub fn counts(page: &Value) -> [i64; 3] {
    ["added", "unchanged", "rejected"].map(|name| page[name].as_i64().unwrap())
}

/// Every number of the page agrees with the others.
#[track_caller]
pub fn adds_up(page: &Value) {
    let sum: i64 = counts(page).iter().sum();
    assert_eq!(page["position"], sum, "{page}");
    assert_eq!(page["rows_total"], sum, "{page}");
    let by_code: i64 = page["by_code"].as_array().unwrap().iter().map(|row| row["rows"].as_i64().unwrap()).sum();
    assert_eq!(page["rejected"], by_code, "{page}");
    let parts = page["parts"].as_array().unwrap().iter().map(counts);
    let all = parts.fold([0; 3], |all, part| [all[0] + part[0], all[1] + part[1], all[2] + part[2]]);
    assert_eq!(all, counts(page), "{page}");
}

/// Row number and codes of every rejected row of the phase that the page shows.
pub async fn faults(client: &Client, import: &Value) -> Vec<(i64, Vec<String>)> {
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/api/imports/{}/faults?limit=100{after}", import["id"].as_str().unwrap());
        let part = client.get(&path).await.ok();
        for row in part["items"].as_array().unwrap() {
            let codes =
                row["faults"].as_array().unwrap().iter().map(|fault| fault["code"].as_str().unwrap().to_owned());
            assert_eq!(row["code"], row["faults"][0]["code"]);
            found.push((row["row_number"].as_i64().unwrap(), codes.collect()));
        }
        match part["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return found,
        }
    }
}

/// A download as bytes.
pub async fn download(city: &TestCity, client: &Client, path: &str) -> (u16, Vec<u8>) {
    let cookie = format!("{COOKIE}={}", client.token().unwrap());
    let request = Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap();
    let answer = city.router().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    (status, to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec())
}

pub async fn count(city: &TestCity, sql: &str) -> i64 {
    let row = city.db.read().query_one_raw(city.db.statement(sql, [])).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

/// What is there after an import, without ids and times: who belongs where, and what was rejected.
pub async fn content(city: &TestCity) -> Vec<String> {
    let people =
        "SELECT i.digest, p.name, p.sex, CAST(p.birth AS text) AS birth, o.name AS union_name, m.employment_form,
            CAST(m.joined_on AS text) AS joined_on, p.synthetic
        FROM membership m JOIN person p ON p.id = m.person_id JOIN organization o ON o.id = m.organization_id
        JOIN person_index i ON i.person_id = p.id AND i.kind = 'id_number' WHERE m.import_id IS NOT NULL";
    let rows = city.db.read().query_all_raw(city.db.statement(people, [])).await.unwrap();
    let text = |row: &sea_orm::QueryResult, name: &str| row.try_get::<String>("", name).unwrap();
    let mut content: Vec<String> = rows
        .iter()
        .map(|row| {
            let digest: Vec<u8> = row.try_get("", "digest").unwrap();
            let fields =
                ["name", "sex", "birth", "union_name", "employment_form", "joined_on"].map(|name| text(row, name));
            let synthetic: bool = row.try_get("", "synthetic").unwrap();
            format!("{digest:?} {fields:?} {synthetic}")
        })
        .collect();
    let faults = "SELECT row_number, code, faults FROM import_fault WHERE phase = 'run'";
    let rows = city.db.read().query_all_raw(city.db.statement(faults, [])).await.unwrap();
    content.extend(rows.iter().map(|row| {
        let number: i64 = row.try_get("", "row_number").unwrap();
        format!("{number} {} {}", text(row, "code"), text(row, "faults"))
    }));
    content.sort();
    content
}

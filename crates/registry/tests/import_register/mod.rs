//! Imports of registers on both engines: unions, employers and officers from several files, over HTTP and through the
//! jobs.

mod crash;
mod many;
mod names;
mod one_person;
mod outcomes;
mod scope;

use kernel::Id;
use kernel::testing::Client;
use registry::employer::uscc::synthetic;
use registry::person::id_number;
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::import::{adds_up, counts, page, post, upload, work};

pub const UNIONS: &str = "工会名称,工会类型,上级工会,工会代码,所在地区,建会日期,职工人数,用人单位,用人单位代码,主席姓名,主席手机,联系人,联系电话,地址";
pub const EMPLOYERS: &str = "单位名称,统一社会信用代码,所在地区,所属工会,别名";
pub const OFFICERS: &str = "所属工会,姓名,职务,手机号码,证件号码,任职日期";

/// The code of the synthetic union `n`.
pub fn union_code(n: u32) -> String {
    synthetic('8', '1', "440703", 10_000 + n).unwrap().to_string()
}

/// The code of the synthetic employer `n`.
pub fn unit_code(n: u32) -> String {
    synthetic('9', '1', "440703", 10_000 + n).unwrap().to_string()
}

/// The ID number of the synthetic person `n`.
pub fn id_number(n: u32) -> String {
    let birth = chrono::NaiveDate::from_ymd_opt(1975, 1, 1).unwrap() + chrono::Days::new(u64::from(n));
    id_number::synthetic("440703", birth, 77).unwrap()
}

/// A union's row: name, kind, parent, and the columns after it from 工会代码 on.
pub fn union(name: &str, kind: &str, parent: &str, rest: &str) -> String {
    format!("{name},{kind},{parent},{rest}")
}

/// Files of an import: part and lines below its usual header.
pub type Files<'a> = &'a [(&'a str, Vec<String>)];

fn csv(part: &str, lines: &[String]) -> Vec<u8> {
    let header = match part {
        "unions" => UNIONS,
        "employers" => EMPLOYERS,
        _ => OFFICERS,
    };
    [&[header.to_owned()], lines].concat().join("\r\n").into_bytes()
}

/// An import in draft.
pub async fn draft(client: &Client, union: Id, files: Files<'_>) -> Value {
    let mut staged = Vec::new();
    for (number, (part, lines)) in files.iter().enumerate() {
        let file = upload(client, &format!("{part}{number}.csv"), csv(part, lines)).await.ok();
        staged.push(json!({ "file_id": file["file_id"], "part": part }));
    }
    let body = json!({ "kind": "register", "organization_id": union, "files": staged });
    client.post("/api/imports", body).await.ok()
}

/// Checked.
pub async fn checked(city: &TestCity, client: &Client, union: Id, files: Files<'_>) -> Value {
    let import = draft(client, union, files).await;
    post(client, &import, "check").await.ok();
    work(city).await;
    let seen = page(client, &import).await;
    assert_eq!(seen["state"], "checked", "{seen}");
    adds_up(&seen);
    seen
}

/// Checked and run to the end; what the check said is what the run did.
pub async fn imported(city: &TestCity, client: &Client, union: Id, files: Files<'_>) -> Value {
    let import = checked(city, client, union, files).await;
    let said = faults(client, &import).await;
    post(client, &import, "run").await.ok();
    work(city).await;
    let done = page(client, &import).await;
    assert_eq!(done["state"], "done", "{done}");
    adds_up(&done);
    assert_eq!((counts(&done), faults(client, &done).await), (counts(&import), said), "the check and the run agree");
    assert_eq!(done["parts"], import["parts"]);
    done
}

/// File, row and codes of every rejected row of the phase that the page shows.
pub async fn faults(client: &Client, import: &Value) -> Vec<(i64, i64, Vec<String>)> {
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/api/imports/{}/faults?limit=100{after}", import["id"].as_str().unwrap());
        let part = client.get(&path).await.ok();
        for row in part["items"].as_array().unwrap() {
            let faults = row["faults"].as_array().unwrap();
            assert!(faults.iter().all(|fault| fault["message"].as_str().unwrap().ends_with('。')), "{row}");
            let codes = faults.iter().map(|fault| fault["code"].as_str().unwrap().to_owned()).collect();
            found.push((row["file_number"].as_i64().unwrap(), row["row_number"].as_i64().unwrap(), codes));
        }
        match part["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return found,
        }
    }
}

/// Faults as a table in a test is written.
pub fn table(faults: &[(i64, i64, Vec<String>)]) -> Vec<(i64, i64, Vec<&str>)> {
    faults.iter().map(|(file, row, codes)| (*file, *row, codes.iter().map(String::as_str).collect())).collect()
}

/// One text column of a query.
pub async fn texts(city: &TestCity, sql: &str) -> Vec<String> {
    let rows = city.db.read().query_all_raw(city.db.statement(sql, [])).await.unwrap();
    rows.iter().map(|row| row.try_get("", "t").unwrap()).collect()
}

pub async fn number(city: &TestCity, sql: &str) -> i64 {
    let row = city.db.read().query_one_raw(city.db.statement(sql, [])).await.unwrap();
    row.unwrap().try_get("", "n").unwrap()
}

/// Everything that imports leave behind, without ids, times and random codes.
pub async fn content(city: &TestCity) -> Vec<String> {
    let mut all = Vec::new();
    for sql in [
        "SELECT o.name || '|' || o.kind || '|' || o.state || '|' || coalesce(o.uscc, '') || '|' || o.division_code || '|'
            || coalesce(CAST(o.employees_declared AS text), '') || '|' || coalesce(CAST(o.established_on AS text), '') || '|'
            || coalesce(CAST(o.term_to AS text), '') || '|' || coalesce(o.contact_name, '') || '|' || coalesce(o.address, '')
            || '|' || CASE WHEN o.import_id IS NULL THEN '' ELSE 'imported' END || '|' || coalesce(p.name, '') || '|'
            || CAST((SELECT count(*) FROM join_link l WHERE l.organization_id = o.id AND l.ended_at IS NULL) AS text) AS t
            FROM organization o LEFT JOIN placement x ON x.child = o.id AND x.valid_to IS NULL
            LEFT JOIN organization p ON p.id = x.parent",
        "SELECT e.name || '|' || coalesce(e.uscc, '') || '|' || e.division_code || '|' || coalesce(o.name, '') || '|'
            || CASE WHEN e.import_id IS NULL THEN '' ELSE 'imported' END AS t
            FROM employer e LEFT JOIN organization_employer x ON x.employer_id = e.id AND x.valid_to IS NULL
            LEFT JOIN organization o ON o.id = x.organization_id",
        "SELECT o.name || '|' || p.name || '|' || f.title || '|' || CAST(f.valid_from AS text) || '|'
            || CASE WHEN f.import_id IS NULL THEN '' ELSE 'imported' END AS t
            FROM officer f JOIN organization o ON o.id = f.organization_id JOIN person p ON p.id = f.person_id",
        "SELECT e.name || '|' || a.name AS t FROM employer_alias a JOIN employer e ON e.id = a.employer_id",
        "SELECT e.name || '|' || CAST((SELECT count(*) FROM employer_key k WHERE k.employer_id = e.id) AS text) AS t
            FROM employer e WHERE e.import_id IS NOT NULL",
        "SELECT p.name || '|' || coalesce(p.id_kind, '') || '|' || coalesce(CAST(p.birth AS text), '') || '|'
            || CAST((SELECT count(*) FROM person_index i WHERE i.person_id = p.id) AS text) AS t FROM person p",
        "SELECT kind || '|' || CAST(count(*) AS text) AS t FROM event
            WHERE kind LIKE 'organization.%' OR kind LIKE 'employer.%' OR kind = 'person.entered' GROUP BY kind",
        "SELECT phase || '|' || CAST(file_number AS text) || '|' || CAST(row_number AS text) || '|' || code AS t FROM import_fault",
    ] {
        let mut part = texts(city, sql).await;
        part.sort();
        all.extend(part);
    }
    all
}

//! Exports over HTTP and through the job: what stands in the file, who gets it, and for how long.

use std::io::Cursor;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use kernel::job::{Jobs, work_off};
use kernel::session::COOKIE;
use kernel::sheet::Book;
use kernel::testing::Client;
use kernel::{Id, both_engines};
use registry::export::{round, write};
use registry::testing::TestCity;
use registry::testing::crowd::crowd;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tower::ServiceExt;

fn body(organization: Id, within: bool, format: &str) -> Value {
    json!({ "organization_id": organization, "within": within, "format": format, "reason": "发放节日慰问品" })
}

/// Asks, lets the job run, answers the export.
async fn export(city: &TestCity, client: &Client, body: Value) -> Value {
    let asked = client.post("/api/exports", body).await.ok();
    assert_eq!((&asked["state"], &asked["rows"]), (&json!("waiting"), &json!(0)));
    work_off(&city.app, &registry::jobs(Jobs::new())).await.unwrap();
    let row = client.get(&format!("/api/exports/{}", asked["id"].as_str().unwrap())).await.ok();
    assert_eq!(row["state"], "ready", "{row}");
    row
}

/// The bytes of a file as they are downloaded.
async fn bytes(city: &TestCity, client: &Client, id: &str) -> Vec<u8> {
    let request = Request::get(format!("/api/exports/{id}/file"));
    let request = request.header("cookie", format!("{COOKIE}={}", client.token().unwrap()));
    let response = city.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    let disposition = response.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.starts_with("attachment") && disposition.contains("DC20261123"), "{disposition}");
    to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
}

/// The cells of a file, row by row.
fn cells(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let rows = Book::open(Cursor::new(bytes), "x").unwrap().rows(0).unwrap();
    rows.map(|row| row.unwrap().cells.into_iter().map(|cell| cell.text).collect()).collect()
}

async fn events(city: &TestCity, kind: &str) -> usize {
    let sql = "SELECT id FROM event WHERE kind = $1";
    city.db.read().query_all_raw(city.db.statement(sql, [kind.into()])).await.unwrap().len()
}

both_engines! {
    async fn the_file_holds_the_rows_of_the_list(city: TestCity) {
        let crowd = crowd(&city.app, 3_200, 120).await.unwrap();
        let client = city.client_of(&city.who("registrar").role("member_registrar", crowd.city)).await;
        for (format, within) in [("xlsx", true), ("csv", true), ("csv", false)] {
            let node = if within { crowd.town } else { crowd.union };
            let row = export(&city, &client, body(node, within, format)).await;
            let file = cells(bytes(&city, &client, row["id"].as_str().unwrap()).await);
            let narrowed = if within { "within" } else { "organization_id" };
            let (mut listed, mut after) = (Vec::new(), String::new());
            loop {
                let page = client.get(&format!("/api/members?{narrowed}={node}&limit=100{after}")).await.ok();
                listed.extend(page["items"].as_array().unwrap().iter().cloned());
                match page["next"].as_str() {
                    Some(next) => after = format!("&after={next}"),
                    None => break,
                }
            }
            assert_eq!(listed.len(), if within { 2_000 } else { 110 });
            assert_eq!(row["rows"], listed.len());
            assert_eq!(file.len(), listed.len() + 2);
            let mark = row["mark"].as_str().unwrap();
            assert!(file[0][0].contains(mark) && file[0][0].contains("2026-11-23 10:00"), "{:?}", file[0]);
            assert_eq!(file[1].last().unwrap(), "导出编号");
            for (number, (line, member)) in file[2..].iter().zip(&listed).enumerate() {
                assert_eq!(line[0], (number + 1).to_string());
                assert_eq!(line[1], member["name"].as_str().unwrap());
                assert_eq!(line[3], member["id_number_masked"].as_str().unwrap());
                assert!(line[3].contains("****") && line[4].contains("****"));
                assert_eq!(line[10], mark);
            }
        }
        assert_eq!((events(&city, "export.requested").await, events(&city, "export.ready").await), (3, 3));
        assert_eq!(events(&city, "export.taken").await, 3);
        bytes(&city, &client, client.get("/api/exports").await.ok()["items"][0]["id"].as_str().unwrap()).await;
        assert_eq!(events(&city, "export.taken").await, 4);
    }

    async fn hostile_names_stay_text(city: TestCity) {
        city.database().tamper("UPDATE person SET name = '=cmd|1' WHERE name = '黄示例'").await;
        let chair = city.chair();
        for format in ["csv", "xlsx"] {
            let row = export(&city, &chair, body(TestCity::UNION, false, format)).await;
            let bytes = bytes(&city, &chair, row["id"].as_str().unwrap()).await;
            if format == "csv" {
                let text = String::from_utf8(bytes).unwrap();
                assert!(text.contains("'=cmd|1") && !text.contains(",=cmd"), "{text}");
            } else {
                assert!(cells(bytes).iter().any(|line| line.get(1).is_some_and(|name| name == "=cmd|1")));
            }
        }
    }

    async fn only_those_who_may_and_only_their_own(city: TestCity) {
        let chair = city.chair();
        chair.post("/api/exports", body(TestCity::SMALL_UNION, false, "csv")).await.refused(404, "not_found");
        chair.post("/api/exports", body(TestCity::TOWN, true, "csv")).await.refused(404, "not_found");
        city.city_officer().post("/api/exports", body(TestCity::UNION, false, "csv")).await.refused(403, "access.denied");
        for (field, value, code) in [
            ("reason", json!("短"), "reason.missing"),
            ("reason", json!("长".repeat(201)), "text.long"),
            ("state", json!("dead"), "export.state"),
            ("import_id", json!(Id::nil()), "export.import"),
        ] {
            let mut asked = body(TestCity::UNION, false, "csv");
            asked[field] = value;
            chair.post("/api/exports", asked).await.refused(422, code);
        }
        assert_eq!(events(&city, "export.requested").await, 0);
        let row = export(&city, &chair, body(TestCity::UNION, false, "csv")).await;
        assert_eq!((&row["rows"], &row["organization_name"]), (&json!(6), &json!("示例制造有限公司工会")));
        let path = format!("/api/exports/{}", row["id"].as_str().unwrap());
        for other in [city.registrar(), city.town_officer()] {
            other.get(&path).await.refused(404, "not_found");
            other.get(&format!("{path}/file")).await.refused(404, "not_found");
            assert_eq!(other.get("/api/exports").await.ok()["items"], json!([]));
        }
        assert_eq!(events(&city, "export.taken").await, 0);
    }

    async fn ten_a_day_and_seven_days(city: TestCity) {
        let chair = city.chair();
        let row = export(&city, &chair, body(TestCity::UNION, false, "csv")).await;
        for _ in 1..10 {
            chair.post("/api/exports", body(TestCity::UNION, false, "csv")).await.ok();
        }
        chair.post("/api/exports", body(TestCity::UNION, false, "csv")).await.refused(429, "export.too_many");
        city.registrar().post("/api/exports", body(TestCity::UNION, false, "csv")).await.ok();
        city.clock.advance(chrono::Duration::days(1));
        chair.post("/api/exports", body(TestCity::UNION, false, "csv")).await.ok();
        let path = format!("/api/exports/{}", row["id"].as_str().unwrap());
        city.clock.advance(chrono::Duration::days(5));
        round(&city.app).await.unwrap();
        bytes(&city, &chair, row["id"].as_str().unwrap()).await;
        city.clock.advance(chrono::Duration::days(1));
        // Refused from its last moment on, whether the round has come by or not.
        chair.get(&format!("{path}/file")).await.refused(410, "export.expired");
        round(&city.app).await.unwrap();
        round(&city.app).await.unwrap();
        chair.get(&format!("{path}/file")).await.refused(410, "export.expired");
        let shown = chair.get(&path).await.ok();
        assert_eq!((&shown["state"], &shown["bytes"], &shown["rows"]), (&json!("expired"), &json!(null), &json!(6)));
        assert_eq!(events(&city, "export.expired").await, 1);
        // Those that no worker took are given up after a day.
        let waiting = chair.get("/api/exports").await.ok();
        assert!(waiting["items"].as_array().unwrap().iter().skip(1).any(|row| row["state"] == "failed"));
    }

    async fn a_second_run_changes_nothing(city: TestCity) {
        let chair = city.chair();
        let asked = chair.post("/api/exports", body(TestCity::UNION, false, "xlsx")).await.ok();
        let id: Id = asked["id"].as_str().unwrap().parse().unwrap();
        chair.get(&format!("/api/exports/{id}/file")).await.refused(409, "export.not_ready");
        let (one, two) = tokio::join!(write::carry(&city.app, id), write::carry(&city.app, id));
        assert!(one.is_ok() && two.is_ok());
        write::carry(&city.app, id).await.unwrap();
        assert_eq!(events(&city, "export.ready").await, 1);
        let files = city.db.read().query_all_raw(city.db.statement("SELECT id FROM file", [])).await.unwrap();
        assert_eq!(files.len(), 1);
        assert_eq!(cells(bytes(&city, &chair, &id.to_string()).await).len(), 8);
    }
}

//! The administrators' rooms.

use std::path::Path;

use kernel::event::seal::seal_all;
use kernel::testing::{Answer, Client};
use kernel::{Id, both_engines, parameter};
use registry::system::kind_label;
use registry::testing::TestCity;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

/// Kinds of event that the sources record, literally.
fn recorded_kinds(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            recorded_kinds(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        // Examples in documentation record nothing.
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let kinds = code.split("Event::of(\"").skip(1).filter_map(|rest| rest.split('"').next());
        found.extend(kinds.map(str::to_owned));
    }
}

#[test]
fn every_event_of_the_registry_has_a_name() {
    let mut found = Vec::new();
    recorded_kinds(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 10);
    let nameless: Vec<_> = found.iter().filter(|kind| kind_label(kind) == kind.as_str()).collect();
    assert!(nameless.is_empty(), "name them in system/kinds.rs: {nameless:?}");
}

async fn grant(city: &TestCity, key: &str, node: Id) {
    let body = json!({"account_id": TestCity::account_of(key), "role": "chair", "node_id": node});
    city.security_admin().post("/api/roles", body).await.ok();
}

async fn set(by: &Client, change: Value) -> Answer {
    let mut body = json!({"name": "lock.tries", "value": "4", "from": "2026-12-01", "source": "示例文件〔2026〕1 号"});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    by.post("/api/parameters", body).await
}

async fn history(city: &TestCity, name: &str, division: &str) -> Vec<parameter::Model> {
    let rows = parameter::history(city.db.read(), name).await.unwrap();
    rows.into_iter().filter(|row| row.division_code == division).collect()
}

both_engines! {
    async fn the_calendar_of_a_year_is_for_everybody(city: TestCity) {
        let year = city.rider().get("/api/calendar").await.ok();
        assert_eq!((&year["year"], &year["known_until"]), (&json!(2026), &json!("2026-12-31")));
        let of = |day: &str| year["days"].as_array().unwrap().iter().find(|row| row["day"] == day).cloned();
        assert_eq!(of("2026-10-01").unwrap()["working"], false);
        assert_eq!(of("2026-10-10").unwrap()["working"], true);
        assert!(of("2026-10-12").is_none(), "an ordinary Monday is no exception");
        city.rider().get("/api/calendar?year=1999").await.refused(422, "calendar.year");
        city.rider().get("/api/calendar?year=x").await.refused(400, "input.invalid");
    }

    async fn a_recorded_day_waits_for_the_next_start(city: TestCity) {
        let body = |change: Value| {
            let mut body = json!({"day": "2026-12-14", "working": false, "name": "市内放假", "source": "市政府办公室通知〔2026〕1 号"});
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            body
        };
        let by = city.system_admin();
        by.post("/api/calendar-days", body(json!({"day": "2026-11-22"}))).await.refused(422, "calendar.day");
        by.post("/api/calendar-days", body(json!({"name": ""}))).await.refused(422, "calendar.name");
        by.post("/api/calendar-days", body(json!({"source": "x\u{202e}y"}))).await.refused(422, "calendar.source");
        let added = by.post("/api/calendar-days", body(json!({}))).await.ok();
        assert!(added["note"].as_str().unwrap().contains("下次启动"));
        by.post("/api/calendar-days", body(json!({}))).await.refused(409, "calendar.same");
        by.post("/api/calendar-days", body(json!({"working": true, "name": "市内调休上班"}))).await.ok();
        let year = by.get("/api/calendar?year=2026").await.ok();
        let row = year["days"].as_array().unwrap().iter().find(|row| row["day"] == "2026-12-14").unwrap();
        assert_eq!((&row["working"], &row["pending"]), (&json!(true), &json!(true)));
        city.audit_admin().post("/api/calendar-days", body(json!({}))).await.refused(403, "access.denied");
    }

    async fn events_are_read_newest_first(city: TestCity) {
        for node in [TestCity::SMALL_UNION, TestCity::STREET_UNION, TestCity::OTHER_UNION] {
            grant(&city, "rider", node).await;
        }
        set(&city.system_admin(), json!({})).await.ok();
        seal_all(&city).await.unwrap();
        let auditor = city.audit_admin();
        let page = auditor.get("/api/events?limit=2").await.ok();
        let rows = page["items"].as_array().unwrap();
        assert_eq!((&rows[0]["kind"], &rows[0]["node_name"]), (&json!("parameter.set"), &Value::Null));
        assert_eq!((&rows[1]["kind_label"], &rows[1]["node_name"]), (&json!("授予角色"), &json!("示例陶瓷有限公司工会")));
        assert_eq!(rows[1]["payload"]["role"], "chair");
        assert!(rows[1]["actor_name"].as_str().unwrap().starts_with("示例工作人员"));
        assert_eq!(rows[1]["hash"].as_str().unwrap().len(), 64);
        assert_eq!(rows[0]["seq"].as_i64().unwrap(), rows[1]["seq"].as_i64().unwrap() + 1);
        let next = page["next"].as_str().unwrap();
        let older = auditor.get(&format!("/api/events?limit=2&before={next}")).await.ok();
        assert_eq!(older["items"][0]["seq"].as_i64().unwrap(), rows[1]["seq"].as_i64().unwrap() - 1);
        let count = |query: String| {
            let auditor = city.audit_admin();
            async move { auditor.get(&format!("/api/events?{query}")).await.ok()["items"].as_array().unwrap().len() }
        };
        assert_eq!(count("kind=role.granted".into()).await, 3);
        assert_eq!(count(format!("kind=role.granted&actor={}", TestCity::account_of("security_admin"))).await, 3);
        assert_eq!(count(format!("kind=role.granted&actor={}", TestCity::account_of("system_admin"))).await, 0);
        assert_eq!(count(format!("aggregate_id={}", rows[1]["aggregate_id"].as_str().unwrap())).await, 1);
        assert_eq!(count("kind=nothing.happened".into()).await, 0);
        for bad in ["actor=x", "aggregate_id=1'--", "before=y"] {
            auditor.get(&format!("/api/events?{bad}")).await.refused(422, "event.filter");
        }
        city.system_admin().get("/api/events").await.refused(403, "access.denied");
    }

    async fn the_auditor_sees_a_changed_byte(city: TestCity) {
        grant(&city, "rider", TestCity::SMALL_UNION).await;
        seal_all(&city).await.unwrap();
        let verified = city.audit_admin().post("/api/events/verify", json!({})).await.ok();
        assert_eq!((&verified["first_bad"], &verified["unsealed"]), (&Value::Null, &json!(0)));
        assert_eq!(verified["root"]["seq"], verified["checked"]);
        seal_all(&city).await.unwrap();
        let rows = city.audit_admin().get("/api/events?kind=chain.verified").await.ok();
        assert_eq!(rows["items"][0]["payload"]["checked"], verified["checked"]);
        city.database().tamper(if city.db.is_sqlite() { "DROP TRIGGER event_frozen" } else { "ALTER TABLE event DISABLE TRIGGER ALL" }).await;
        city.database().tamper("UPDATE event SET payload = '{}' WHERE kind = 'role.granted'").await;
        let found = city.audit_admin().post("/api/events/verify", json!({})).await.ok();
        let granted = city.audit_admin().get("/api/events?kind=role.granted").await.ok();
        assert_eq!(found["first_bad"]["seq"], granted["items"][0]["seq"]);
    }

    async fn parameters_are_dated_and_bounded(city: TestCity) {
        let by = city.system_admin();
        set(&by, json!({"name": "box.height"})).await.refused(404, "parameter.unknown");
        for value in ["2", "11", "4.5", "x", "", "-4", "٤"] {
            set(&by, json!({"value": value})).await.refused(422, "parameter.value");
        }
        set(&by, json!({"source": " "})).await.refused(422, "parameter.source");
        set(&by, json!({"from": "2026-11-22"})).await.refused(422, "parameter.past");
        set(&by, json!({"division_code": "999999"})).await.refused(422, "parameter.division");
        set(&by, json!({})).await.ok();
        set(&by, json!({"value": "6"})).await.refused(409, "parameter.early");
        set(&by, json!({"value": "6", "from": "2027-01-01"})).await.ok();
        set(&by, json!({"value": "8", "division_code": "440703"})).await.ok();
        let items = city.city_officer().get("/api/parameters").await.ok();
        let row = items["items"].as_array().unwrap().iter().find(|row| row["name"] == "lock.tries").cloned().unwrap();
        assert_eq!(row["accepts"], "3 到 10 之间的整数");
        let shown: Vec<_> = row["values"].as_array().unwrap().iter().map(|v| (&v["division_code"], &v["value"], &v["to"])).collect();
        assert_eq!(
            shown,
            [
                (&Value::Null, &json!("5"), &json!("2026-11-30")),
                (&Value::Null, &json!("4"), &json!("2026-12-31")),
                (&Value::Null, &json!("6"), &Value::Null),
                (&json!("440703"), &json!("8"), &Value::Null),
            ]
        );
        city.chair().get("/api/parameters").await.refused(403, "access.denied");
        set(&city.city_officer(), json!({})).await.refused(403, "access.denied");
    }

    async fn a_history_never_overlaps_however_many_change_it(city: TestCity) {
        let by = city.system_admin();
        for round in 1..=5 {
            let from = |day: u32| json!({"from": format!("2027-0{round}-{day:02}"), "value": format!("{}", 3 + day % 8)});
            let (a, b, c, d) = tokio::join!(
                set(&by, from(1)), set(&by, from(9)), set(&by, from(9)), set(&by, from(20)),
            );
            let won = [&a, &b, &c, &d].iter().filter(|answer| answer.status == 200).count();
            assert!((1..=3).contains(&won));
            assert!([a, b, c, d].iter().all(|answer| answer.status == 200 || answer.code() == "parameter.early"));
            let rows = history(&city, "lock.tries", "").await;
            assert!(rows.windows(2).all(|pair| pair[0].valid_to == Some(pair[1].valid_from)), "{rows:?}");
            assert_eq!(rows.last().unwrap().valid_to, None);
        }
        let open = parameter::Entity::find()
            .filter(parameter::Column::Name.eq("lock.tries"))
            .filter(parameter::Column::ValidTo.is_null())
            .order_by_asc(parameter::Column::Id);
        assert_eq!(open.all(city.db.read()).await.unwrap().len(), 1);
    }
}

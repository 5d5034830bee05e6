//! The administrators' rooms.

use kernel::both_engines;
use registry::testing::TestCity;
use serde_json::{Value, json};

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
}

//! Who reads a report, and when.

use registry::testing::TestCity;
use serde_json::json;
use voice::testing::VoiceCity;

use super::{Desk, evaluation, open, set_state};

kernel::both_engines! {
    async fn staff_reads_first_then_electors_then_everybody(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let evaluation = evaluation(&city).await;
        let reads = async |key: &str, expected: bool| {
            let client = if key == "stranger" { city.stranger() } else { city.signed_in(key) };
            let desk = Desk { client: &client, evaluation };
            for path in [desk.path(""), format!("/api/evaluations/{evaluation}/reports")] {
                let answer = client.get(&path).await;
                if expected { answer.ok(); } else { answer.refused(404, "not_found") }
            }
        };
        let chair = city.chair();
        let desk = Desk { client: &chair, evaluation };
        desk.save(0, &[("q1", "还没有交")]).await.ok();
        city.town_officer().get(&desk.path("")).await.refused(404, "not_found");
        desk.submit(1).await.ok();
        for (key, may) in [("chair", true), ("vice_chair", true), ("town_officer", true), ("city_officer", true), ("member", false), ("rider", false), ("other_county_officer", false), ("stranger", false)] {
            reads(key, may).await;
        }
        open(&city, evaluation).await;
        for (key, may) in [("chair", true), ("town_officer", true), ("member", true), ("rider", false), ("other_county_officer", false), ("stranger", false)] {
            reads(key, may).await;
        }
        set_state(&city, evaluation, "closing").await;
        reads("member", true).await;
        reads("stranger", false).await;
        set_state(&city, evaluation, "published").await;
        for key in ["member", "rider", "other_county_officer", "stranger"] {
            reads(key, true).await;
        }
        let shown = city.stranger().get(&desk.path("")).await.ok();
        assert_eq!((&shown["organization_name"], &shown["year"]), (&json!("示例制造有限公司工会"), &json!(2026)));
        let nobody = format!("/api/evaluations/{evaluation}/reports/{}", TestCity::OTHER_UNION);
        city.stranger().get(&nobody).await.refused(404, "not_found");
    }

    async fn of_too_few_ballots_the_report_stays_among_the_electors(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let evaluation = evaluation(&city).await;
        city.report(evaluation).await;
        open(&city, evaluation).await;
        set_state(&city, evaluation, "closing").await;
        set_state(&city, evaluation, "too_few").await;
        let path = format!("/api/evaluations/{evaluation}/reports");
        assert_eq!(city.member().get(&path).await.ok()["items"].as_array().unwrap().len(), 1);
        city.stranger().get(&path).await.refused(404, "not_found");
    }
}

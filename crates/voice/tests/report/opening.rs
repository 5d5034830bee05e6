//! Evaluations that do not open without their report.

use chrono::Duration;
use kernel::Id;
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use voice::appraisal::round;
use voice::testing::VoiceCity;

use super::{Desk, count, evaluation, open};

/// A campaign of the county that opens tomorrow; answers the evaluation of the union.
async fn campaign(city: &VoiceCity) -> Id {
    city.enter_members(TestCity::UNION, 4).await;
    let body = json!({ "scheme": "chair_report", "organization_id": TestCity::COUNTY, "opens_on": "2026-11-24", "closes_on": "2026-12-04" });
    city.county_officer().post("/api/campaigns", body).await.ok();
    city.work().await;
    let rows = city.chair().get("/api/evaluations").await.ok();
    rows["items"][0]["id"].as_str().unwrap().parse().unwrap()
}

async fn row(city: &VoiceCity, evaluation: Id) -> Value {
    city.county_officer().get(&format!("/api/evaluations/{evaluation}")).await.ok()["evaluation"].clone()
}

async fn duty(city: &VoiceCity, evaluation: Id) -> (String, Option<String>) {
    let sql = "SELECT CAST(due_on AS text) AS due, CAST(done_on AS text) AS done FROM duty WHERE kind = 'report' AND subject_id = $1";
    let row = city.db.read().query_one_raw(city.db.statement(sql, [evaluation.into()])).await.unwrap().unwrap();
    (row.try_get("", "due").unwrap(), row.try_get("", "done").unwrap())
}

kernel::both_engines! {
    async fn a_person_opens_it_only_with_its_report(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let evaluation = evaluation(&city).await;
        let path = format!("/api/evaluations/{evaluation}/open");
        for client in [city.chair(), city.town_officer()] {
            client.post(&path, json!({})).await.refused(409, "report.required");
        }
        let reports = city.chair().get(&format!("/api/evaluations/{evaluation}/reports")).await.ok();
        assert_eq!((&reports["required"], &reports["missing"]), (&json!(true), &json!(true)));
        assert_eq!(reports["writes"][0]["organization_id"], json!(TestCity::UNION));
        city.report(evaluation).await;
        let reports = city.town_officer().get(&format!("/api/evaluations/{evaluation}/reports")).await.ok();
        assert_eq!((&reports["missing"], reports["items"].as_array().unwrap().len(), &reports["writes"]), (&json!(false), 1, &json!([])));
        open(&city, evaluation).await;
        assert_eq!(row(&city, evaluation).await["state"], "open");
    }

    async fn where_none_is_asked_none_is_needed_and_one_may_be_added(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let body = json!({ "scheme": "members_home", "organization_id": TestCity::UNION });
        let evaluation: Id = city.chair().post("/api/evaluations", body).await.ok()["id"].as_str().unwrap().parse().unwrap();
        let chair = city.chair();
        let desk = Desk { client: &chair, evaluation };
        assert_eq!(desk.draft().await["required"], false);
        desk.save(0, &[("q1", "办了实事")]).await.ok();
        desk.submit(1).await.ok();
        open(&city, evaluation).await;
        assert_eq!(city.member().get(&desk.path("")).await.ok()["sections"][0]["text"], "办了实事");
    }

    async fn small_unions_together_open_without_and_each_chair_may_add_his(city: VoiceCity) {
        let town = city.town_officer();
        let body = json!({ "scheme": "members_home", "organization_id": TestCity::TOWN, "union_ids": [TestCity::UNION, TestCity::SMALL_UNION] });
        let evaluation: Id = town.post("/api/evaluations", body).await.ok()["id"].as_str().unwrap().parse().unwrap();
        let chair = city.chair();
        let desk = Desk { client: &chair, evaluation };
        desk.save(0, &[("q1", "我们工会办的事")]).await.ok();
        desk.submit(1).await.ok();
        let other = format!("/api/evaluations/{evaluation}/reports/{}/draft", TestCity::SMALL_UNION);
        chair.get(&other).await.refused(404, "not_found");
        town.post(&format!("/api/evaluations/{evaluation}/open"), json!({})).await.ok();
        city.work().await;
        assert_eq!(row(&city, evaluation).await["state"], "open");
        let reports = city.member().get(&format!("/api/evaluations/{evaluation}/reports")).await.ok();
        assert_eq!(reports["items"].as_array().unwrap().len(), 1);
    }

    async fn the_round_waits_for_the_report_without_asking_every_minute(city: VoiceCity) {
        let evaluation = campaign(&city).await;
        assert_eq!(duty(&city, evaluation).await, ("2026-11-24".to_owned(), None));
        city.clock.advance(Duration::days(1));
        for _ in 0..5 {
            round::round(&city.app).await.unwrap();
            city.work().await;
        }
        let before = row(&city, evaluation).await;
        assert_eq!((&before["state"], &before["opens_on"]), (&json!("draft"), &json!("2026-11-24")));
        assert_eq!(count(&city, "event WHERE kind = 'evaluation.waits'").await, 1);
        assert_eq!(count(&city, "event WHERE kind = 'evaluation.held_back'").await, 0);
        assert_eq!(round::open_due(&city.app).await.unwrap(), 0);
        assert_eq!(row(&city, evaluation).await["version"], before["version"], "it is not touched");

        city.report(evaluation).await;
        assert_eq!(duty(&city, evaluation).await, ("2026-11-24".to_owned(), Some("2026-11-24".to_owned())));
        assert_eq!(count(&city, "report_wait").await, 0);
        round::round(&city.app).await.unwrap();
        city.work().await;
        let opened = row(&city, evaluation).await;
        assert_eq!((&opened["state"], &opened["opens_on"], &opened["closes_on"]), (&json!("open"), &json!("2026-11-24"), &json!("2026-12-04")));
        assert_eq!(count(&city, "event WHERE kind = 'evaluation.end_moved'").await, 0, "the days that were planned are left");
    }

    async fn who_reports_late_leaves_the_members_their_days(city: VoiceCity) {
        let evaluation = campaign(&city).await;
        city.clock.advance(Duration::days(1));
        round::round(&city.app).await.unwrap();
        // 2 December: two days are left, three are the least.
        city.clock.advance(Duration::days(8));
        round::round(&city.app).await.unwrap();
        city.report(evaluation).await;
        round::round(&city.app).await.unwrap();
        city.work().await;
        let opened = row(&city, evaluation).await;
        assert_eq!((&opened["state"], &opened["opens_on"], &opened["closes_on"]), (&json!("open"), &json!("2026-12-02"), &json!("2026-12-09")));
        let sql = "SELECT payload FROM event WHERE kind = 'evaluation.end_moved'";
        let told = city.db.read().query_all_raw(city.db.statement(sql, [])).await.unwrap();
        let told: String = told[0].try_get("", "payload").unwrap();
        assert!(told.contains("2026-12-04") && told.contains("2026-12-09"), "{told}");
        assert_eq!(duty(&city, evaluation).await.1.as_deref(), Some("2026-12-02"));
    }

    async fn of_what_is_given_up_no_report_is_owed(city: VoiceCity) {
        let evaluation = campaign(&city).await;
        assert_eq!(duty(&city, evaluation).await.1, None);
        city.chair().post(&format!("/api/evaluations/{evaluation}/withdraw"), json!({})).await.ok();
        assert_eq!(duty(&city, evaluation).await.1, None, "what was given up is not done");
        assert_eq!(count(&city, "duty WHERE cancelled_on IS NOT NULL").await, 1);
        city.clock.advance(Duration::days(1));
        assert_eq!(round::open_due(&city.app).await.unwrap(), 0);
        assert_eq!(count(&city, "event WHERE kind = 'evaluation.waits'").await, 0);
    }

    /// The report comes in the very moment in which the round looks: it is opened in this round or in one of the next.
    async fn a_report_that_meets_the_round_is_not_forgotten(city: VoiceCity) {
        let evaluation = campaign(&city).await;
        city.clock.advance(Duration::days(1));
        let (_, looked) = futures::join!(city.report(evaluation), round::open_due(&city.app));
        looked.unwrap();
        for _ in 0..2 {
            round::round(&city.app).await.unwrap();
            city.work().await;
        }
        assert_eq!(row(&city, evaluation).await["state"], "open");
    }

    async fn small_unions_of_a_campaign_owe_no_report(city: VoiceCity) {
        let (_, mut document) = voice::scheme::bundled().unwrap().into_iter().find(|(code, _)| *code == "members_home").unwrap();
        document.report_required = true;
        let scheme = json!({ "code": "home_with_report", "document": document });
        city.city_officer().post("/api/schemes", scheme).await.ok();
        let body = json!({ "scheme": "home_with_report", "organization_id": TestCity::COUNTY, "opens_on": "2026-11-24" });
        city.county_officer().post("/api/campaigns", body).await.ok();
        city.work().await;
        let rows = city.county_officer().get("/api/evaluations").await.ok();
        assert_eq!((rows["items"].as_array().unwrap().len(), &rows["items"][0]["unions"]), (1, &json!(2)));
        assert_eq!(count(&city, "duty").await, 0);
        city.clock.advance(Duration::days(1));
        round::round(&city.app).await.unwrap();
        city.work().await;
        assert_eq!(city.county_officer().get("/api/evaluations?state=open").await.ok()["items"].as_array().unwrap().len(), 1);
    }
}

//! What a chair and an officer can do with an evaluation, and what they cannot.

use chrono::Duration;
use kernel::Id;
use kernel::testing::Client;
use registry::testing::TestCity;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use voice::appraisal::round;
use voice::testing::VoiceCity;

use super::{draft, events, id, opened, page};

async fn adjust(client: &Client, row: &Value, change: Value) -> kernel::testing::Answer {
    let mut body = change;
    body["version"] = row["version"].clone();
    client.post(&format!("/api/evaluations/{}/adjust", id(row)), body).await
}

async fn post(client: &Client, id: Id, verb: &str) -> kernel::testing::Answer {
    client.post(&format!("/api/evaluations/{id}/{verb}"), json!({})).await
}

kernel::both_engines! {
    async fn a_chair_is_rated_by_his_members_and_not_by_himself(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let chair = city.chair();
        let row = draft(&chair, "chair_report", TestCity::UNION).await;
        assert_eq!(row["title"], "示例制造有限公司工会主席2026年度述职测评");
        assert_eq!((&row["state"], &row["closes_on"], &row["version"]), (&json!("draft"), &json!("2026-11-30"), &json!(1)));
        let row = adjust(&chair, &row, json!({ "title": "2026 年度述职", "closes_on": "2026-12-03" })).await.ok();
        assert_eq!((&row["title"], &row["closes_on"]), (&json!("2026 年度述职"), &json!("2026-12-03")));

        let evaluation = id(&row);
        city.report(evaluation).await;
        assert_eq!(post(&chair, evaluation, "open").await.ok()["state"], "freezing");
        city.member().get(&format!("/api/evaluations/{evaluation}")).await.refused(404, "not_found");
        city.work().await;
        let electors = city.electors(evaluation).await;
        let mut expected = city.members_of(TestCity::UNION).await;
        assert!(expected.remove(&TestCity::person_of("chair")) && expected.remove(&TestCity::person_of("vice_chair")));
        assert_eq!(electors, expected);

        let seen = page(&city.member(), evaluation).await;
        assert_eq!((&seen["evaluation"]["state"], &seen["evaluation"]["electorate"]), (&json!("open"), &json!(8)));
        assert_eq!((&seen["mine"]["drawn"], &seen["drawn"]), (&json!(false), &Value::Null));
        let text = seen["instrument_text"].as_str().unwrap();
        assert_eq!(seen["instrument_hash"], hex::encode(Sha256::digest(text.as_bytes())));
        let keys: Vec<&Value> = seen["polls"].as_array().unwrap().iter().map(|poll| &poll["key_hash"]).collect();
        assert_eq!(keys, [&seen["instrument"]["key_hash"], &seen["instrument"]["opinion_key_hash"]]);
        let key = hex::decode(seen["polls"][0]["public_key"].as_str().unwrap()).unwrap();
        assert_eq!(seen["instrument"]["key_hash"], hex::encode(Sha256::digest(key)));
        let told = events(&city, "evaluation.opened").await;
        assert!(told[0].payload.contains(seen["instrument_hash"].as_str().unwrap()));

        let mine = city.member().get("/api/evaluations/open").await.ok();
        assert_eq!((&mine["items"][0]["id"], &mine["items"][0]["drawn"]), (&json!(evaluation), &json!(false)));
        for rated in ["chair", "vice_chair", "rider", "town_officer"] {
            assert_eq!(city.signed_in(rated).get("/api/evaluations/open").await.ok()["items"], json!([]), "{rated}");
        }
        // The rated one never sees how many have drawn; the level above does.
        assert_eq!(page(&chair, evaluation).await["drawn"], Value::Null);
        assert_eq!(page(&city.town_officer(), evaluation).await["drawn"], 0);
    }

    async fn a_year_has_one_evaluation_until_its_draft_is_given_up(city: VoiceCity) {
        let chair = city.chair();
        let body = json!({ "scheme": "chair_report", "organization_id": TestCity::UNION });
        let (one, two) = (city.chair(), city.town_officer());
        let (one, two) = futures::join!(one.post("/api/evaluations", body.clone()), two.post("/api/evaluations", body.clone()));
        let (made, refused) = if one.status == 200 { (one, two) } else { (two, one) };
        refused.refused(409, "evaluation.twice");
        let first = id(&made.ok());
        chair.post("/api/evaluations", body.clone()).await.refused(409, "evaluation.twice");
        let mut of_2025 = body.clone();
        of_2025["year"] = json!(2025);
        chair.post("/api/evaluations", of_2025).await.ok();
        post(&chair, first, "withdraw").await.ok();
        post(&chair, first, "withdraw").await.refused(409, "evaluation.state");
        post(&chair, first, "open").await.refused(409, "evaluation.state");
        chair.post("/api/evaluations", body).await.ok();
    }

    async fn what_does_not_fit_is_refused_with_the_next_step(city: VoiceCity) {
        let (chair, town) = (city.chair(), city.town_officer());
        let asked = |more: Value| {
            let mut body = json!({ "scheme": "chair_report", "organization_id": TestCity::UNION });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let refuse = async |client: &Client, more: Value, status: u16, code: &str| {
            client.post("/api/evaluations", asked(more)).await.refused(status, code);
        };
        refuse(&chair, json!({ "scheme": "nothing" }), 404, "scheme.unknown").await;
        refuse(&chair, json!({ "scheme": "enforcement" }), 403, "scheme.level").await;
        refuse(&town, json!({ "scheme": "legislation", "organization_id": TestCity::TOWN }), 403, "scheme.level").await;
        refuse(&chair, json!({ "year": 2018 }), 422, "evaluation.year").await;
        refuse(&chair, json!({ "title": "评" }), 422, "evaluation.title").await;
        refuse(&chair, json!({ "closes_on": "2026-11-24" }), 422, "evaluation.days").await;
        refuse(&chair, json!({ "fund_id": TestCity::UNION }), 422, "evaluation.subject").await;
        refuse(&town, json!({ "organization_id": TestCity::SMALL_UNION }), 409, "evaluation.no_chair").await;
        refuse(&chair, json!({ "scheme": "fund_use", "fund_id": TestCity::UNION }), 422, "evaluation.subject").await;
        refuse(&chair, json!({ "union_ids": [TestCity::UNION, TestCity::SMALL_UNION] }), 422, "evaluation.joint").await;
        // Outside the scope there is nothing; without the permission no door.
        refuse(&chair, json!({ "organization_id": TestCity::OTHER_UNION }), 404, "not_found").await;
        for key in ["member", "vice_chair", "registrar", "audit_admin"] {
            city.signed_in(key).post("/api/evaluations", asked(json!({}))).await.refused(403, "access.denied");
        }
        city.stranger().get("/api/evaluations/open").await.refused(401, "auth.required");
    }

    async fn a_draft_is_changed_by_those_who_may(city: VoiceCity) {
        let (chair, county) = (city.chair(), city.county_officer());
        let row = draft(&chair, "chair_report", TestCity::UNION).await;
        adjust(&chair, &row, json!({ "rule": "age >= 18" })).await.refused(403, "evaluation.rule");
        adjust(&chair, &row, json!({ "closes_on": "2027-11-24" })).await.refused(422, "evaluation.days");
        adjust(&chair, &row, json!({ "title": "" })).await.refused(422, "evaluation.title");
        adjust(&county, &row, json!({ "rule": "age >=" })).await.refused(422, "segment.syntax");
        let changed = adjust(&county, &row, json!({ "rule": "employment_form == \"labour_contract\"" })).await.ok();
        assert_eq!(changed["version"], 2);
        adjust(&chair, &row, json!({ "title": "别的标题" })).await.refused(409, "evaluation.changed");
        adjust(&city.other_county_officer(), &changed, json!({ "title": "别的标题" })).await.refused(404, "not_found");
        let seen = page(&chair, id(&row)).await;
        assert_eq!((&seen["may"]["work"], &seen["may"]["rule"]), (&json!(true), &json!(false)));
        assert_eq!(page(&county, id(&row)).await["may"]["rule"], true);
        for outside in ["other_county_officer", "member", "rider"] {
            let answer = city.signed_in(outside).get(&format!("/api/evaluations/{}", id(&row))).await;
            answer.refused(404, "not_found");
        }
        post(&city.other_county_officer(), id(&row), "open").await.refused(404, "not_found");
        assert_eq!(city.other_county_officer().get("/api/evaluations").await.ok()["items"], json!([]));
        assert_eq!(city.town_officer().get("/api/evaluations?state=draft").await.ok()["items"][0]["id"], row["id"]);
        assert_eq!(city.town_officer().get("/api/evaluations?state=open").await.ok()["items"], json!([]));
    }

    async fn a_small_union_votes_with_others_of_its_town(city: VoiceCity) {
        let chair = city.chair();
        // Six members without chair and vice chair are four.
        let row = draft(&chair, "members_home", TestCity::UNION).await;
        post(&chair, id(&row), "open").await.refused(409, "evaluation.too_small");
        post(&chair, id(&row), "withdraw").await.ok();

        let town = city.town_officer();
        let joint = |scheme: &str, unions: &[Id]| {
            json!({ "scheme": scheme, "organization_id": TestCity::TOWN, "union_ids": unions })
        };
        let both = [TestCity::UNION, TestCity::SMALL_UNION];
        town.post("/api/evaluations", joint("chair_report", &both)).await.refused(409, "evaluation.no_chair");
        let strange = [TestCity::UNION, TestCity::STREET_UNION];
        town.post("/api/evaluations", joint("members_home", &strange)).await.refused(422, "evaluation.joint");
        let row = town.post("/api/evaluations", joint("members_home", &both)).await.ok();
        assert_eq!((&row["subject_name"], &row["unions"]), (&json!("棠下镇总工会所属 2 家小型工会"), &json!(2)));
        post(&town, id(&row), "open").await.ok();
        city.work().await;
        assert_eq!(city.electors(id(&row)).await.len(), 6);
        let seen = page(&chair, id(&row)).await;
        assert_eq!((&seen["drawn"], &seen["instrument"]["subject"]["id"]), (&Value::Null, &Value::Null));
        assert_eq!(page(&town, id(&row)).await["drawn"], 0);
        chair.post("/api/evaluations", json!({ "scheme": "members_home", "organization_id": TestCity::UNION })).await
            .refused(409, "evaluation.twice");
        city.enter_members(TestCity::SMALL_UNION, 3).await;
        let big = joint("budget_needs", &both);
        town.post("/api/evaluations", big).await.refused(422, "evaluation.joint");
    }

    async fn two_who_open_at_once_open_once(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let row = draft(&city.chair(), "chair_report", TestCity::UNION).await;
        city.report(id(&row)).await;
        let (chair, town, county) = (city.chair(), city.town_officer(), city.county_officer());
        let answers = futures::join!(post(&chair, id(&row), "open"), post(&town, id(&row), "open"), post(&county, id(&row), "open"));
        let answers = [answers.0, answers.1, answers.2];
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        assert_eq!(answers.iter().filter(|answer| answer.code() == "evaluation.state").count(), 2);
        city.work().await;
        assert_eq!((events(&city, "evaluation.freezing").await.len(), events(&city, "evaluation.opened").await.len()), (1, 1));
        assert_eq!(city.electors(id(&row)).await.len(), 8);
    }

    async fn a_chair_who_left_is_not_rated_in_place_of_the_new_one(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let row = draft(&city.chair(), "chair_report", TestCity::UNION).await;
        city.database().tamper("UPDATE officer SET valid_to = '2026-11-01' WHERE title = 'chair'").await;
        post(&city.town_officer(), id(&row), "open").await.refused(409, "evaluation.chair_changed");
    }

    async fn the_voting_ends_on_time_and_nothing_is_shown(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let evaluation = opened(&city, &city.chair(), "chair_report", TestCity::UNION).await;
        for verb in ["withdraw", "open"] {
            post(&city.town_officer(), evaluation, verb).await.refused(409, "evaluation.state");
        }
        let row = page(&city.town_officer(), evaluation).await["evaluation"].clone();
        adjust(&city.town_officer(), &row, json!({ "closes_on": "2026-12-20" })).await.refused(409, "evaluation.state");
        // The whole 30 November counts.
        city.clock.advance(Duration::days(7) + Duration::hours(13) + Duration::minutes(59));
        round::round(&city.app).await.unwrap();
        assert_eq!(page(&city.member(), evaluation).await["evaluation"]["state"], "open");
        city.clock.advance(Duration::minutes(1));
        assert_eq!(city.member().get("/api/evaluations/open").await.ok()["items"], json!([]), "no ballot after the end");
        round::round(&city.app).await.unwrap();
        // What loses a race in one round is finished in one of the next.
        for _ in 0..100 {
            round::round(&city.app).await.unwrap();
            if page(&city.member(), evaluation).await["evaluation"]["state"] != "closing" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        // Nobody voted: that is said, and nothing else.
        assert_eq!(page(&city.member(), evaluation).await["evaluation"]["state"], "too_few");
        assert_eq!(events(&city, "evaluation.closing").await.len(), 1);
        assert_eq!(events(&city, "evaluation.too_few").await.len(), 1);
        assert!(voice::appraisal::close::waiting(&city.app).await.unwrap().is_empty());
    }

    async fn departments_are_kept_by_officers_and_evaluated_by_members(city: VoiceCity) {
        let county = city.county_officer();
        let add = |name: &str| json!({ "organization_id": TestCity::COUNTY, "name": name });
        let row = county.post("/api/departments", add("示例区人力资源和社会保障局")).await.ok();
        county.post("/api/departments", add("示例区人力资源和社会保障局")).await.refused(409, "department.twice");
        county.post("/api/departments", add("局")).await.refused(422, "department.name");
        city.other_county_officer().post("/api/departments", add("示例区应急管理局")).await.refused(404, "not_found");
        city.chair().post("/api/departments", add("示例区应急管理局")).await.refused(403, "access.denied");
        let body = |union: Id, department: Option<Id>| {
            json!({ "scheme": "enforcement", "organization_id": union, "department_id": department })
        };
        county.post("/api/evaluations", body(TestCity::COUNTY, None)).await.refused(422, "evaluation.subject");
        let other = city.other_county_officer();
        other.post("/api/evaluations", body(TestCity::OTHER_COUNTY, Some(id(&row)))).await.refused(404, "department.unknown");
        let made = county.post("/api/evaluations", body(TestCity::COUNTY, Some(id(&row)))).await.ok();
        county.post("/api/evaluations", body(TestCity::COUNTY, Some(id(&row)))).await.refused(409, "evaluation.twice");
        post(&county, id(&made), "open").await.ok();
        city.work().await;
        assert_eq!(city.electors(id(&made)).await.len(), 9, "everybody of the county, chairs too");
        assert_eq!(page(&county, id(&made)).await["drawn"], 0);
        let path = format!("/api/departments/{}/end", id(&row));
        assert_eq!(county.post(&path, json!({})).await.ok()["ended_on"], "2026-11-23");
        county.post(&path, json!({})).await.refused(409, "department.ended");
        let town = city.town_officer();
        town.post("/api/evaluations", body(TestCity::TOWN, Some(id(&row)))).await.refused(409, "department.ended");
        assert_eq!(city.county_officer().get("/api/departments").await.ok()["items"][0]["name"], row["name"]);
        assert_eq!(other.get("/api/departments").await.ok()["items"], json!([]));
    }
}

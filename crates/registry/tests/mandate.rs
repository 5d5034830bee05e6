//! Recorded authority to act for another person.

use kernel::both_engines;
use kernel::time::Day;
use registry::person::mandate::{MandateScope, may_act_for};
use registry::testing::TestCity;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

fn path(key: &str) -> String {
    format!("/api/persons/{}/mandates", TestCity::person_of(key))
}

fn to_agent(key: &str) -> Value {
    json!({"agent_person_id": TestCity::person_of(key), "scope": "submit_documents", "basis": "委托书，2026 年 11 月 20 日"})
}

async fn may(city: &TestCity, day: &str) -> bool {
    let (agent, principal) = (TestCity::person_of("vice_chair"), TestCity::person_of("member"));
    let day: Day = day.parse().unwrap();
    may_act_for(city.db.read(), agent, principal, MandateScope::SubmitDocuments, day).await.unwrap()
}

both_engines! {
    async fn the_principal_names_an_agent_for_some_days(city: TestCity) {
        let mut body = to_agent("vice_chair");
        body["valid_to"] = json!("2026-11-25");
        let id = city.member().post(&path("member"), body.clone()).await.ok()["id"].clone();
        city.member().post(&path("member"), body.clone()).await.refused(409, "mandate.twice");
        assert!(!may(&city, "2026-11-22").await && may(&city, "2026-11-23").await);
        assert!(may(&city, "2026-11-25").await && !may(&city, "2026-11-26").await);
        let (agent, principal) = (TestCity::person_of("vice_chair"), TestCity::person_of("member"));
        let other = may_act_for(city.db.read(), agent, principal, MandateScope::SignInHelp, city.clock.today());
        assert!(!other.await.unwrap());
        let given = city.member().get(&path("member")).await.ok();
        let row = &given["items"][0];
        assert_eq!((&row["agent_name"], &row["scope_label"]), (&json!("林示例"), &json!("代交材料")));
        assert_eq!((&row["to"], &row["in_force"]), (&json!("2026-11-25"), &json!(true)));
        let received = city.vice_chair().get(&path("vice_chair")).await.ok();
        assert_eq!(received["items"][0]["id"], id);
        // What is over bars nothing.
        city.clock.advance(chrono::Duration::days(3));
        body["valid_to"] = Value::Null;
        city.member().post(&path("member"), body).await.ok();
        assert!(may(&city, "2030-01-01").await);
    }

    async fn who_reads_the_members_records_it_for_them(city: TestCity) {
        city.town_officer().post(&path("member"), to_agent("vice_chair")).await.ok();
        assert!(may(&city, "2026-11-23").await);
        for client in [city.rider(), city.city_officer(), city.system_admin(), city.other_county_officer()] {
            client.post(&path("member"), to_agent("vice_chair")).await.refused(404, "not_found");
            client.get(&path("member")).await.refused(404, "not_found");
        }
        city.stranger().get(&path("member")).await.refused(401, "auth.required");
        city.chair().post(&path("member"), to_agent("chair")).await.refused(409, "mandate.own");
        let other = registry::member::entity::Entity::find()
            .filter(registry::member::entity::Column::OrganizationId.eq(TestCity::OTHER_UNION))
            .one(city.db.read())
            .await
            .unwrap()
            .unwrap();
        let foreign = format!("/api/persons/{}/mandates", other.person_id);
        city.chair().post(&foreign, to_agent("vice_chair")).await.refused(404, "not_found");
    }

    async fn a_bad_mandate_is_refused(city: TestCity) {
        let ask = |change: Value| {
            let mut body = to_agent("vice_chair");
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let member = city.member();
            async move { member.post(&path("member"), body).await }
        };
        ask(json!({"agent_person_id": TestCity::person_of("member")})).await.refused(422, "mandate.self");
        ask(json!({"agent_person_id": kernel::Id::nil()})).await.refused(422, "mandate.agent");
        ask(json!({"basis": " "})).await.refused(422, "mandate.basis");
        ask(json!({"basis": "字".repeat(10_000)})).await.refused(422, "mandate.basis");
        ask(json!({"valid_to": "2026-11-22"})).await.refused(422, "mandate.dates");
        ask(json!({"scope": "everything"})).await.refused(400, "input.invalid");
        assert!(!may(&city, "2026-11-23").await);
    }

    async fn it_ends_when_revoked_or_laid_down(city: TestCity) {
        for ender in ["member", "vice_chair", "chair"] {
            let id = city.member().post(&path("member"), to_agent("vice_chair")).await.ok()["id"].clone();
            let end = format!("/api/mandates/{}/revoke", id.as_str().unwrap());
            city.rider().post(&end, json!({})).await.refused(404, "not_found");
            city.signed_in(ender).post(&end, json!({})).await.ok();
            assert!(!may(&city, "2026-11-23").await, "{ender}");
            city.signed_in(ender).post(&end, json!({})).await.refused(409, "mandate.ended");
        }
        let rows = city.chair().get(&path("member")).await.ok();
        assert_eq!(rows["items"].as_array().unwrap().len(), 3);
    }
}

//! Who may ask, over whom, and what is told.

use kernel::both_engines;
use registry::testing::TestCity;
use serde_json::{Value, json};

use super::counted;

both_engines! {
    async fn a_figure_within_the_callers_scope(city: TestCity) {
        let chair = city.chair();
        for (client, within, people) in [
            (&chair, None, Some(6)),
            (&chair, Some(TestCity::UNION), Some(6)),
            (&city.town_officer(), None, Some(8)),
            (&city.town_officer(), Some(TestCity::UNION), Some(6)),
            // Two: no figure.
            (&city.town_officer(), Some(TestCity::SMALL_UNION), None),
            (&city.county_officer(), None, Some(9)),
            (&city.county_officer(), Some(TestCity::STREET), None),
            (&city.other_county_officer(), None, Some(5)),
            (&city.city_officer(), None, Some(14)),
            (&city.city_officer(), Some(TestCity::CITY), Some(14)),
            (&city.city_officer(), Some(TestCity::INDUSTRY), None),
        ] {
            let answer = counted(client, "true", within).await;
            assert_eq!(answer, json!({"as_of": "2026-11-23", "people": people, "fewer_than": 5}), "{within:?}");
        }
        // Whatever he writes, the chair counts in his union only.
        let elsewhere = format!(r#"organization_id == "{}""#, TestCity::OTHER_UNION);
        assert_eq!(counted(&chair, &elsewhere, None).await["people"], Value::Null);
        let all = counted(&chair, r#"division.startsWith("44")"#, None).await;
        assert_eq!(all["people"], 6);
        for (client, union) in [
            (&chair, TestCity::TOWN),
            (&chair, TestCity::OTHER_UNION),
            (&city.county_officer(), TestCity::OTHER_COUNTY),
            (&city.county_officer(), TestCity::CITY),
            (&city.city_officer(), kernel::Id::from_u128(1)),
        ] {
            let asked = json!({"rule": "true", "organization_id": union.to_string()});
            client.post("/api/segments/count", asked).await.refused(404, "not_found");
        }
    }

    async fn who_may_not_ask(city: TestCity) {
        for client in [city.member(), city.rider(), city.registrar(), city.vice_chair(), city.system_admin(), city.audit_admin()] {
            client.get("/api/segments/fields").await.refused(403, "access.denied");
            client.post("/api/segments/check", json!({"rule": "true"})).await.refused(403, "access.denied");
            client.post("/api/segments/count", json!({"rule": "true"})).await.refused(403, "access.denied");
        }
        city.stranger().post("/api/segments/count", json!({"rule": "true"})).await.refused(401, "auth.required");
    }

    async fn a_rule_is_checked_while_it_is_written(city: TestCity) {
        let chair = city.chair();
        let fields = chair.get("/api/segments/fields").await.ok();
        assert_eq!(fields["longest"], 2_000);
        let form = &fields["items"][0];
        assert_eq!((&form["name"], &form["label"], &form["kind"]), (&json!("employment_form"), &json!("用工形式"), &json!("choice")));
        assert_eq!(form["values"][2], json!({"value": "platform", "label": "平台就业"}));
        let checked = chair.post("/api/segments/check", json!({"rule": " county == \"440703\" && age >= 18 "})).await.ok();
        assert_eq!(checked["rule"], "county == \"440703\" && age >= 18");
        assert_eq!(checked["sentence"], "所在区县是蓬江区，并且周岁年龄不小于 18 的会员。");
        assert_eq!(checked["fields"], json!(["county", "age"]));
        let unsaid = chair.post("/api/segments/check", json!({"rule": "[1, 2].exists(x, age == x)"})).await.ok();
        assert_eq!(unsaid["sentence"], Value::Null);
        for (rule, code) in [
            ("", "segment.empty"),
            ("wrok == \"courier\"", "segment.field"),
            ("age", "segment.result"),
            ("work.matches(\"(a+)+\")", "segment.function"),
            ("1 / 0 == 1", "segment.function"),
            ("sex == \"femal\"", "segment.value"),
            ("age == \"1\"", "segment.type"),
            ("age ==", "segment.syntax"),
            (&"!(".repeat(900), "segment.syntax"),
            (&format!("{}true{}", "[1].all(x, ".repeat(20), ")".repeat(20)), "segment.heavy"),
            (&"a".repeat(2_001), "segment.long"),
        ] {
            for path in ["/api/segments/check", "/api/segments/count"] {
                chair.post(path, json!({"rule": rule})).await.refused(422, code);
            }
        }
        let asked = json!({"rule": "true", "as_of": "2026-11-24"});
        chair.post("/api/segments/count", asked).await.refused(422, "organization.as_of");
    }
}

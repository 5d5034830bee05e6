//! Wrong and hostile input: a clear refusal, and nothing changed.

use kernel::both_engines;
use registry::testing::TestCity;
use serde_json::json;

use super::{act, code, proposal, traces, with};

both_engines! {
    async fn hostile_names_are_refused(city: TestCity) {
        let before = traces(&city).await;
        let town = city.town_officer();
        let long = format!("{}工会", "长".repeat(10_000));
        let names = [
            "<script>alert(1)</script>工会", "=cmd|' /C calc'!A0工会", "+示例工会", "@示例工会", &long, "示例😀工会",
            "示例\u{202e}会工", "示例\u{200b}公司工会", "'; DROP TABLE organization; --工会", "", "   ", "工会", "示例公司",
        ];
        for name in names {
            let refused = town.post("/api/organizations", proposal(name)).await;
            refused.refused(422, "organization.name");
            assert_eq!(refused.body["field"], "name");
            let renamed = act(&town, TestCity::UNION, "rename", json!({"name": name, "reason": "单位更名"})).await;
            renamed.refused(422, "organization.name");
            let employer = json!({"name": name});
            if name.chars().count() != 2 && !name.starts_with("示例公司") {
                let refused = town.post("/api/organizations", with(proposal("示例电子有限公司工会"), "employer", employer)).await;
                refused.refused(422, "employer.name");
            }
        }
        town.post("/api/organizations", proposal("示例\0公司工会")).await.refused(422, "input.characters");
        let reasons = ["", " ", "短", "含\u{202e}控制", &"长".repeat(10_000)];
        for reason in reasons {
            act(&town, TestCity::UNION, "rename", json!({"name": "示例新名有限公司工会", "reason": reason})).await
                .refused(422, "organization.reason");
        }
        assert_eq!(traces(&city).await, before);
    }

    async fn wrong_fields_are_refused(city: TestCity) {
        let before = traces(&city).await;
        let town = city.town_officer();
        let body = || proposal("示例电子有限公司工会");
        let cases = [
            (with(body(), "kind", "town_joint"), 422, "organization.level", "kind"),
            (with(body(), "kind", "kingdom"), 400, "input.invalid", ""),
            (with(body(), "division_code", "440703102"), 422, "organization.division", "division_code"),
            (with(body(), "division_code", "999999"), 422, "organization.division", "division_code"),
            (with(body(), "division_code", "=1"), 422, "organization.division", "division_code"),
            (with(body(), "uscc", "911100001000013428"), 422, "uscc.check", "uscc"),
            (with(body(), "uscc", "8"), 422, "uscc.length", "uscc"),
            (with(body(), "uscc", code('9', 77)), 422, "organization.uscc", "uscc"),
            (with(body(), "uscc", code('8', 9)), 409, "organization.uscc_taken", "uscc"),
            (with(body(), "employer", json!({"name": "示例公司", "uscc": code('8', 78)})), 422, "uscc.of_union", "employer"),
            (with(body(), "employees_declared", -1), 422, "organization.employees", "employees_declared"),
            (with(body(), "employees_declared", 99_999_999), 422, "organization.employees", "employees_declared"),
            (with(body(), "employees_declared", "三十"), 400, "input.invalid", ""),
            (with(body(), "contact_name", "<b>"), 422, "name.characters", "contact_name"),
            (with(body(), "contact_phone", "12351"), 422, "organization.phone", "contact_phone"),
            (with(body(), "address", "长".repeat(10_000)), 422, "text.long", "address"),
            (with(body(), "parent_id", "nonsense"), 400, "input.invalid", ""),
            (json!({}), 400, "input.invalid", ""),
        ];
        for (body, status, code, field) in cases {
            let refused = town.post("/api/organizations", body).await;
            refused.refused(status, code);
            if !field.is_empty() {
                assert_eq!(refused.body["field"], field, "{code}");
            }
        }
        let county = city.county_officer();
        let joint = json!({"parent_id": TestCity::COUNTY, "name": "环市街道工会联合会", "kind": "town_joint", "division_code": "440703006"});
        let with_employer = with(joint.clone(), "employer", json!({"name": "示例公司"}));
        county.post("/api/organizations", with_employer).await.refused(422, "organization.employer");
        county.post("/api/organizations", with(joint, "division_code", "440703")).await.refused(422, "organization.division");
        assert_eq!(traces(&city).await, before);
    }
}

//! The demo city over HTTP: what each visitor is promised is there.

use serde_json::{Value, json};

use crate::support::DemoCity;

fn items(body: &Value) -> &Vec<Value> {
    body["items"].as_array().unwrap()
}

kernel::both_engines! {
    /// Every button works, and each room behind it has something in it.
    async fn every_visitor_finds_something(house: DemoCity) {
        let running = house.serve(&["--demo"]);
        let site = running.browser().get("/api/site").body;
        assert_eq!(site["demo"], true);
        let buttons = site["demo_accounts"].as_array().unwrap();
        let keys: Vec<&str> = buttons.iter().map(|one| one["key"].as_str().unwrap()).collect();
        let promised =
            "city finance audit_director county town chair industry_chair member rider cashier system security audit";
        assert_eq!(keys.join(" "), promised);
        for key in keys {
            assert_eq!(running.visitor(key).get("/api/me").status, 200, "{key}");
        }

        let chair = running.visitor("chair");
        let waiting = chair.get("/api/applications?state=submitted").body;
        assert_eq!(items(&waiting).len(), 4, "{waiting}");
        assert!(items(&waiting)[0]["id_number_masked"].as_str().unwrap().contains('*'));
        let members = chair.get("/api/members?limit=100").body;
        assert!(members["next"].is_string() && items(&members).iter().all(|one| one["synthetic"] == true));

        let pool = running.visitor("industry_chair").get("/api/applications").body;
        assert!(items(&pool).iter().any(|one| one["overdue"] == true), "{pool}");
        assert_eq!(items(&running.visitor("town").get("/api/applications").body).len(), 2);
        let audited = running.visitor("audit_director").get("/api/points/proof").body;
        assert_eq!(audited["books"][0]["now"]["agrees"], true, "{audited}");
        let mine = running.visitor("member").get("/api/me").body;
        assert_eq!(mine["membership"]["organization_name"], "蓬江区示例玩具厂工会");
        assert!(running.visitor("rider").get("/api/me").body["membership"].is_null());
    }

    /// A rider joins through the second door and is approved on another phone.
    async fn a_rider_joins(house: DemoCity) {
        let running = house.serve(&["--demo"]);
        let rider = running.visitor("rider");
        let site = rider.get("/api/site").body;
        let town = "440703103";
        let answers = json!({
            "door": "open", "work": "food_delivery", "division_code": town, "name": "示例骑手", "id_kind": "resident_id",
            "id_number": "110101199003074557", "employment_form": "platform",
            "consent_version": site["consent"]["version"],
        });
        let sent = rider.post("/api/join/submit", &answers);
        assert_eq!(sent.status, 200, "{}", sent.text);
        let chair = running.visitor("industry_chair");
        let done = chair.post("/api/applications/approve", &json!({ "ids": [sent.body["id"]] }));
        assert_eq!(done.body["results"][0]["ok"], true, "{}", done.text);
        assert_eq!(rider.get("/api/me").body["membership"]["state"], "active");
        // Whoever joined a demo is marked: the demo starts again, production does not.
        assert!(running.stop().success());
        assert!(house.serve(&["--demo"]).stop().success());
    }
}

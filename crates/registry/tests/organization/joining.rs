//! What a stranger finds: links, names, destinations; and my own union.

use kernel::both_engines;
use registry::organization::{destination, industry_destination};
use registry::testing::TestCity;
use serde_json::json;

use super::{act, done, propose};

/// Percent-encoded text for a query.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

both_engines! {
    async fn a_renewed_link_ends_the_one_before(city: TestCity) {
        let chair = city.chair();
        let path = format!("/api/organizations/{}/join-link", TestCity::UNION);
        let first = chair.get(&path).await.ok();
        let code = first["code"].as_str().unwrap();
        assert_eq!(first["url"], format!("http://localhost/join/{code}"));
        assert!(first["qr_svg"].as_str().unwrap().starts_with("<svg"));
        let found = city.stranger().get(&format!("/api/join/links/{}", code.to_uppercase())).await.ok();
        assert_eq!(found, json!({
            "organization_id": TestCity::UNION, "organization_name": "示例制造有限公司工会",
            "employer_name": "示例制造有限公司", "town_name": "棠下镇",
        }));
        let second = chair.post(&format!("{path}/renew"), json!({})).await.ok();
        assert_ne!(second["code"], first["code"]);
        assert_eq!(chair.get(&path).await.ok(), second);
        city.stranger().get(&format!("/api/join/links/{code}")).await.refused(404, "join_link.unknown");
        for wrong in ["x", "aaaaaaaaaa", "%3Cscript%3E", "1111111111"] {
            city.stranger().get(&format!("/api/join/links/{wrong}")).await.refused(404, "join_link.unknown");
        }
        city.vice_chair().get(&path).await.refused(403, "access.denied");
        city.town_officer().get(&format!("/api/organizations/{}/join-link", TestCity::TOWN)).await.refused(404, "join_link.none");
        act(&city.town_officer(), TestCity::TOWN, "join-link/renew", json!({})).await.refused(404, "join_link.none");
    }

    async fn two_renewals_at_once_leave_one_link(city: TestCity) {
        let (one, two) = (city.chair(), city.town_officer());
        let (a, b) = tokio::join!(
            act(&one, TestCity::UNION, "join-link/renew", json!({})),
            act(&two, TestCity::UNION, "join-link/renew", json!({})),
        );
        assert_eq!((a.status, b.status), (200, 200));
        assert_eq!(super::count(&city, "join_link WHERE ended_at IS NULL").await, 8);
        assert_eq!(super::count(&city, "join_link").await, 10);
    }

    async fn strangers_find_no_small_union(city: TestCity) {
        let stranger = city.stranger();
        let found = stranger.get(&format!("/api/join/organizations?q={}", encoded("示例"))).await.ok();
        let names: Vec<_> = found["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["示例制造有限公司工会", "示例陶瓷有限公司工会"]);
        assert_eq!(found["items"][0]["town_name"], "棠下镇");
        for nothing in ["物流", "示例物", "棠下", "%%", "__"] {
            let found = stranger.get(&format!("/api/join/organizations?q={}", encoded(nothing))).await.ok();
            assert_eq!(found["items"].as_array().unwrap().len(), 0, "{nothing}");
        }
        for short in ["示", " 示 "] {
            stranger.get(&format!("/api/join/organizations?q={}", encoded(short))).await.refused(422, "join.query");
        }
        stranger.get("/api/join/organizations?q=").await.refused(400, "input.invalid");
        stranger.get(&format!("/api/join/organizations?q={}", "x".repeat(10_000))).await.refused(422, "join.query");
        stranger.get("/api/join/organizations?q=%00%00").await.refused(422, "input.characters");
    }

    async fn my_union_is_shown_to_its_members(city: TestCity) {
        let mine = city.member().get("/api/my-union").await.ok();
        assert_eq!((mine["organization"]["name"].as_str(), mine["members"].as_i64()), (Some("示例制造有限公司工会"), Some(6)));
        assert_eq!(mine["path"][3]["kind"], "grassroots");
        assert_eq!(mine["officers"][0]["person_name"], "陈示例");
        assert_eq!(mine["organization"]["may"], json!([]));
        city.rider().get("/api/my-union").await.refused(404, "not_found");
        city.town_officer().get("/api/my-union").await.refused(404, "not_found");
        city.stranger().get("/api/my-union").await.refused(401, "auth.required");
    }

    async fn whoever_has_no_union_is_sent_to_one(city: TestCity) {
        let (db, today) = (city.db.read(), city.clock.today());
        let answers = async |code| destination(db, code, today).await.unwrap().map(|union| union.id);
        assert_eq!(answers("440703101").await, Some(TestCity::TOWN));
        assert_eq!(answers("440703002").await, Some(TestCity::STREET));
        // A town without a union of its own, and a whole county without one.
        assert_eq!(answers("440703103").await, Some(TestCity::COUNTY));
        assert_eq!(answers("440781100").await, Some(TestCity::CITY));
        assert_eq!(answers("110101001").await, None);
        let riders = async |code| industry_destination(db, code, today).await.unwrap().map(|union| union.id);
        assert_eq!(riders("440703101").await, Some(TestCity::INDUSTRY));
        assert_eq!(riders("440705001").await, Some(TestCity::CITY_INDUSTRY));
        assert_eq!(riders("110101001").await, None);
    }

    async fn a_new_base_union_has_a_link_at_once(city: TestCity) {
        let union = propose(&city.town_officer(), super::proposal("示例电子有限公司工会")).await;
        let path = format!("/api/organizations/{union}/join-link");
        city.town_officer().get(&path).await.refused(404, "join_link.none");
        done(&city.town_deputy(), &union, "approve", json!({})).await;
        assert_eq!(city.town_officer().get(&path).await.status, 200);
    }
}

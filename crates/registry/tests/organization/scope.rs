//! Who sees what: a county officer sees only his county.

use kernel::both_engines;
use registry::testing::TestCity;
use serde_json::json;

use super::{act, names, page, proposal, with};

both_engines! {
    async fn a_county_officer_sees_only_his_county(city: TestCity) {
        let county = city.county_officer();
        let listed = names(&county, "/api/organizations").await;
        assert_eq!(listed.len(), 7, "{listed:?}");
        assert!(!listed.iter().any(|name| name.contains("会城") || name.contains("陶瓷")));
        assert_eq!(names(&county, &format!("/api/organizations?parent_id={}", TestCity::OTHER_TOWN)).await.len(), 0);
        for hidden in [TestCity::CITY, TestCity::OTHER_COUNTY, TestCity::OTHER_TOWN, TestCity::OTHER_UNION] {
            county.get(&format!("/api/organizations/{hidden}")).await.refused(404, "not_found");
            act(&county, hidden, "rename", json!({"name": "别人的工会", "reason": "试试"})).await.refused(404, "not_found");
        }
        let unknown = kernel::id::Ids::random();
        county.get(&format!("/api/organizations/{unknown}")).await.refused(404, "not_found");
        county.get("/api/organizations/nonsense").await.refused(400, "input.invalid");
        county.post("/api/organizations", with(proposal("别处的工会"), "parent_id", TestCity::OTHER_TOWN.to_string()))
            .await.refused(404, "not_found");
    }

    async fn the_tree_shows_what_is_above_without_figures(city: TestCity) {
        let tree = city.county_officer().get("/api/tree").await.ok();
        let items: Vec<(&str, Option<i64>, Option<i64>)> = tree["items"].as_array().unwrap().iter()
            .map(|node| (node["name"].as_str().unwrap(), node["unions"].as_i64(), node["members"].as_i64()))
            .collect();
        assert_eq!(items, [
            ("江门市总工会", None, None),
            ("蓬江区总工会", Some(6), Some(9)),
            ("蓬江区新就业形态劳动者行业工会", Some(0), Some(0)),
            ("白沙街道工会联合会", Some(1), Some(1)),
            ("棠下镇总工会", Some(2), Some(8)),
        ]);
        let city_wide = city.city_officer().get("/api/tree").await.ok();
        assert_eq!((city_wide["items"][0]["unions"].as_i64(), city_wide["items"][0]["members"].as_i64()), (Some(11), Some(14)));
        assert_eq!(city_wide["items"].as_array().unwrap().len(), 8);
        // A chair sees his own union and the way up to it.
        let own = city.chair().get("/api/tree").await.ok();
        let own: Vec<_> = own["items"].as_array().unwrap().iter().map(|node| (node["kind"].clone(), node["members"].clone())).collect();
        assert_eq!(json!(own), json!([["city_federation", null], ["county_federation", null], ["town_federation", null], ["grassroots", 6]]));
    }

    async fn rows_behind_a_figure_are_as_many(city: TestCity) {
        let county = city.county_officer();
        let behind = names(&county, &format!("/api/organizations?within={}&state=established", TestCity::COUNTY)).await;
        assert_eq!(behind.len(), 6);
        let direct = names(&county, &format!("/api/organizations?parent_id={}", TestCity::TOWN)).await;
        assert_eq!(direct, ["示例制造有限公司工会", "示例物流有限公司工会"]);
        let by_kind = names(&county, "/api/organizations?kind=town_joint").await;
        assert_eq!(by_kind, ["白沙街道工会联合会"]);
        let by_name = names(&county, "/api/organizations?q=%E7%A4%BA%E4%BE%8B%E5%88%B6%E9%80%A0").await;
        assert_eq!(by_name, ["示例制造有限公司工会"]);
        assert!(names(&county, "/api/organizations?q=%25").await.is_empty());
        county.get("/api/organizations?kind=nonsense").await.refused(400, "input.invalid");
    }

    async fn pages_follow_one_another_without_gap(city: TestCity) {
        let officer = city.city_officer();
        let (mut seen, mut next) = (Vec::new(), String::new());
        loop {
            let body = officer.get(&format!("/api/organizations?limit=5&after={next}")).await.ok();
            seen.extend(body["items"].as_array().unwrap().iter().map(|row| row["id"].to_string()));
            let Some(cursor) = body["next"].as_str() else { break };
            next = cursor.to_owned();
        }
        let mut once = seen.clone();
        once.dedup();
        assert_eq!((seen.len(), once.len()), (12, 12));
        let row = officer.get(&format!("/api/organizations?parent_id={}", TestCity::TOWN)).await.ok()["items"][0].clone();
        assert_eq!(row["chair_name"], "陈示例");
        assert_eq!((row["members"].as_i64(), row["town_name"].as_str()), (Some(6), Some("棠下镇")));
    }

    async fn the_page_says_what_each_may_do(city: TestCity) {
        let of = async |client, union| page(&client, union).await["may"].clone();
        assert_eq!(of(city.chair(), TestCity::UNION).await, json!(["contact", "join_link"]));
        assert_eq!(of(city.vice_chair(), TestCity::UNION).await, json!([]));
        assert_eq!(
            of(city.town_officer(), TestCity::UNION).await,
            json!(["rename", "contact", "officers", "move", "dissolve", "join_link"])
        );
        assert_eq!(of(city.town_officer(), TestCity::TOWN).await, json!(["found", "rename", "contact", "officers"]));
        let seen = page(&city.chair(), TestCity::UNION).await;
        let path: Vec<_> = seen["path"].as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap()).collect();
        assert_eq!(path, ["江门市总工会", "蓬江区总工会", "棠下镇总工会", "示例制造有限公司工会"]);
        assert_eq!((seen["parent_name"].as_str(), seen["division_name"].as_str()), (Some("棠下镇总工会"), Some("棠下镇")));
        assert_eq!((seen["kind_label"].as_str(), seen["contact_phone_masked"].as_str()), (Some("单独基层工会"), Some("0750*****00")));
        // Members, riders and two of the administrators have no business here; the third picks unions to grant roles on.
        for key in ["member", "rider", "system_admin", "audit_admin"] {
            city.signed_in(key).get("/api/organizations").await.refused(403, "access.denied");
        }
        assert_eq!(of(city.security_admin(), TestCity::UNION).await, json!([]));
        city.security_admin().get("/api/members").await.refused(403, "access.denied");
    }
}

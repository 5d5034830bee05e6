//! As of any day: a change counts from its day on, and the days before stay as they were.

use kernel::both_engines;
use kernel::testing::Client;
use registry::testing::TestCity;
use serde_json::{Value, json};

use super::{act, done, names, page, proposal, propose, texts};

async fn tree(by: &Client, day: &str) -> Value {
    by.get(&format!("/api/tree?as_of={day}")).await.ok()
}

fn figures(tree: &Value, union: kernel::Id) -> (Option<i64>, Option<i64>) {
    let items = tree["items"].as_array().unwrap();
    let node = items.iter().find(|node| node["id"] == union.to_string()).unwrap();
    (node["unions"].as_i64(), node["members"].as_i64())
}

both_engines! {
    async fn a_move_changes_today_and_not_yesterday(city: TestCity) {
        let officer = city.city_officer();
        let (yesterday, last_year) = ("2026-11-22", "2025-11-23");
        let before = [tree(&officer, yesterday).await, tree(&officer, last_year).await];
        let list = format!("/api/organizations?within={}&as_of={yesterday}", TestCity::COUNTY);
        let listed = officer.get(&list).await.ok();
        let county_before = tree(&city.county_officer(), yesterday).await;

        let body = json!({"parent_id": TestCity::OTHER_COUNTY, "from": "2026-11-23", "reason": "区划调整"});
        done(&officer, TestCity::TOWN, "move", body.clone()).await;
        done(&officer, TestCity::UNION, "rename", json!({"name": "示例智造有限公司工会", "reason": "单位更名"})).await;
        done(&officer, TestCity::STREET, "rename", json!({"name": "白沙街工会联合会", "reason": "街道更名"})).await;

        assert_eq!([tree(&officer, yesterday).await, tree(&officer, last_year).await], before);
        assert_eq!(officer.get(&list).await.ok(), listed);
        assert_eq!(tree(&city.county_officer(), yesterday).await, county_before);
        let today = officer.get("/api/tree").await.ok();
        assert_eq!(figures(&today, TestCity::COUNTY), (Some(3), Some(1)));
        assert_eq!(figures(&today, TestCity::OTHER_COUNTY), (Some(5), Some(13)));
        assert_eq!(figures(&today, TestCity::CITY), (Some(11), Some(14)));
        // The officer of the new county has it now, the other one no more.
        let seen = page(&city.other_county_officer(), TestCity::TOWN).await;
        assert_eq!(seen["parent_name"], "新会区总工会");
        assert_eq!(texts(&seen)[0], "隶属关系由“蓬江区总工会”变更为“新会区总工会”，自2026年11月23日起，理由：区划调整。");
        city.county_officer().get(&format!("/api/organizations/{}", TestCity::TOWN)).await.refused(404, "not_found");
        act(&officer, TestCity::TOWN, "move", body).await.refused(409, "move.same");
    }

    async fn a_move_announced_for_later_waits_for_its_day(city: TestCity) {
        let county = city.county_officer();
        let body = json!({"parent_id": TestCity::STREET, "from": "2026-12-01", "reason": "企业搬迁"});
        done(&county, TestCity::SMALL_UNION, "move", body).await;
        assert_eq!(page(&county, TestCity::SMALL_UNION).await["parent_name"], "棠下镇总工会");
        city.clock.advance(chrono::Duration::days(8));
        assert_eq!(page(&county, TestCity::SMALL_UNION).await["parent_name"], "白沙街道工会联合会");
        let earlier = json!({"parent_id": TestCity::TOWN, "from": "2026-12-01", "reason": "又搬回来"});
        act(&county, TestCity::SMALL_UNION, "move", earlier).await.refused(422, "node.early");
    }

    async fn founding_and_end_count_from_their_days(city: TestCity) {
        let (town, deputy) = (city.town_officer(), city.town_deputy());
        let union = propose(&town, proposal("示例电子有限公司工会")).await;
        city.clock.advance(chrono::Duration::days(3));
        done(&deputy, &union, "approve", json!({})).await;
        city.clock.advance(chrono::Duration::days(3));
        done(&town, &union, "dissolve", json!({"reason": "单位注销"})).await;
        city.clock.advance(chrono::Duration::days(1));
        let within = |day: &str, state: &str| format!("/api/organizations?within={}&as_of={day}&state={state}", TestCity::TOWN);
        for (day, state, there) in [
            ("2026-11-22", "founding", false),
            ("2026-11-23", "founding", true),
            ("2026-11-23", "established", false),
            ("2026-11-26", "founding", false),
            ("2026-11-26", "established", true),
            ("2026-11-28", "established", true),
            ("2026-11-29", "established", false),
            ("2026-11-29", "dissolved", true),
        ] {
            let listed = names(&town, &within(day, state)).await;
            assert_eq!(listed.contains(&"示例电子有限公司工会".to_owned()), there, "{day} {state}");
        }
        assert_eq!(figures(&tree(&town, "2026-11-25").await, TestCity::TOWN).0, Some(2));
        assert_eq!(figures(&tree(&town, "2026-11-26").await, TestCity::TOWN).0, Some(3));
        assert_eq!(figures(&tree(&town, "2026-11-29").await, TestCity::TOWN).0, Some(2));
    }

    async fn members_count_from_the_day_they_joined(city: TestCity) {
        let officer = city.city_officer();
        assert_eq!(figures(&tree(&officer, "2021-06-30").await, TestCity::CITY), (Some(11), Some(0)));
        assert_eq!(figures(&tree(&officer, "2021-07-01").await, TestCity::CITY), (Some(11), Some(14)));
        assert!(tree(&officer, "2021-05-31").await["items"].as_array().unwrap().is_empty());
        officer.get("/api/tree?as_of=2026-11-24").await.refused(422, "organization.as_of");
        officer.get("/api/tree?as_of=yesterday").await.refused(400, "input.invalid");
    }
}

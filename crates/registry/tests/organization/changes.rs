//! Rename, contact, move and end: their limits, and two at once.

use kernel::both_engines;
use registry::testing::TestCity;
use serde_json::json;

use super::{act, count, done, page, texts, traces};

both_engines! {
    async fn two_unions_cannot_take_one_name_at_once(city: TestCity) {
        let (one, two) = (city.town_officer(), city.town_deputy());
        let body = || json!({"name": "示例联合制造有限公司工会", "reason": "单位合并"});
        let (a, b) = tokio::join!(
            act(&one, TestCity::UNION, "rename", body()),
            act(&two, TestCity::SMALL_UNION, "rename", body()),
        );
        let (won, lost) = if a.status == 200 { (a, b) } else { (b, a) };
        assert_eq!(won.status, 200);
        lost.refused(409, "organization.name_taken");
        assert_eq!(count(&city, "organization WHERE name = '示例联合制造有限公司工会'").await, 1);
    }

    async fn two_renames_of_one_union_follow_one_another(city: TestCity) {
        let (one, two) = (city.town_officer(), city.town_deputy());
        let (a, b) = tokio::join!(
            act(&one, TestCity::UNION, "rename", json!({"name": "甲制造有限公司工会", "reason": "单位更名"})),
            act(&two, TestCity::UNION, "rename", json!({"name": "乙制造有限公司工会", "reason": "单位更名"})),
        );
        assert_eq!((a.status, b.status), (200, 200));
        let seen = page(&one, TestCity::UNION).await;
        let (last, first) = (texts(&seen)[0].to_owned(), texts(&seen)[1].to_owned());
        assert!(first.starts_with("名称由“示例制造有限公司工会”变更为"), "{first}");
        assert!(last.contains(&format!("变更为“{}”", seen["name"].as_str().unwrap())), "{last}");
        assert_eq!(count(&city, "event WHERE kind = 'organization.renamed'").await, 2);
    }

    async fn two_moves_of_one_union_leave_one_place(city: TestCity) {
        let (one, two) = (city.county_officer(), city.city_officer());
        let (a, b) = tokio::join!(
            act(&one, TestCity::SMALL_UNION, "move", json!({"parent_id": TestCity::STREET, "from": "2026-12-01", "reason": "企业搬迁"})),
            act(&two, TestCity::SMALL_UNION, "move", json!({"parent_id": TestCity::INDUSTRY, "from": "2026-12-01", "reason": "归口管理"})),
        );
        let statuses = [a.status, b.status];
        assert!(statuses.contains(&200) && statuses.contains(&422), "{statuses:?}");
        let open = "placement WHERE valid_to IS NULL AND child IN (SELECT id FROM organization WHERE name = '示例物流有限公司工会')";
        assert_eq!(count(&city, open).await, 1);
        assert_eq!(count(&city, "event WHERE kind = 'organization.moved'").await, 1);
    }

    async fn moves_have_limits(city: TestCity) {
        let before = traces(&city).await;
        let county = city.county_officer();
        let to = |parent: kernel::Id, from: &str| json!({"parent_id": parent, "from": from, "reason": "调整隶属"});
        act(&county, TestCity::UNION, "move", to(TestCity::STREET, "2026-11-22")).await.refused(422, "move.day");
        act(&county, TestCity::UNION, "move", to(TestCity::STREET, "2027-11-25")).await.refused(422, "move.day");
        act(&county, TestCity::UNION, "move", to(TestCity::SMALL_UNION, "2026-11-24")).await.refused(422, "organization.level");
        act(&county, TestCity::TOWN, "move", to(TestCity::STREET, "2026-11-24")).await.refused(422, "organization.level");
        // The other county is not his, neither as the new parent nor as the old one.
        act(&county, TestCity::UNION, "move", to(TestCity::OTHER_TOWN, "2026-11-24")).await.refused(404, "not_found");
        act(&county, TestCity::COUNTY, "move", to(TestCity::CITY, "2026-11-24")).await.refused(404, "not_found");
        act(&city.town_officer(), TestCity::TOWN, "move", to(TestCity::OTHER_COUNTY, "2026-11-24")).await.refused(404, "not_found");
        act(&city.city_officer(), TestCity::CITY, "move", to(TestCity::COUNTY, "2026-11-24")).await.refused(409, "organization.root");
        act(&city.chair(), TestCity::UNION, "move", to(TestCity::STREET, "2026-11-24")).await.refused(403, "access.denied");
        assert_eq!(traces(&city).await, before);
    }

    async fn a_union_in_use_is_not_dissolved(city: TestCity) {
        let county = city.county_officer();
        let why = || json!({"reason": "单位注销"});
        let refused = act(&county, TestCity::UNION, "dissolve", why()).await;
        refused.refused(409, "organization.in_use");
        assert!(refused.body["detail"].as_str().unwrap().contains("会员 6 人、下级工会 0 个"));
        let refused = act(&county, TestCity::TOWN, "dissolve", why()).await;
        assert!(refused.body["detail"].as_str().unwrap().contains("下级工会 2 个"));
        act(&city.city_officer(), TestCity::CITY, "dissolve", why()).await.refused(409, "organization.root");
        // Nobody dissolves his own union; the level above does.
        act(&county, TestCity::COUNTY, "dissolve", why()).await.refused(404, "not_found");
        act(&county, TestCity::INDUSTRY, "dissolve", json!({"reason": "短"})).await.refused(422, "organization.reason");
        done(&county, TestCity::INDUSTRY, "dissolve", why()).await;
        act(&county, TestCity::INDUSTRY, "dissolve", why()).await.refused(409, "organization.state");
        act(&county, TestCity::INDUSTRY, "rename", json!({"name": "又来的行业工会", "reason": "试试看"})).await
            .refused(409, "organization.state");
        let seen = page(&county, TestCity::INDUSTRY).await;
        assert_eq!((seen["state"].as_str(), super::may(&seen).len()), (Some("dissolved"), 0));
    }

    async fn the_contact_is_sealed_and_masked(city: TestCity) {
        let chair = city.chair();
        let body = json!({"contact_name": "李示例", "contact_phone": "138 0000 1234", "address": "示例路 9 号"});
        done(&chair, TestCity::UNION, "contact", body).await;
        let seen = page(&chair, TestCity::UNION).await;
        assert_eq!(seen["contact_phone_masked"], "138****1234");
        assert_eq!((seen["contact_name"].as_str(), seen["address"].as_str()), (Some("李示例"), Some("示例路 9 号")));
        assert!(!serde_json::to_string(&seen).unwrap().contains("13800001234"));
        assert_eq!(count(&city, "event WHERE payload LIKE '%1380000%' OR payload LIKE '%李示例%'").await, 0);
        act(&chair, TestCity::UNION, "contact", json!({"contact_phone": "12351"})).await.refused(422, "organization.phone");
        act(&chair, TestCity::UNION, "contact", json!({"contact_name": "=cmd"})).await.refused(422, "name.characters");
        act(&chair, TestCity::SMALL_UNION, "contact", json!({})).await.refused(404, "not_found");
        done(&chair, TestCity::UNION, "contact", json!({})).await;
        assert!(page(&chair, TestCity::UNION).await["contact_phone_masked"].is_null());
    }
}

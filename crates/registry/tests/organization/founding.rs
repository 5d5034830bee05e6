//! Proposal, approval by the level above, return.

use kernel::both_engines;
use kernel::testing::TestApp;
use registry::organization::todo_rows;
use registry::testing::TestCity;
use sea_orm::EntityTrait;
use serde_json::json;

use super::{act, code, count, done, id, may, names, page, proposal, propose, texts, traces, with};

async fn waiting(app: &TestApp) -> Vec<kernel::approval::entity::Model> {
    kernel::approval::entity::Entity::find().all(app.db.read()).await.unwrap()
}

both_engines! {
    async fn a_base_union_is_founded_by_the_level_above(city: TestCity) {
        let town = city.town_officer();
        let own = with(proposal("示例电子有限公司工会"), "uscc", code('8', 901));
        let body = with(own, "employer", json!({"name": "示例电子有限公司", "uscc": code('9', 901)}));
        let union = propose(&town, body).await;
        let seen = page(&town, &union).await;
        assert_eq!((seen["state"].as_str(), seen["established_on"].as_str()), (Some("founding"), None));
        assert_eq!(seen["employers"][0]["name"], "示例电子有限公司");
        assert_eq!(seen["contact_phone_masked"], "0750*****01");
        assert!(may(&seen).is_empty(), "one's own proposal: {seen}");
        assert!(names(&town, "/api/organizations?state=founding").await.contains(&"示例电子有限公司工会".to_owned()));

        act(&town, &union, "approve", json!({})).await.refused(403, "approval.own");
        let deputy = city.town_deputy();
        assert_eq!(may(&page(&deputy, &union).await), ["approve", "return"]);
        act(&deputy, &union, "approve", json!({"term_years": 4})).await.refused(422, "organization.term");
        done(&deputy, &union, "approve", json!({"note": "材料齐全", "term_years": 3})).await;
        let seen = page(&deputy, &union).await;
        assert_eq!(seen["state"], "established");
        assert_eq!((seen["established_on"].as_str(), seen["term_to"].as_str()), (Some("2026-11-23"), Some("2029-11-23")));
        assert_eq!(texts(&seen), ["批准成立，成立日期2026年11月23日。", "申请建会，报棠下镇总工会审批。"]);
        assert_eq!(seen["history"][0]["by"], "示例工作人员7");
        assert_eq!(count(&city, "notice").await, 1);
        act(&deputy, &union, "approve", json!({})).await.refused(409, "approval.closed");
        assert_eq!(city.stranger().get("/api/organizations").await.status, 401);
    }

    async fn a_joint_union_needs_two_levels(city: TestCity) {
        let county = city.county_officer();
        let joint = json!({
            "parent_id": TestCity::COUNTY, "name": "环市街道工会联合会", "kind": "town_joint", "division_code": "440703006",
        });
        let union = propose(&county, joint).await;
        // The county proposed it, so the city decides for both levels; nobody at the town may.
        act(&county, &union, "approve", json!({})).await.refused(403, "approval.own");
        assert_eq!(city.town_officer().get(&format!("/api/organizations/{union}")).await.status, 404);
        let officer = city.city_officer();
        done(&officer, &union, "approve", json!({})).await;
        assert_eq!(page(&officer, &union).await["state"], "founding");
        done(&city.city_deputy(), &union, "approve", json!({})).await;
        let seen = page(&officer, &union).await;
        assert_eq!(seen["state"], "established");
        assert_eq!(texts(&seen)[1], "本级同意，转江门市总工会审批。");
        let tree = county.get("/api/tree").await.ok();
        assert!(tree["items"].as_array().unwrap().iter().any(|node| node["id"] == union.as_str()));
    }

    async fn only_the_level_that_is_asked_decides(city: TestCity) {
        let officer = city.city_officer();
        let industry = json!({
            "parent_id": TestCity::COUNTY, "name": "蓬江区快递行业工会", "kind": "industry", "division_code": "440703",
        });
        let union = propose(&officer, industry).await;
        done(&city.county_officer(), &union, "approve", json!({})).await;
        // It waits at the city now.
        act(&city.county_officer(), &union, "approve", json!({})).await.refused(403, "founding.elsewhere");
        assert!(may(&page(&city.county_officer(), &union).await).is_empty());
        done(&city.city_deputy(), &union, "approve", json!({})).await;
        assert_eq!(page(&officer, &union).await["state"], "established");
    }

    async fn a_returned_founding_tells_why_and_frees_its_code(city: TestCity) {
        let town = city.town_officer();
        let own = with(proposal("示例电子有限公司工会"), "uscc", code('8', 902));
        let body = with(own, "employer", json!({"name": "示例电子有限公司", "uscc": code('9', 902)}));
        let union = propose(&town, body.clone()).await;
        let deputy = city.town_deputy();
        act(&deputy, &union, "return", json!({"reason": " "})).await.refused(422, "organization.reason");
        done(&deputy, &union, "return", json!({"reason": "请补充筹备组名单"})).await;
        let seen = page(&town, &union).await;
        assert_eq!(seen["state"], "refused");
        assert_eq!(texts(&seen)[0], "退回建会申请，理由：请补充筹备组名单。");
        assert!(!names(&town, "/api/organizations").await.contains(&"示例电子有限公司工会".to_owned()));
        // Again, under the same name, code and employer.
        let again = propose(&town, body).await;
        assert_ne!(again, union);
    }

    async fn two_proposals_with_one_code_make_one(city: TestCity) {
        let (town, deputy) = (city.town_officer(), city.town_deputy());
        let one = with(proposal("示例电子有限公司工会"), "uscc", code('8', 903));
        let two = with(proposal("示例电器有限公司工会"), "uscc", code('8', 903));
        let before = count(&city, "organization").await;
        let (a, b) = tokio::join!(town.post("/api/organizations", one), deputy.post("/api/organizations", two));
        let lost = if a.status == 200 { b } else { a };
        lost.refused(409, "organization.uscc_taken");
        assert_eq!(count(&city, "organization").await, before + 1);
        assert_eq!(count(&city, "node").await, before + 1);
    }

    async fn an_employer_has_one_union(city: TestCity) {
        let employer = json!({"name": "写错了名称的公司", "uscc": uscc_of_the_seeded()});
        let body = with(proposal("示例电子有限公司工会"), "employer", employer);
        let before = traces(&city).await;
        let refused = city.town_officer().post("/api/organizations", body.clone()).await;
        refused.refused(409, "employer.has_union");
        assert!(refused.body["detail"].as_str().unwrap().contains("示例制造有限公司工会"));
        // Outside his scope the other union is not named.
        let elsewhere = with(body, "parent_id", TestCity::OTHER_TOWN.to_string());
        let elsewhere = with(elsewhere, "division_code", "440705001");
        let refused = city.other_county_officer().post("/api/organizations", elsewhere).await;
        refused.refused(409, "employer.has_union");
        assert!(!refused.body["detail"].as_str().unwrap().contains("示例制造"));
        assert_eq!(traces(&city).await, before);
    }

    async fn a_submit_sent_twice_founds_one(city: TestCity) {
        let town = city.town_officer();
        let first = town.post_once("/api/organizations", "k1", proposal("示例电子有限公司工会")).await.ok();
        let again = town.post_once("/api/organizations", "k1", proposal("示例电子有限公司工会")).await.ok();
        assert_eq!(first, again);
        town.post("/api/organizations", proposal("示例电子有限公司工会")).await.refused(409, "organization.name_taken");
    }

    async fn the_answer_is_due_with_its_derivation(city: TestCity) {
        let union = propose(&city.town_officer(), proposal("示例电子有限公司工会")).await;
        let open = waiting(&city).await;
        // Fifteen working days from Monday 23 November 2026.
        assert_eq!(open[0].due_on.unwrap().to_string(), "2026-12-14");
        assert_eq!(open[0].derivation()[0], "自2026年11月23日（周一）的次日起算，共15个工作日");
        let (title, detail) = todo_rows(city.db.read(), &open).await.unwrap().remove(&id(&union)).unwrap();
        assert_eq!(title, "示例电子有限公司工会申请成立");
        assert_eq!(detail, "单独基层工会，棠下镇，职工 30 人");
        let waiting = city.town_deputy().get("/api/todo").await.ok();
        assert_eq!(waiting["items"][0]["title"], title);
    }
}

/// The code of the employer of [`TestCity::UNION`], the ninth union that was entered.
fn uscc_of_the_seeded() -> String {
    code('9', 9)
}

//! Schemes: kinds of evaluation as data.

use std::collections::BTreeSet;

use kernel::Id;
use registry::member::entity as membership;
use registry::testing::TestCity;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use voice::testing::VoiceCity;

/// A kind of evaluation that the program has never heard of.
pub fn dormitory() -> Value {
    json!({
        "title": "宿舍管理评议",
        "about": "住宿舍的职工评一评宿舍办得怎么样。",
        "basis": "示例市总工会年度工作部署",
        "subject": "union",
        "title_pattern": "{subject}宿舍管理评议（{year}年）",
        "questions": [
            { "id": "q1", "text": "卫生和安全", "weight": 1, "required": true, "kind": "scale",
              "steps": [{ "label": "好", "score": 100 }, { "label": "一般", "score": 50 }, { "label": "差", "score": 0 }] },
            { "id": "q2", "text": "最想改进的地方", "weight": 0, "required": false, "kind": "single",
              "options": ["热水", "网络", "床位"] },
            { "id": "q3", "text": "每月愿意出的住宿费", "weight": 0, "required": false, "kind": "number",
              "least": 0, "most": 2000, "unit": "元" },
        ],
        "thresholds": { "quorum_percent": 20, "rectify_percent": 30 },
        "electorate": "employment_form == \"labour_contract\"",
        "without_rated": true,
        "opinions": false,
        "report_required": false,
        "days_open": { "least": 1, "usual": 2, "most": 10 },
        "yearly": false,
        "issuer": "blind_rsa",
        "starts": "union",
    })
}

kernel::both_engines! {
    async fn six_schemes_come_with_the_program_and_are_written_once(city: VoiceCity) {
        let list = city.chair().get("/api/schemes").await.ok();
        let codes: Vec<&str> = list["items"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["budget_needs", "chair_report", "enforcement", "fund_use", "legislation", "members_home"]);
        let report = city.chair().get("/api/schemes/chair_report").await.ok();
        let steps = &report["document"]["questions"][0]["steps"];
        assert_eq!([&steps[0]["label"], &steps[1]["label"], &steps[2]["label"]], ["满意", "基本满意", "不满意"]);
        let tx = city.system().begin().await.unwrap();
        assert_eq!(voice::scheme::seed(&tx).await.unwrap(), 0, "what is there stays");
        city.member().get("/api/schemes").await.refused(403, "access.denied");
        city.chair().get("/api/schemes/nothing").await.refused(404, "scheme.unknown");
        city.chair().get("/api/schemes/chair_report?version=9").await.refused(404, "scheme.unknown");
    }

    async fn a_new_kind_of_evaluation_is_configuration(city: VoiceCity) {
        let added = city.city_officer().post("/api/schemes", json!({ "code": "dormitory", "document": dormitory() })).await.ok();
        assert_eq!(added["version"], 1);
        let create = json!({ "scheme": "dormitory", "organization_id": TestCity::OTHER_UNION });
        let draft = city.other_county_officer().post("/api/evaluations", create).await.ok();
        assert_eq!(draft["title"], "示例陶瓷有限公司工会宿舍管理评议（2026年）");
        assert_eq!(draft["closes_on"], "2026-11-25");
        let id = draft["id"].as_str().unwrap();
        city.other_county_officer().post(&format!("/api/evaluations/{id}/open"), json!({})).await.ok();
        city.work().await;
        let page = city.other_county_officer().get(&format!("/api/evaluations/{id}")).await.ok();
        assert_eq!((&page["evaluation"]["state"], &page["evaluation"]["electorate"]), (&json!("open"), &json!(5)));
        assert_eq!(page["instrument"]["questions"][2]["unit"], "元");
        assert_eq!(page["polls"].as_array().unwrap().len(), 1, "no opinions, no box for them");
    }

    async fn versions_are_added_and_what_follows_one_keeps_it(city: VoiceCity) {
        let officer = city.city_officer();
        let add = |document: Value| officer.post("/api/schemes", json!({ "code": "dormitory", "document": document }));
        add(dormitory()).await.ok();
        let create = json!({ "scheme": "dormitory", "organization_id": TestCity::OTHER_UNION });
        let draft = city.other_county_officer().post("/api/evaluations", create.clone()).await.ok();
        let mut second = dormitory();
        second["questions"].as_array_mut().unwrap().truncate(1);
        assert_eq!(add(second).await.ok()["version"], 2);
        let later = city.other_county_officer().post("/api/evaluations", create).await.ok();
        assert_eq!((&draft["scheme_version"], &later["scheme_version"]), (&json!(1), &json!(2)));
        let page = officer.get(&format!("/api/evaluations/{}", draft["id"].as_str().unwrap())).await.ok();
        assert_eq!(page["questions"].as_array().unwrap().len(), 3);
        assert_eq!(officer.get("/api/schemes/dormitory").await.ok()["version"], 2);
        assert_eq!(officer.get("/api/schemes/dormitory?version=1").await.ok()["version"], 1);
        // Who writes from what he has seen is told when it is not the latest, or not new.
        let seen = |version: i64| {
            officer.post("/api/schemes", json!({ "code": "dormitory", "document": dormitory(), "seen_version": version }))
        };
        seen(0).await.refused(409, "scheme.taken");
        seen(1).await.refused(409, "scheme.later");
        assert_eq!(seen(2).await.ok()["version"], 3);
    }

    async fn a_scheme_that_does_not_fit_is_refused(city: VoiceCity) {
        let officer = city.city_officer();
        let add = |code: &str, document: Value| officer.post("/api/schemes", json!({ "code": code, "document": document }));
        add("宿舍", dormitory()).await.refused(422, "scheme.code");
        let spoilt = |field: &str, value: Value| { let mut d = dormitory(); d[field] = value; d };
        add("dormitory", spoilt("basis", json!(""))).await.refused(422, "scheme.wrong");
        add("dormitory", spoilt("questions", json!([]))).await.refused(422, "instrument.questions");
        add("dormitory", spoilt("electorate", json!("wrok == 1"))).await.refused(422, "segment.field");
        add("dormitory", spoilt("issuer", json!("open_ballot"))).await.refused(400, "input.invalid");
        let county = city.county_officer();
        county.post("/api/schemes", json!({ "code": "dormitory", "document": dormitory() })).await.refused(403, "access.denied");
        assert_eq!(officer.get("/api/schemes").await.ok()["items"].as_array().unwrap().len(), 6);
    }

    async fn delegates_answer_for_the_members(city: VoiceCity) {
        let mut document = dormitory();
        document["electorate"] = json!("is_delegate");
        city.city_officer().post("/api/schemes", json!({ "code": "by_delegates", "document": document })).await.ok();
        let entered = city.enter_members(TestCity::UNION, 5).await;
        // Six delegates, of whom the chair may not rate her own union, and some members who are none.
        let elected: BTreeSet<Id> = entered.into_iter().chain([TestCity::person_of("chair")]).collect();
        let chair = city.chair();
        for person in &elected {
            let found = membership::Entity::find().filter(membership::Column::PersonId.eq(*person));
            let found = found.one(city.db.read()).await.unwrap().unwrap();
            let body = json!({ "membership_id": found.id, "from": "2025-05-01", "basis": "第三届会员代表大会选举当选" });
            chair.post(&format!("/api/organizations/{}/delegates", TestCity::UNION), body).await.ok();
        }
        let create = json!({ "scheme": "by_delegates", "organization_id": TestCity::UNION });
        let draft = chair.post("/api/evaluations", create).await.ok();
        let id: Id = draft["id"].as_str().unwrap().parse().unwrap();
        chair.post(&format!("/api/evaluations/{id}/open"), json!({})).await.ok();
        city.work().await;
        let mut electors = elected.clone();
        electors.remove(&TestCity::person_of("chair"));
        assert_eq!(city.electors(id).await, electors);
        assert!(electors.len() < city.members_of(TestCity::UNION).await.len());
        let page = chair.get(&format!("/api/evaluations/{id}")).await.ok();
        assert_eq!((&page["evaluation"]["state"], &page["rule"]), (&json!("open"), &json!("is_delegate")));
    }

    async fn two_who_add_at_once_add_two_versions(city: VoiceCity) {
        let (one, two) = (city.city_officer(), city.city_deputy());
        let body = || json!({ "code": "dormitory", "document": dormitory() });
        let (one, two) = futures::join!(one.post("/api/schemes", body()), two.post("/api/schemes", body()));
        let mut versions = [one.ok()["version"].as_i64().unwrap(), two.ok()["version"].as_i64().unwrap()];
        versions.sort_unstable();
        assert_eq!(versions, [1, 2]);
    }
}

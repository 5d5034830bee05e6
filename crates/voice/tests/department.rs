//! Departments after their evaluation: replies, and results side by side without an order by score.

use kernel::Id;
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use voice::testing::VoiceCity;

use crate::consultation::{Ballots, finished};

/// Evaluates a department; `steps` are the answers to every question of its members.
async fn evaluated(city: &VoiceCity, name: &str, steps: &[i64]) -> Id {
    let county = city.county_officer();
    let department =
        county.post("/api/departments", json!({ "organization_id": TestCity::COUNTY, "name": name })).await.ok();
    let body =
        json!({ "scheme": "enforcement", "organization_id": TestCity::COUNTY, "department_id": department["id"] });
    let ballots = Ballots::open(city, &county, body).await;
    for (elector, step) in steps.iter().enumerate() {
        ballots.vote_everywhere(elector, *step).await;
    }
    ballots.evaluation
}

kernel::both_engines! {
    async fn departments_stand_side_by_side_by_name(city: VoiceCity) {
        // The better one has the later name: by score it would come first.
        let worse = evaluated(&city, "示例区卫生健康局", &[2, 2, 2, 1, 2, 2, 2]).await;
        let better = evaluated(&city, "示例区应急管理局", &[0, 0, 0, 0, 0, 1, 0]).await;
        finished(&city, &[worse, better]).await;
        let county = city.county_officer();
        let page = county.get(&format!("/api/department-results?organization_id={}", TestCity::COUNTY)).await.ok();
        let items = page["items"].as_array().unwrap();
        let names: Vec<&str> = items.iter().map(|row| row["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["示例区卫生健康局", "示例区应急管理局"]);
        assert!(items[0]["score"].as_u64() < items[1]["score"].as_u64());
        for row in items {
            let [low, score, high] = ["low", "score", "high"].map(|name| row[name].as_u64().unwrap());
            assert!(low <= score && score <= high && row["ballots"] == 7, "{row}");
            assert!(row["like"].as_array().unwrap().len() <= 1 && row["replied"] == false);
        }
        let public = city.stranger().get("/api/results?subject_kind=department").await.ok();
        assert_eq!(public["items"].as_array().unwrap().len(), 2);
        city.other_county_officer().get(&format!("/api/department-results?organization_id={}", TestCity::COUNTY)).await
            .refused(404, "not_found");
    }

    async fn a_department_replies_once_its_result_is_out(city: VoiceCity) {
        let evaluation = evaluated(&city, "示例区人力资源和社会保障局", &[0, 1, 0, 2, 0, 1]).await;
        let (county, path) = (city.county_officer(), format!("/api/evaluations/{evaluation}/reply"));
        let reply = |said: &str, replaces: Value| json!({ "said": said, "signed_by": "示例区人社局 局长（示例）", "replaces": replaces });
        county.post(&path, reply("感谢各位职工的评价。", Value::Null)).await.refused(409, "department_reply.state");
        finished(&city, &[evaluation]).await;
        let made = county.post(&path, reply("感谢各位职工的评价。", Value::Null)).await.ok();
        county.post(&path, reply("第二次说明。", Value::Null)).await.refused(409, "department_reply.replaced");
        let later = county.post(&path, reply("办理时限已经缩短到三天。", made["id"].clone())).await.ok();
        county.post(&path, reply("又一次。", made["id"].clone())).await.refused(409, "department_reply.replaced");
        county.post(&path, reply("无", later["id"].clone())).await.refused(422, "department_reply.form");
        let mut early = reply("日期不对。", later["id"].clone());
        early["replied_on"] = json!("2026-01-01");
        county.post(&path, early).await.refused(422, "department_reply.day");
        city.other_county_officer().post(&path, reply("别的县。", later["id"].clone())).await.refused(404, "not_found");
        city.chair().post(&path, reply("主席代答。", later["id"].clone())).await.refused(403, "access.denied");
        let after = city.stranger().get(&format!("/api/evaluations/{evaluation}/after")).await.ok();
        let said: Vec<&Value> = after["replies"].as_array().unwrap().iter().map(|reply| &reply["said"]).collect();
        assert_eq!(said, [&json!("办理时限已经缩短到三天。"), &json!("感谢各位职工的评价。")]);
        assert_eq!(after["may"], json!({ "moderate": false, "answer": false, "reply": false }));
        let row = county.get(&format!("/api/department-results?organization_id={}", TestCity::COUNTY)).await.ok();
        assert_eq!(row["items"][0]["replied"], true);
        let tx = city.system().begin().await.unwrap();
        let sql = "UPDATE department_reply SET said = '别的话' WHERE evaluation_id = $1";
        assert!(tx.execute_raw(city.db.statement(sql, [evaluation.into()])).await.is_err());
    }
}

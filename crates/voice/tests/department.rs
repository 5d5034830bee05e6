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

    async fn a_department_files_its_reply_through_a_link_without_an_account(city: VoiceCity) {
        let evaluation = evaluated(&city, "示例区市场监督管理局", &[0, 1, 0, 2, 0, 1]).await;
        let (county, links) = (city.county_officer(), format!("/api/evaluations/{evaluation}/reply-links"));
        county.post(&links, json!({})).await.refused(409, "department_reply.state");
        finished(&city, &[evaluation]).await;
        city.chair().post(&links, json!({})).await.refused(403, "access.denied");
        city.other_county_officer().post(&links, json!({})).await.refused(404, "not_found");
        let made = county.post(&links, json!({})).await.ok();
        let token = made["token"].as_str().unwrap().to_owned();
        let somebody = city.stranger();
        let open = async |token: &str| somebody.post("/api/department-link", json!({ "token": token })).await;
        let reply = async |token: &str, said: &str| {
            let body = json!({ "token": token, "said": said, "signed_by": "示例区市场监管局（示例）" });
            somebody.post("/api/department-link/reply", body).await
        };
        let seen = open(&token).await.ok();
        assert_eq!((&seen["evaluation_id"], &seen["department_name"]), (&json!(evaluation), &json!("示例区市场监督管理局")));
        assert_eq!((&seen["replies"], &seen["expires_on"]), (&json!([]), &made["expires_on"]));
        // What is no link of ours, and what is nearly one.
        let bent = |at: usize| {
            let sign = if &token[at..=at] == "0" { "1" } else { "0" };
            format!("{}{sign}{}", &token[..at], &token[at + 1..])
        };
        for odd in ["", "x", &bent(3), &bent(40), &token[..63], &made["id"].as_str().unwrap().replace('-', "").repeat(2)] {
            open(odd).await.refused(404, "department_link.unknown");
            reply(odd, "不是我们写的。").await.refused(404, "department_link.unknown");
        }
        reply(&token, "短").await.refused(422, "department_reply.form");
        let filed = reply(&token, "感谢评价，窗口已增设。").await.ok();
        assert_eq!(filed["through_link"], true);
        for again in [open(&token).await, reply(&token, "再说一次。").await] {
            again.refused(410, "department_link.done");
        }
        let after = somebody.get(&format!("/api/evaluations/{evaluation}/after")).await.ok();
        assert_eq!((&after["replies"][0]["said"], &after["replies"][0]["through_link"]), (&json!("感谢评价，窗口已增设。"), &json!(true)));

        // The next one replaces it, unless a letter was entered first.
        let second = county.post(&links, json!({})).await.ok();
        let by_hand = json!({ "said": "来函更正：窗口增设两个。", "signed_by": "示例局", "replaces": filed["id"] });
        county.post(&format!("/api/evaluations/{evaluation}/reply"), by_hand).await.ok();
        open(second["token"].as_str().unwrap()).await.refused(410, "department_link.done");
        let listed = county.get(&links).await.ok();
        let states: Vec<&str> = listed["items"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["used", "used"]);
        assert!(!listed.to_string().contains(&token), "what opens it is told once");
        let uses: i64 = listed["items"].as_array().unwrap().iter().map(|one| one["uses"].as_i64().unwrap()).sum();
        assert!(uses >= 5, "{uses}");
    }

    async fn a_link_ends_by_its_day_by_hand_and_by_too_many_uses(city: VoiceCity) {
        let evaluation = evaluated(&city, "示例区住房和城乡建设局", &[0, 1, 0, 2, 0, 1]).await;
        finished(&city, &[evaluation]).await;
        let (county, links) = (city.county_officer(), format!("/api/evaluations/{evaluation}/reply-links"));
        let make = async || {
            let made = county.post(&links, json!({})).await.ok();
            (made["id"].as_str().unwrap().to_owned(), made["token"].as_str().unwrap().to_owned())
        };
        let open = async |token: &str| city.stranger().post("/api/department-link", json!({ "token": token })).await;
        // Another link ends the one before; of two that are made at once one is open.
        let (_, first) = make().await;
        let ((_, second), (_, third)) = futures::join!(make(), make());
        open(&first).await.refused(410, "department_link.revoked");
        let good = [open(&second).await.status, open(&third).await.status];
        assert_eq!(good.iter().filter(|status| **status == 200).count(), 1, "{good:?}");
        let (id, fourth) = make().await;
        city.other_county_officer().post(&format!("/api/reply-links/{id}/revoke"), json!({})).await.refused(404, "not_found");
        county.post(&format!("/api/reply-links/{id}/revoke"), json!({})).await.ok();
        county.post(&format!("/api/reply-links/{id}/revoke"), json!({})).await.refused(409, "department_link.state");
        open(&fourth).await.refused(410, "department_link.revoked");
        // So many a day; the next day it opens again, and after its last day no more.
        let few = "UPDATE parameter SET value = '5' WHERE name = 'department.link_uses'";
        city.database().tamper(few).await;
        let (_, fifth) = make().await;
        for _ in 0..5 {
            open(&fifth).await.ok();
        }
        for _ in 0..2 {
            open(&fifth).await.refused(429, "department_link.often");
        }
        city.clock.advance(chrono::Duration::days(1));
        open(&fifth).await.ok();
        city.clock.advance(chrono::Duration::days(30));
        open(&fifth).await.refused(410, "department_link.expired");
        // The tables hold it, and keep nothing that opens a link.
        let sql = "SELECT id FROM event WHERE kind = 'department_link.opened'";
        assert_eq!(city.db.read().query_all_raw(city.db.statement(sql, [])).await.unwrap().len(), 7);
        for change in [
            "UPDATE department_link SET revoked_on = NULL",
            "UPDATE department_link SET expires_on = '2029-01-01'",
            "DELETE FROM department_link",
        ] {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_sql(change, []).await.is_err(), "{change}");
        }
        let answers = "SELECT answer FROM idempotency WHERE answer IS NOT NULL";
        for row in city.db.read().query_all_raw(city.db.statement(answers, [])).await.unwrap() {
            assert!(!row.try_get::<String>("", "answer").unwrap().contains(&fifth));
        }
    }
}

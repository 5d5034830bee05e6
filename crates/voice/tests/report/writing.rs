//! Writing and submitting.

use chrono::{Datelike, NaiveDate};
use kernel::testing::Who;
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use voice::testing::VoiceCity;

use super::{Desk, count, evaluation, open};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

kernel::both_engines! {
    async fn a_report_opens_with_the_figures_of_the_rows(city: VoiceCity) {
        let people = city.enter_members(TestCity::UNION, 12).await;
        let spans = [
            ("2026-01-01", None), ("2026-11-23", None), ("2026-11-24", None), ("2025-12-31", None),
            ("2026-02-01", Some("2026-03-01")), ("2026-02-01", Some("2026-02-01")), ("2020-01-01", Some("2026-01-01")),
            ("2020-01-01", Some("2025-12-31")), ("2020-01-01", Some("2026-11-23")), ("2020-01-01", Some("2026-11-24")),
        ];
        let tx = city.system().begin().await.unwrap();
        for (person, (from, to)) in people.iter().zip(spans) {
            let sql = "UPDATE membership SET joined_on = $2, ended_on = $3, state = $4, employment_form = $5 WHERE person_id = $1";
            let state = if to.is_some() { "left" } else { "active" };
            let values = [(*person).into(), day(from).into(), to.map(day).into(), state.into(), "platform".into()];
            assert_eq!(tx.execute_sql(sql, values).await.unwrap(), 1);
        }
        tx.commit(()).await.unwrap();
        let evaluation = evaluation(&city).await;
        let chair = city.chair();
        let draft = Desk { client: &chair, evaluation }.draft().await;

        // The rows themselves, one by one.
        let sql = "SELECT joined_on, ended_on, employment_form FROM membership WHERE organization_id = $1";
        let rows = city.db.read().query_all_raw(city.db.statement(sql, [TestCity::UNION.into()])).await.unwrap();
        let (today, mut joined, mut left, mut members, mut platform) = (day("2026-11-23"), 0, 0, 0, 0);
        for row in &rows {
            let (from, to): (NaiveDate, Option<NaiveDate>) = (row.try_get("", "joined_on").unwrap(), row.try_get("", "ended_on").unwrap());
            let lasted = to.is_none_or(|to| to > from);
            joined += i64::from(lasted && from.year() == 2026 && from <= today);
            left += i64::from(lasted && to.is_some_and(|to| to.year() == 2026 && to <= today));
            let now = from <= today && to.is_none_or(|to| to > today);
            members += i64::from(now);
            platform += i64::from(now && row.try_get::<String>("", "employment_form").unwrap() == "platform");
        }
        assert!(joined > 2 && left > 2 && platform > 2);
        let expected = json!({ "year": 2026, "as_of": "2026-11-23", "joined": joined, "left": left, "members": members, "platform": platform });
        assert_eq!(draft["figures"], expected);
        let text = draft["sections"][0]["text"].as_str().unwrap();
        assert!(text.contains(&format!("新增会员 {joined} 人")) && text.contains(&format!("有会员 {members} 人")), "{text}");
        assert_eq!((&draft["version"], &draft["required"], &draft["open"]), (&json!(0), &json!(true), &json!(true)));
        assert!(draft["hints"].to_string().contains("活动还没有记录在平台，请自己填写"));
        let headings: Vec<&str> = draft["sections"].as_array().unwrap().iter().map(|one| one["heading"].as_str().unwrap()).collect();
        assert!(headings.contains(&"维护权益") && headings.contains(&"下一年的打算和承诺"));
        assert_eq!(count(&city, "report").await, 0, "to look changes nothing");
    }

    async fn a_draft_is_saved_by_the_version_that_was_seen(city: VoiceCity) {
        let evaluation = evaluation(&city).await;
        let chair = city.chair();
        let desk = Desk { client: &chair, evaluation };
        desk.submit(1).await.refused(409, "report.unsaved");
        let first = desk.save(0, &[("q1", "一")]).await.ok();
        assert_eq!((&first["version"], &first["sections"][0]["text"]), (&json!(1), &json!("一")));
        // The same once more is the same; something else from an older page is not.
        assert_eq!(desk.save(0, &[("q1", "一")]).await.ok()["version"], 1);
        desk.save(0, &[("q1", "二")]).await.refused(409, "report.changed");
        assert_eq!(desk.save(1, &[("q1", "二")]).await.ok()["version"], 2);
        desk.save(1, &[("q1", "三")]).await.refused(409, "report.changed");
        assert_eq!(desk.save(1, &[("q1", "二")]).await.ok()["version"], 2);
        let (left, right) = ([("q1", "左")], [("q1", "右")]);
        let (one, two) = futures::join!(desk.save(2, &left), desk.save(2, &right));
        assert_eq!([one.status, two.status].iter().filter(|status| **status == 200).count(), 1);
        let seen = desk.draft().await;
        assert_eq!(seen["version"], 3);
        let hostile = "\u{202e}<img src=x onerror=alert(1)>\r\n'; DROP TABLE report; --\u{7}";
        let kept = desk.save(3, &[("q1", hostile)]).await.ok();
        assert_eq!(kept["sections"][0]["text"], "<img src=x onerror=alert(1)>\n'; DROP TABLE report; --");
        desk.save(4, &[]).await.refused(422, "report.section");
        desk.save(4, &[("q1", &"字".repeat(5_001))]).await.refused(422, "report.section");
        desk.save(4, &[("bad key", "字")]).await.refused(422, "report.section");
        desk.save(4, &[("q1", "a\0b")]).await.refused(422, "input.characters");
    }

    async fn only_the_chair_of_the_union_writes(city: VoiceCity) {
        let evaluation = evaluation(&city).await;
        let wrong = [
            ("vice_chair", 403, "access.denied"),
            ("town_officer", 403, "access.denied"),
            ("county_officer", 403, "access.denied"),
            ("member", 403, "access.denied"),
        ];
        for (key, status, code) in wrong {
            let client = city.signed_in(key);
            let desk = Desk { client: &client, evaluation };
            client.get(&desk.path("/draft")).await.refused(status, code);
            desk.save(0, &[("q1", "一")]).await.refused(status, code);
            desk.submit(1).await.refused(status, code);
        }
        // A chair further up holds the permission here, and not the office.
        for node in [TestCity::TOWN, TestCity::OTHER_UNION] {
            let other = city.client_of(&Who::new().role("chair", node)).await;
            Desk { client: &other, evaluation }.save(0, &[("q1", "一")]).await.refused(404, "not_found");
        }
        let stranger = city.stranger();
        Desk { client: &stranger, evaluation }.save(0, &[("q1", "一")]).await.refused(401, "auth.required");
        let survey = json!({ "scheme": "budget_needs", "organization_id": TestCity::UNION });
        let survey = city.chair().post("/api/evaluations", survey).await.ok();
        let chair = city.chair();
        let desk = Desk { client: &chair, evaluation: survey["id"].as_str().unwrap().parse().unwrap() };
        desk.save(0, &[("q1", "一")]).await.refused(409, "report.not_here");
    }

    async fn a_submission_stands_and_may_be_superseded(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let evaluation = evaluation(&city).await;
        let chair = city.chair();
        let desk = Desk { client: &chair, evaluation };
        desk.save(0, &[("overview", "新增 3 人"), ("q1", "")]).await.ok();
        desk.submit(1).await.refused(422, "report.empty");
        desk.save(1, &[("overview", "新增 3 人"), ("q1", "健全小组"), ("q2", "")]).await.ok();
        desk.submit(1).await.refused(409, "report.changed");
        let first = desk.submit(2).await.ok()["submitted"].clone();
        assert_eq!((&first["number"], &first["changed_since"]), (&json!(1), &json!(false)));
        // Twice is once.
        assert_eq!(desk.submit(2).await.ok()["submitted"], first);
        assert_eq!(desk.save(2, &[("q1", "健全小组，换届")]).await.ok()["submitted"]["changed_since"], true);
        let second = desk.submit(3).await.ok()["submitted"].clone();
        assert_eq!(second["number"], 2);
        assert_ne!(first["hash"], second["hash"]);
        assert_eq!(count(&city, "report_submission").await, 2);
        assert_eq!(count(&city, "event WHERE kind = 'report.submitted'").await, 2);
        let sql = "SELECT content FROM report_submission WHERE number = 2";
        let row = city.db.read().query_one_raw(city.db.statement(sql, [])).await.unwrap().unwrap();
        let content: String = row.try_get("", "content").unwrap();
        assert_eq!(second["hash"], hex::encode(Sha256::digest(content.as_bytes())));
        assert!(!content.contains("小标题\",\"text\":\"\""), "what is empty is left out");

        open(&city, evaluation).await;
        desk.save(3, &[("q1", "晚了")]).await.refused(409, "report.fixed");
        desk.submit(3).await.refused(409, "report.fixed");
        assert_eq!(desk.draft().await["open"], false);
        let shown = city.member().get(&desk.path("")).await.ok();
        assert_eq!((&shown["hash"], &shown["sections"][0]["text"]), (&second["hash"], &json!("健全小组，换届")));
    }

    async fn what_was_promised_and_what_was_spent_is_brought_along(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let last = json!({ "scheme": "chair_report", "organization_id": TestCity::UNION, "year": 2025 });
        let last = city.chair().post("/api/evaluations", last).await.ok();
        city.report(last["id"].as_str().unwrap().parse().unwrap()).await;
        let chair = city.chair();
        for (year, name, budget) in [(2026, "高温送清凉", 2_000_000), (2026, "节日慰问", 500_000), (2025, "职工书屋", 700)] {
            let item = json!({
                "organization_id": TestCity::UNION, "year": year, "name": name, "purpose": "给一线职工", "target": "走访一线班组",
                "target_number": 200, "unit": "人次", "budget_cents": budget,
            });
            let item = chair.post("/api/funds", item).await.ok();
            if name == "高温送清凉" {
                let path = format!("/api/funds/{}", item["id"].as_str().unwrap());
                let spent = json!({ "kind": "spent", "day": "2026-07-20", "cents": 800_050, "what": "防暑降温用品" });
                chair.post(&format!("{path}/entries"), spent).await.ok();
                let version = chair.get(&path).await.ok()["fund"]["version"].clone();
                let close = json!({ "version": version, "outcome": "走访了全部班组。", "outcome_number": 210 });
                chair.post(&format!("{path}/close"), close).await.ok();
            }
        }
        let evaluation = evaluation(&city).await;
        let draft = Desk { client: &chair, evaluation }.draft().await;
        let of = |key: &str| -> Value { draft["sections"].as_array().unwrap().iter().find(|one| one["key"] == key).unwrap()["text"].clone() };
        assert_eq!(of("promised"), "2025 年度述职时的承诺：\n示例：把食堂的意见办好。\n落实情况：");
        assert_eq!(of("next"), "");
        let money = [
            "2026 年度登记的资金项目有 2 个，预算共 25000.00 元，已支出 8000.50 元。",
            "节日慰问：预算 5000.00 元，已支出 0.00 元，还在进行。",
            "高温送清凉：预算 20000.00 元，已支出 8000.50 元，已结项，办成了：走访了全部班组（210 人次，目标 200 人次）。",
        ];
        assert_eq!(of("activities"), money.join("\n"));
    }

    async fn nothing_of_a_report_changes_behind_the_program(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let evaluation = evaluation(&city).await;
        city.report(evaluation).await;
        let frozen = [
            "UPDATE report_submission SET content = '{}'",
            "UPDATE report_submission SET hash = hash, number = 2",
            "DELETE FROM report_submission",
            "DELETE FROM report",
            "UPDATE report SET submitted = 0",
            "UPDATE report SET organization_id = evaluation_id",
        ];
        for sql in frozen {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_unprepared(sql).await.is_err(), "{sql}");
        }
        open(&city, evaluation).await;
        let opened = [
            "UPDATE report SET sections = '[]'",
            "UPDATE report SET submitted = 2",
            "INSERT INTO report_submission SELECT report_id, 2, content, hash, submitted_by, submitted_at FROM report_submission",
            "INSERT INTO report SELECT evaluation_id, evaluation_id, organization_id, sections, 1, 0, changed_at FROM report",
            "INSERT INTO report_file SELECT id, (SELECT id FROM report), 'video', 0, 'video/mp4', NULL, NULL, '' FROM file",
        ];
        let tx = city.system().begin().await.unwrap();
        let file = "INSERT INTO file (id, purpose, name, bytes, digest, created_at) VALUES ($1, 'report', 'a', 0, $2, $3)";
        tx.execute_sql(file, [tx.id().into(), vec![0_u8; 32].into(), tx.now().into()]).await.unwrap();
        tx.commit(()).await.unwrap();
        for sql in opened {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_unprepared(sql).await.is_err(), "{sql}");
        }
    }
}

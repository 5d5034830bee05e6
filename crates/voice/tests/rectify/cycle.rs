//! The whole way, over HTTP and with a clock that is moved.

use chrono::Duration;
use registry::testing::TestCity;
use serde_json::{Value, json};
use voice::duty::tell;
use voice::testing::VoiceCity;

use super::{PNG, lines, published, sha256};

kernel::both_engines! {
    async fn what_the_ratings_found_is_put_right_in_two_rounds(city: VoiceCity) {
        let followed = published(&city, 3).await;
        let (chair, member) = (city.chair(), city.member());
        let page = followed.page(&member).await;
        assert_eq!((&page["opened_on"], page["problems"].as_array().unwrap().len()), (&json!("2026-12-01"), 1));
        assert_eq!((&page["problems"][0]["source"], &page["problems"][0]["share"]), (&json!("rating"), &json!(3000)));
        // The same day next month; the holidays of 2027 are not in the table yet, and the derivation says so.
        let due = &page["plan_duties"][0];
        assert_eq!((&due["due_on"], &due["kind"]), (&json!("2027-01-01"), &json!("plan")));
        assert!(due["derivation"].as_array().unwrap().last().unwrap().as_str().unwrap().starts_with("注意："));
        followed.round().await;
        assert_eq!(followed.page(&member).await["problems"].as_array().unwrap().len(), 1, "looked through once");

        // The chair and the level above add what they saw themselves; nobody else does.
        let add = |text: &str| json!({ "text": text });
        chair.post(&followed.path("/problems"), add("宿舍热水供应不足")).await.ok();
        city.vice_chair().post(&followed.path("/problems"), add("食堂")).await.refused(403, "access.denied");
        city.other_county_officer().post(&followed.path("/problems"), add("食堂排队")).await.refused(404, "not_found");
        chair.post(&followed.path("/problems"), add("热")).await.refused(422, "rectification.text");

        // The plan is the union's own, and answers every problem.
        let body = json!({ "version": 0, "promises": [] });
        city.town_officer().post(&followed.path("/plan"), body.clone()).await.refused(403, "rectification.own");
        chair.post(&followed.path("/plan"), body).await.refused(422, "rectification.plan");
        followed.plan(0, "2027-12-01").await.refused(422, "rectification.due");
        followed.plan(1, "2027-01-15").await.refused(409, "rectification.changed");
        followed.plan(0, "2027-01-15").await.ok();
        followed.plan(0, "2027-01-15").await.refused(409, "rectification.changed");
        let page = followed.page(&member).await;
        assert_eq!((&page["version"], &page["plan_duties"][0]["standing"]), (&json!(1), &json!("done")));
        assert_eq!(page["problems"][0]["items"][0]["duty"]["due_on"], "2027-01-15");

        // A later version stands beside it; it does not move what runs.
        followed.plan(1, "2027-02-15").await.refused(422, "rectification.due_running");
        followed.plan(1, "2027-01-15").await.ok();
        assert_eq!(followed.page(&member).await["plans"].as_array().unwrap().len(), 2);

        // Evidence is known by its content; those who rated see it, the public does not.
        followed.upload(&chair, "a.png", b"<html>").await.refused(422, "rectification.file");
        let file = followed.upload(&chair, "a.png", PNG).await.ok();
        let first = followed.item(0).await;
        let body = json!({ "text": "换了两台热水器", "file_ids": [file["file_id"]], "claim": false });
        followed.enter(&first, body.clone()).await.ok();
        followed.enter(&first, body).await.refused(404, "file.unknown");
        chair.post(&followed.path("/ask"), json!({})).await.refused(409, "closure.none");
        followed.claim(0).await.ok();
        followed.claim(0).await.refused(409, "rectification.item_state");
        let (seen, public) = (followed.page(&member).await, followed.page(&city.stranger()).await);
        assert_eq!(seen["problems"][0]["items"][0]["evidence"].as_array().unwrap().len(), 2);
        assert_eq!((&public["problems"][0]["items"][0]["evidence"], &public["problems"][0]["owner"]), (&json!([]), &Value::Null));
        assert_eq!(seen["problems"][0]["owner"], "示例负责人");
        let picture = format!("/api/rectifications/files/{}", file["file_id"].as_str().unwrap());
        assert_eq!(member.get(&picture).await.status, 200);
        city.other_county_officer().get(&picture).await.refused(404, "not_found");

        // Everything is said to be done: the electorate is asked by itself.
        followed.round().await;
        assert!(followed.polls("closure").await.is_empty(), "one of two is still being worked on");
        followed.claim(1).await.ok();
        followed.round().await;
        chair.post(&followed.path("/ask"), json!({})).await.refused(409, "closure.asked");
        let open = member.get("/api/evaluations/open").await.ok()["closures"][0].clone();
        assert_eq!((&open["round"], &open["items"], &open["drawn"]), (&json!(1), &json!(2), &json!(false)));
        assert_eq!(open["form_hash"], sha256(open["form_text"].as_str().unwrap()));
        let form: Value = serde_json::from_str(open["form_text"].as_str().unwrap()).unwrap();
        let key = hex::decode(open["public_key"].as_str().unwrap()).unwrap();
        assert_eq!(form["key_hash"], sha256(key));
        let texts: Vec<&str> = form["questions"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect();
        assert!(texts.contains(&"宿舍热水供应不足"));
        assert_eq!(chair.get("/api/evaluations/open").await.ok()["closures"], json!([]), "the rated ones are not asked");

        // Two of ten say "not" about the first question, four about the second.
        let held = followed.answer(10, |elector| vec![if elector < 2 { 2 } else { 0 }, if elector < 4 { 2 } else { 0 }]).await;
        followed.after(6).await;
        let round = followed.page(&member).await["rounds"][0].clone();
        assert_eq!((&round["state"], &round["ballots"]), (&json!("open"), &Value::Null));
        let closure = format!("/api/closures/{}", round["poll_id"].as_str().unwrap());
        city.client().get(&format!("{closure}/file")).await.refused(409, "closure.early");
        followed.after(2).await;
        let page = followed.page(&member).await;
        assert_eq!((&page["rounds"][0]["state"], &page["rounds"][0]["ballots"]), (&json!("counted"), &json!(10)));
        assert_eq!(page["rounds"][0]["destroyed"], 0);
        // Anybody can recount it, and each voter finds her ballot.
        let file = city.client().get(&format!("{closure}/file")).await.ok();
        let report = verifier::verify(file.as_str().unwrap().as_bytes(), Some(&city.keys.public_key())).unwrap();
        assert_eq!((report.ballots, &json!(report.hash)), (10, &page["rounds"][0]["hash"]));
        for ballot in &held {
            let asked = format!("{closure}/receipt?commitment={}", ballot["tracker"].as_str().unwrap());
            let receipt = city.client().get(&asked).await.ok();
            assert_eq!(receipt["merkle_root"], page["rounds"][0]["merkle_root"]);
            assert_eq!(receipt["commitment"], ballot["commitment"]);
            member.get(&asked).await.refused(400, "request.named");
        }
        let of = |text: &str| texts.iter().position(|one| *one == text).unwrap();
        let again = page["problems"].as_array().unwrap().iter().position(|one| of(one["text"].as_str().unwrap()) == 1).unwrap();
        let items = page["problems"][again]["items"].as_array().unwrap();
        assert_eq!((&items[0]["state"], &items[1]["state"], items.len()), (&json!("not_fixed"), &json!("open"), 2));
        assert_eq!((&items[0]["answers"][0]["not_fixed"], &items[0]["answers"][0]["fixed"]), (&json!(4), &json!(6)));
        assert_eq!(items[1]["duty"]["due_on"], "2027-01-11", "9 January 2027 is a Saturday");
        assert_eq!(page["problems"][1 - again]["items"][0]["state"], "fixed");
        assert_eq!(page["closed_on"], Value::Null);
        let told = "SELECT id FROM notice WHERE kind = 'rectification.item_reopened'";
        assert_eq!(followed.count(told).await, 3, "the chair, and both officers of the town");

        // It becomes overdue, and everybody sees so.
        city.clock.advance(Duration::days(40));
        tell::round(&city.app).await.unwrap();
        let late = followed.page(&city.stranger()).await;
        assert_eq!(late["problems"][again]["items"][1]["duty"]["standing"], "overdue");
        assert!(lines(&late, "overdue")[0].contains("逾期"));

        // The second round, asked for by the chair, closes it.
        followed.claim(again).await.ok();
        chair.post(&followed.path("/ask"), json!({})).await.ok();
        followed.answer(6, |elector| vec![i64::from(elector == 0)]).await;
        followed.after(9).await;
        let page = followed.page(&city.stranger()).await;
        assert_eq!(page["closed_on"], json!(city.clock.today()));
        assert_eq!(lines(&page, "closed").len(), 1);
        assert_eq!(lines(&page, "asked").len(), 2);
        assert_eq!(followed.count("SELECT id FROM event WHERE kind = 'rectification.closed'").await, 1);
        let listed = city.town_officer().get("/api/rectifications?closed=true").await.ok();
        assert_eq!((&listed["items"][0]["problems"], &listed["items"][0]["fixed"]), (&json!(2), &json!(2)));
        // Who answered, and how, is nowhere; a closed rectification goes on when something new is found.
        chair.post(&followed.path("/problems"), json!({ "text": "食堂排队太久" })).await.ok();
        let page = followed.page(&member).await;
        assert_eq!((&page["closed_on"], page["plan_duties"].as_array().unwrap().len()), (&Value::Null, 2));
        followed.plan(2, "2027-04-01").await.ok();
        assert_eq!(followed.page(&member).await["plan_duties"][1]["standing"], "done");

        // The report of the year after brings along what was promised and what became of it.
        let body = json!({ "scheme": "chair_report", "organization_id": TestCity::UNION, "year": 2027 });
        let next = city.chair().post("/api/evaluations", body).await.ok();
        let path = format!("/api/evaluations/{}/reports/{}/draft", next["id"].as_str().unwrap(), TestCity::UNION);
        let draft = city.chair().get(&path).await.ok();
        let section = draft["sections"].as_array().unwrap().iter().find(|one| one["key"] == "promised").unwrap();
        let text = section["text"].as_str().unwrap();
        assert!(text.contains("去年（2026 年度）承诺的整改："), "{text}");
        let line = |about: &str| text.lines().find(|line| line.contains(about)).unwrap().to_owned();
        let reopened = page["problems"][again]["text"].as_str().unwrap();
        let said = "第 2 次整改，已整改。措施：每周公示办理情况。会员回访 6 票：已整改 5，部分整改 1，没有整改 0。";
        assert!(line(reopened).ends_with(said), "{text}");
        assert!(line(page["problems"][1 - again]["text"].as_str().unwrap()).contains("会员回访 10 票：已整改 8，部分整改 0，没有整改 2。"));
        assert!(line("食堂排队太久").ends_with("正在整改。措施：每周公示办理情况。"), "{text}");
    }

    async fn of_too_few_answers_the_level_above_decides(city: VoiceCity) {
        let followed = published(&city, 2).await;
        followed.plan(0, "2026-12-21").await.ok();
        followed.claim(0).await.ok();
        followed.round().await;
        followed.answer(4, |_| vec![0]).await;
        followed.after(8).await;
        let page = followed.page(&city.stranger()).await;
        assert_eq!((&page["rounds"][0]["state"], &page["rounds"][0]["ballots"]), (&json!("too_few"), &Value::Null));
        assert_eq!(page["rounds"][0]["destroyed"], Value::Null, "of too few nothing is told");
        let item = followed.item(0).await;
        assert_eq!((&item["state"], &item["answers"]), (&json!("review"), &json!([])));
        assert_eq!(item["review_duty"]["organization_id"], json!(TestCity::TOWN));
        let town = city.town_officer();
        let queue = town.get("/api/rectifications/reviews").await.ok();
        assert_eq!((&queue["items"][0]["item_id"], queue["items"].as_array().unwrap().len()), (&item["id"], 1));
        assert_eq!(city.other_county_officer().get("/api/rectifications/reviews").await.ok()["items"], json!([]));

        let path = |item: &Value| format!("/api/rectifications/items/{}/review", item["id"].as_str().unwrap());
        let found = |finding: &str| json!({ "finding": finding, "reason": "到现场看过，热水仍然不足" });
        city.chair().post(&path(&item), found("fixed")).await.refused(403, "access.denied");
        city.other_county_officer().post(&path(&item), found("fixed")).await.refused(404, "not_found");
        town.post(&path(&item), json!({ "finding": "fixed", "reason": " " })).await.refused(422, "rectification.text");
        town.post(&path(&item), found("not_fixed")).await.ok();
        town.post(&path(&item), found("fixed")).await.refused(409, "rectification.item_state");
        assert_eq!(town.get("/api/rectifications/reviews").await.ok()["items"], json!([]));
        let page = followed.page(&city.stranger()).await;
        let items = page["problems"][0]["items"].as_array().unwrap();
        assert_eq!((&items[0]["finding"], &items[1]["state"]), (&json!("not_fixed"), &json!("open")));
        assert_eq!(items[0]["review_duty"]["standing"], "done");
        assert!(lines(&page, "reviewed")[0].contains("热水仍然不足"));

        // Asked a second and last time; after that the level above looks for itself.
        followed.claim(0).await.ok();
        followed.round().await;
        followed.answer(5, |_| vec![2]).await;
        followed.after(8).await;
        assert_eq!(followed.item(0).await["attempt"], 3);
        followed.claim(0).await.ok();
        let item = followed.item(0).await;
        assert_eq!(item["state"], "review");
        followed.round().await;
        assert_eq!(followed.polls("closure").await.len(), 2);
        city.county_officer().post(&path(&item), found("fixed")).await.ok();
        assert_eq!(followed.page(&city.member()).await["closed_on"], json!(city.clock.today()));
    }

    async fn what_is_good_enough_opens_nothing(city: VoiceCity) {
        let followed = published(&city, 1).await;
        let page = followed.page(&city.stranger()).await;
        assert_eq!((&page["opened_on"], &page["problems"], &page["history"]), (&Value::Null, &json!([]), &json!([])));
        assert_eq!(followed.count("SELECT evaluation_id FROM rectification_seen").await, 1);
        followed.plan(0, "2026-12-21").await.refused(409, "rectification.none");
        assert_eq!(city.town_officer().get("/api/duties").await.ok()["items"], json!([]));
    }

    async fn an_opinion_is_one_problem_however_often_it_is_entered(city: VoiceCity) {
        use voice::rectification::problem::{Source, add};
        let followed = published(&city, 0).await;
        let opinion = kernel::id::Ids::random();
        let mut found = Vec::new();
        for _ in 0..2 {
            let tx = city.system().begin().await.unwrap();
            let source = Source::Opinion(opinion);
            let id = add(&tx, followed.evaluation, TestCity::UNION, source, "夜班没有热饭").await.unwrap();
            found.push(tx.commit(id).await.unwrap());
        }
        assert_eq!(found[0], found[1]);
        let page = followed.page(&city.member()).await;
        assert_eq!((&page["problems"][0]["source"], page["problems"].as_array().unwrap().len()), (&json!("opinion"), 1));
        assert_eq!(page["plan_duties"][0]["due_on"], "2027-01-01");
    }
}

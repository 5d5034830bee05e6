//! Who answers, and how; two at once, and circles.

use futures::future::join_all;
use serde_json::{Value, json};
use voice::testing::VoiceCity;

use super::stage::{Stage, nothing};
use super::{WORDS, events};

kernel::both_engines! {
    async fn only_those_who_were_spoken_to_answer(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        stage.all_say(&WORDS).await;
        stage.take_out().await;
        let id = stage.id_of(WORDS[0]).await;
        let body = json!({ "text": "会改", "seen": 0 });
        for (key, status, code) in [
            ("town_officer", 404, "not_found"),
            ("county_officer", 404, "not_found"),
            ("other_county_officer", 404, "not_found"),
            ("vice_chair", 403, "access.denied"),
            ("member", 403, "access.denied"),
            ("audit_admin", 403, "access.denied"),
        ] {
            for verb in ["answer", "refuse"] {
                stage.act(&city.signed_in(key), id, verb, body.clone()).await.refused(status, code);
            }
            let merged = stage.act(&city.signed_in(key), id, "merge", json!({ "into": id, "seen": 0 })).await;
            merged.refused(status, code);
        }
        // Reading all of them: the chair and those above; the vice chair reads what members read.
        city.signed_in("other_county_officer").get(&stage.path("opinions/all")).await.refused(404, "not_found");
        city.vice_chair().get(&stage.path("opinions/all")).await.refused(403, "access.denied");
        assert_eq!(city.vice_chair().get(&stage.path("opinions")).await.ok()["items"], json!([]));
        city.rider().get(&stage.path("opinions")).await.refused(404, "not_found");
        city.stranger().get(&stage.path("opinions")).await.refused(401, "auth.required");
        let chair = city.chair();
        stage.act(&chair, nothing(), "answer", body.clone()).await.refused(404, "not_found");
        stage.act(&chair, id, "answer", json!({ "text": " ", "seen": 0 })).await.refused(422, "opinion.words");
        stage.act(&chair, id, "answer", json!({ "text": "字".repeat(1001), "seen": 0 })).await.refused(422, "opinion.words");
    }

    async fn an_answer_is_superseded_and_stays_readable(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        let codes = stage.all_say(&WORDS).await;
        stage.take_out().await;
        let (chair, id) = (city.chair(), stage.id_of(WORDS[0]).await);
        stage.act(&chair, id, "refuse", json!({ "text": "没有钱", "seen": 0 })).await.ok();
        stage.act(&chair, id, "answer", json!({ "text": "有钱了", "seen": 0 })).await.refused(409, "opinion.changed");
        stage.act(&chair, id, "answer", json!({ "text": "有钱了，下月改", "seen": 1 })).await.ok();
        stage.act(&chair, id, "refuse", json!({ "text": "又没钱了", "seen": 2 })).await.refused(409, "opinion.state");
        let (other, merge) = (stage.id_of(WORDS[1]).await, json!({ "into": id, "seen": 2 }));
        stage.act(&chair, id, "merge", json!({ "into": other, "seen": 2 })).await.refused(409, "opinion.state");
        stage.act(&chair, other, "merge", merge).await.refused(409, "opinion.changed");
        let page = stage.phone(1).await.get(&stage.path("opinions")).await.ok();
        let said: Vec<&Value> = page["items"][0]["answers"].as_array().unwrap().iter().map(|one| &one["text"]).collect();
        assert_eq!(said, ["没有钱", "有钱了，下月改"]);
        let mine = stage.author("", json!({ "code": codes[0] })).await.ok();
        assert_eq!((&mine["state"], mine["answers"].as_array().unwrap().len()), (&json!("answered"), 2));
    }

    async fn two_who_answer_at_once_answer_once(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        stage.all_say(&WORDS).await;
        stage.take_out().await;
        let (chair, id) = (city.chair(), stage.id_of(WORDS[0]).await);
        let texts: Vec<String> = (0..6).map(|n| format!("答复{n}")).collect();
        let asked = texts.iter().map(|text| stage.act(&chair, id, "answer", json!({ "text": text, "seen": 0 })));
        let answers = join_all(asked).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        assert_eq!(answers.iter().filter(|answer| answer.code() == "opinion.changed").count(), 5);
        assert_eq!(events(&city, "opinion.answered").await.len(), 1);
        // Pressed twice with one key it is the same answer.
        let other = format!("/api/opinions/{}/answer", stage.id_of(WORDS[1]).await);
        let body = json!({ "text": "会改", "seen": 0 });
        let first = chair.post_once(&other, "key", body.clone()).await.ok();
        assert_eq!(chair.post_once(&other, "key", body).await.ok(), first);
    }

    async fn there_are_no_chains_and_no_circles(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        stage.all_say(&WORDS).await;
        stage.take_out().await;
        let chair = city.chair();
        let (one, two, three) = (stage.id_of(WORDS[0]).await, stage.id_of(WORDS[1]).await, stage.id_of(WORDS[2]).await);
        let into = |id| json!({ "into": id, "seen": 0 });
        stage.act(&chair, one, "merge", into(one)).await.refused(422, "opinion.into");
        stage.act(&chair, one, "merge", into(nothing())).await.refused(422, "opinion.into");
        stage.act(&chair, one, "merge", into(two)).await.ok();
        stage.act(&chair, two, "merge", into(one)).await.refused(422, "opinion.into");
        stage.act(&chair, three, "merge", into(one)).await.refused(422, "opinion.into");
        stage.act(&chair, two, "merge", into(three)).await.refused(422, "opinion.into");
        stage.act(&chair, one, "answer", json!({ "text": "会改", "seen": 1 })).await.refused(409, "opinion.state");
        stage.act(&chair, three, "merge", into(two)).await.ok();
        // The tables refuse it as well.
        for (from, to) in [(two, three), (two, one), (two, two)] {
            let tx = city.system().begin().await.unwrap();
            let sql = "UPDATE opinion SET state = 'merged', merged_into = $2 WHERE id = $1";
            assert!(tx.execute_sql(sql, [from.into(), to.into()]).await.is_err());
        }
    }

    async fn two_mergers_at_once_make_no_circle(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        stage.all_say(&WORDS).await;
        stage.take_out().await;
        let chair = city.chair();
        let (one, two) = (stage.id_of(WORDS[0]).await, stage.id_of(WORDS[1]).await);
        let there = stage.act(&chair, one, "merge", json!({ "into": two, "seen": 0 }));
        let back = stage.act(&chair, two, "merge", json!({ "into": one, "seen": 0 }));
        let (there, back) = futures::join!(there, back);
        assert_eq!([there.status, back.status].iter().filter(|status| **status == 200).count(), 1);
        assert_eq!(stage.count("opinion WHERE state = 'merged'").await, 1);
    }

    async fn an_opinion_becomes_a_problem_once(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        stage.all_say(&WORDS).await;
        stage.take_out().await;
        let id = stage.id_of(WORDS[0]).await;
        let body = json!({ "text": "食堂价格偏高" });
        stage.act(&city.other_county_officer(), id, "problem", body.clone()).await.refused(404, "not_found");
        stage.act(&city.vice_chair(), id, "problem", body.clone()).await.refused(403, "access.denied");
        stage.act(&city.chair(), id, "problem", json!({ "text": " " })).await.refused(422, "rectification.text");
        stage.act(&city.chair(), id, "problem", body.clone()).await.ok();
        stage.act(&city.town_officer(), id, "problem", body).await.ok();
        assert_eq!(events(&city, "rectification.problem_added").await.len(), 1);
        assert_eq!(stage.count("rectification_problem WHERE source = 'opinion'").await, 1);
    }
}

//! The author, who is nobody: with the code everything, without it one answer.

use futures::future::join_all;
use serde_json::{Value, json};
use voice::testing::VoiceCity;

use super::WORDS;
use super::stage::{Stage, code, nothing};

kernel::both_engines! {
    async fn every_wrong_code_gets_the_same_bytes(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        let codes = stage.all_say(&WORDS).await;
        let before = stage.author("", json!({ "code": codes[0] })).await;
        stage.take_out().await;
        let mut answers = vec![before];
        // Unknown, of a blank sheet, of another form, empty, in capitals.
        let wrong = [code(), codes[7].clone(), "月光 白菜 台阶 钢笔".to_owned(), String::new(), codes[0].to_uppercase(), "0".repeat(64)];
        for code in &wrong {
            for (verb, more) in [("", json!({})), ("/reply", json!({ "text": "你好" })), ("/grade", json!({ "answer_id": nothing(), "grade": "mostly" }))] {
                let mut body = more;
                body["code"] = json!(code);
                answers.push(stage.author(verb, body).await);
            }
        }
        for answer in &answers {
            answer.refused(404, "opinion.code");
            assert_eq!(answer.body, answers[0].body);
            let names = |of: &kernel::testing::Answer| {
                let mut names: Vec<String> =
                    of.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or_default())).collect();
                names.retain(|line| !line.starts_with("date:") && !line.starts_with("x-request-id:"));
                names.sort_unstable();
                names
            };
            assert_eq!(names(answer), names(&answers[0]));
        }
        stage.author("", json!({ "code": codes[0] })).await.ok();
    }

    async fn who_says_who_he_is_is_turned_away(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        let codes = stage.all_say(&WORDS).await;
        stage.take_out().await;
        for verb in ["", "/reply", "/grade"] {
            let body = json!({ "code": codes[0], "text": "你好", "answer_id": nothing(), "grade": "mostly" });
            city.member().post(&format!("/api/opinions/mine{verb}"), body).await.refused(400, "request.named");
        }
        assert_eq!(stage.count("opinion_echo_waiting").await, 0);
    }

    async fn twenty_replies_at_once_are_three_at_the_most(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        let codes = stage.all_say(&WORDS).await;
        stage.take_out().await;
        let texts: Vec<String> = (0..20).map(|n| format!("第{n}句")).collect();
        let asked = texts.iter().map(|text| stage.author("/reply", json!({ "code": codes[0], "text": text })));
        let answers = join_all(asked).await;
        let taken = answers.iter().filter(|answer| answer.status == 200).count() as i64;
        assert!((1..=3).contains(&taken), "{taken} were taken");
        assert_eq!(stage.count("opinion_echo_waiting").await, taken);
        // However it went, three fit in, and the same again is one of them.
        for n in 0..20 {
            let answer = stage.author("/reply", json!({ "code": codes[0], "text": format!("第{n}句") })).await;
            assert!(answer.status == 200 || answer.code() == "opinion.replies", "{}", answer.body);
        }
        assert_eq!(stage.count("opinion_echo_waiting").await, 3);
        stage.night().await;
        let mine = stage.author("", json!({ "code": codes[0] })).await.ok();
        let first = mine["replies"][0]["text"].clone();
        let again = stage.author("/reply", json!({ "code": codes[0], "text": first })).await.ok();
        assert_eq!((&again["replies"], &again["replies_left"]), (&mine["replies"], &json!(0)));
        stage.author("/reply", json!({ "code": codes[0], "text": "第四句" })).await.refused(409, "opinion.replies");
        stage.author("/reply", json!({ "code": codes[0], "text": "字".repeat(301) })).await.refused(422, "opinion.words");
        // Another author has three of his own.
        stage.author("/reply", json!({ "code": codes[1], "text": "第四句" })).await.ok();
    }

    async fn an_answer_is_graded_once(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        let codes = stage.all_say(&WORDS).await;
        stage.take_out().await;
        let (chair, id) = (city.chair(), stage.id_of(WORDS[0]).await);
        let other = stage.id_of(WORDS[1]).await;
        for opinion in [id, other] {
            stage.act(&chair, opinion, "answer", json!({ "text": "会改", "seen": 0 })).await.ok();
        }
        let answer_of = |mine: &Value| mine["answers"][0]["answer"]["id"].clone();
        let mine = stage.author("", json!({ "code": codes[0] })).await.ok();
        let theirs = stage.author("", json!({ "code": codes[1] })).await.ok();
        let grade = |answer: &Value, grade: &str| json!({ "code": codes[0], "answer_id": answer, "grade": grade });
        stage.author("/grade", grade(&answer_of(&theirs), "mostly")).await.refused(422, "opinion.grade");
        let body = grade(&answer_of(&mine), "dissatisfied");
        let all = join_all((0..6).map(|_| stage.author("/grade", body.clone()))).await;
        assert!(all.iter().all(|answer| answer.status == 200 || answer.status == 503), "{:?}", all.iter().map(|a| a.status).collect::<Vec<_>>());
        stage.author("/grade", body).await.ok();
        stage.author("/grade", grade(&answer_of(&mine), "satisfied")).await.refused(409, "opinion.graded");
        assert_eq!(stage.count("opinion_echo_waiting").await, 1);
        stage.night().await;
        stage.author("/grade", grade(&answer_of(&mine), "satisfied")).await.refused(409, "opinion.graded");
        let all = stage.all().await;
        let of = all["items"].as_array().unwrap().iter().find(|one| one["id"] == json!(id)).unwrap();
        assert_eq!(of["grades"], json!({ "satisfied": 0, "mostly": 0, "dissatisfied": 1 }));
    }
}

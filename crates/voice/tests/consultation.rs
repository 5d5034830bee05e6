//! Consultations: a document that stands still, words that are moderated, answers that everybody reads.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use chrono::Duration;
use kernel::Id;
use kernel::testing::Client;
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use verifier::spread::Spread;
use voice::appraisal::round;
use voice::ballot::issuer::BlindRsaVerifier;
use voice::testing::VoiceCity;

use crate::poll::stage::Stage;

/// An evaluation that was opened over HTTP, with its box and its electors.
pub struct Ballots<'a> {
    pub evaluation: Id,
    questions: Vec<Value>,
    stage: Stage<'a>,
}

impl<'a> Ballots<'a> {
    pub async fn open(city: &'a VoiceCity, client: &Client, body: Value) -> Self {
        let row = client.post("/api/evaluations", body).await.ok();
        Self::of_draft(city, client, row["id"].as_str().unwrap().parse().unwrap()).await
    }

    pub async fn of_draft(city: &'a VoiceCity, client: &Client, evaluation: Id) -> Self {
        client.post(&format!("/api/evaluations/{evaluation}/open"), json!({})).await.ok();
        city.work().await;
        let page = client.get(&format!("/api/evaluations/{evaluation}")).await.ok();
        assert_eq!(page["evaluation"]["state"], "open");
        let poll = page["polls"].as_array().unwrap().iter().find(|poll| poll["purpose"] == "rating").unwrap();
        let key = hex::decode(poll["public_key"].as_str().unwrap()).unwrap();
        let stage = Stage {
            city,
            poll: poll["id"].as_str().unwrap().parse().unwrap(),
            people: city.electors(evaluation).await.into_iter().collect(),
            key: BlindRsaVerifier::from_spki(&key).unwrap(),
        };
        Self { evaluation, questions: page["questions"].as_array().unwrap().clone(), stage }
    }

    pub async fn vote(&self, elector: usize, answers: Value) {
        let phone = self.stage.phone(elector).await;
        let paper = self.stage.draw(&phone, answers).await;
        self.stage.cast(&paper).await.ok();
    }

    /// The same step everywhere; what is no scale gets its first option.
    pub async fn vote_everywhere(&self, elector: usize, step: i64) {
        let answer = |question: &Value| match question["kind"].as_str() {
            Some("scale") => Some(json!(step)),
            Some("single") => Some(json!(0)),
            Some("multiple") => Some(json!([0])),
            _ => None,
        };
        let id = |question: &Value| question["id"].as_str().unwrap().to_owned();
        let answers: serde_json::Map<String, Value> =
            self.questions.iter().filter_map(|question| Some((id(question), answer(question)?))).collect();
        self.vote(elector, Value::Object(answers)).await;
    }
}

/// Lets the time run out and everything be counted and published.
pub async fn finished(city: &VoiceCity, evaluations: &[Id]) {
    city.clock.advance(Duration::days(61));
    for _ in 0..100 {
        round::round(&city.app).await.unwrap();
        let mut states = BTreeSet::new();
        for evaluation in evaluations {
            states.insert(voice::appraisal::load(city.db.read(), *evaluation).await.unwrap().state);
        }
        if states.iter().all(|state| state == "published") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("not published");
}

fn document(version: i64) -> Value {
    json!({
        "version": version, "title": "示例区职工权益保护办法（征求意见稿）", "source": "示例区司法局起草，2026 年 11 月",
        "preface": "请对每一条提出意见。", "articles": [
            { "heading": "第一条", "text": "为了保护职工权益，制定本办法。" }, { "heading": "第二条", "text": "用人单位应当按时支付工资。" },
        ],
    })
}

async fn upload(client: &Client, evaluation: Id, name: &str, bytes: &[u8]) -> kernel::testing::Answer {
    let path = format!("/api/evaluations/{evaluation}/document/files?name={name}");
    client.send(Request::post(path).header("x-zhigong", "1").body(Body::from(bytes.to_vec())).unwrap()).await
}

/// The hash of a document, worked out from what the page shows.
fn hash_of(document: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut parts = vec![text(&document["title"]), text(&document["source"]), text(&document["preface"])];
    let article = |one: &Value| format!("{{\"heading\":{},\"text\":{}}}", one["heading"], one["text"]);
    let articles: Vec<String> = document["articles"].as_array().unwrap().iter().map(article).collect();
    parts.push(format!("[{}]", articles.join(",")));
    for file in document["files"].as_array().unwrap() {
        parts.extend([text(&file["name"]), text(&file["digest"])]);
    }
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    json!(hex::encode(hash.finalize()))
}

/// A draft of a survey of the union.
async fn draft(client: &Client) -> Id {
    let body = json!({ "scheme": "budget_needs", "organization_id": TestCity::UNION });
    client.post("/api/evaluations", body).await.ok()["id"].as_str().unwrap().parse().unwrap()
}

/// Six ballots with words and numbers; every second one says nothing.
async fn answered(ballots: &Ballots<'_>) {
    for elector in 0..6 {
        let words =
            if elector % 2 == 0 { format!("请修食堂，找三车间张三{elector}") } else { String::new() };
        let answers = json!({ "q1": [0, 1, 2], "q2": 0, "q3": 100 * elector, "q5": words });
        ballots.vote(elector, answers).await;
    }
}

kernel::both_engines! {
    async fn a_document_is_read_before_and_stands_still_after_the_opening(city: VoiceCity) {
        let (chair, member) = (city.chair(), city.member());
        let evaluation = draft(&chair).await;
        let path = format!("/api/evaluations/{evaluation}/document");
        chair.get(&path).await.refused(404, "not_found");
        let written = chair.post(&path, document(0)).await.ok();
        assert_eq!((&written["version"], &written["articles"][1]["heading"]), (&json!(1), &json!("第二条")));
        chair.post(&path, document(0)).await.refused(409, "consultation.changed");
        let mut longer = document(1);
        longer["preface"] = json!("请在月底以前提出意见。");
        let changed = chair.post(&path, longer).await.ok();
        assert!(changed["version"] == 2 && changed["hash"] != written["hash"]);
        let pdf = upload(&chair, evaluation, "draft.pdf", b"%PDF-1.7 synthetic").await.ok();
        upload(&chair, evaluation, "draft.exe", b"MZ synthetic").await.refused(422, "consultation.file");
        let docx = upload(&chair, evaluation, "draft.docx", b"PK\x03\x04 synthetic").await.ok();
        let file = |row: &Value, verb: &str| format!("{path}/files/{}{verb}", row["id"].as_str().unwrap());
        chair.post(&file(&docx, "/remove"), json!({})).await.ok();
        city.other_county_officer().post(&file(&pdf, "/remove"), json!({})).await.refused(404, "not_found");
        member.get(&path).await.refused(404, "not_found");
        city.member().post(&path, document(2)).await.refused(403, "access.denied");

        let ballots = Ballots::of_draft(&city, &chair, evaluation).await;
        let seen = member.get(&path).await.ok();
        assert_eq!((&seen["files"][0]["name"], seen["files"].as_array().unwrap().len()), (&json!("draft.pdf"), 1));
        // The hash over text and file stands in the instrument; whoever reads the document works it out himself.
        assert_ne!(seen["hash"], changed["hash"], "the file is part of it");
        assert_eq!(seen["hash"], hash_of(&seen));
        let page = member.get(&format!("/api/evaluations/{evaluation}")).await.ok();
        let instrument: Value = serde_json::from_str(page["instrument_text"].as_str().unwrap()).unwrap();
        assert_eq!(instrument["document_hash"], seen["hash"]);
        let sent = member.get(&file(&pdf, "")).await;
        assert_eq!(sent.status, 200);
        city.signed_in("rider").get(&path).await.refused(404, "not_found");
        city.stranger().get(&path).await.refused(404, "not_found");
        chair.post(&path, document(2)).await.refused(409, "evaluation.state");
        upload(&chair, evaluation, "late.pdf", b"%PDF-1.7").await.refused(409, "evaluation.state");
        for sql in [
            "UPDATE document SET title = '换了的草案' WHERE evaluation_id = $1",
            "DELETE FROM document WHERE evaluation_id = $1",
            "DELETE FROM document_file WHERE evaluation_id = $1",
        ] {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_raw(city.db.statement(sql, [evaluation.into()])).await.is_err(), "{sql}");
        }
        answered(&ballots).await;
        finished(&city, &[evaluation]).await;
        let public = city.stranger().get(&path).await.ok();
        assert_eq!(public["hash"], seen["hash"], "public with the result");
        let file = city.client().get(&format!("/api/evaluations/{evaluation}/file")).await.ok();
        let report = verifier::verify(file.as_str().unwrap().as_bytes(), Some(&city.keys.public_key())).unwrap();
        assert_eq!(report.document_hash.as_deref(), public["hash"].as_str());
        let mut other = public.clone();
        other["articles"][0]["text"] = json!("为了保护工资，制定本办法。");
        assert_ne!(json!(report.document_hash), hash_of(&other), "one word changed is another document");
    }

    async fn only_a_survey_has_a_document(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let body = json!({ "scheme": "chair_report", "organization_id": TestCity::UNION });
        let row = city.chair().post("/api/evaluations", body).await.ok();
        let path = format!("/api/evaluations/{}/document", row["id"].as_str().unwrap());
        city.chair().post(&path, document(0)).await.refused(409, "consultation.subject");
    }

    async fn words_are_shown_only_after_moderation(city: VoiceCity) {
        let (chair, stranger) = (city.chair(), city.stranger());
        let evaluation = draft(&chair).await;
        let ballots = Ballots::of_draft(&city, &chair, evaluation).await;
        answered(&ballots).await;
        stranger.get(&format!("/api/evaluations/{evaluation}/after")).await.refused(404, "not_found");
        finished(&city, &[evaluation]).await;
        for _ in 0..2 {
            voice::consultation::round(&city.app).await.unwrap();
        }
        let public = format!("/api/evaluations/{evaluation}/words");
        assert_eq!(stranger.get(&public).await.ok()["items"], json!([]), "nothing before it was looked at");
        let waiting = chair.get(&format!("/api/evaluations/{evaluation}/moderation")).await.ok();
        let waiting = waiting["items"].as_array().unwrap().clone();
        assert_eq!(waiting.len(), 3, "once, however often it is gathered");
        for outside in [city.member(), city.vice_chair()] {
            outside.get(&format!("/api/evaluations/{evaluation}/moderation")).await.refused(403, "access.denied");
        }
        city.other_county_officer().get(&format!("/api/evaluations/{evaluation}/moderation")).await.refused(404, "not_found");

        let decide = |row: &Value| format!("/api/words/{}/decide", row["id"].as_str().unwrap());
        let changed = json!({ "state": "waiting", "verdict": "show", "shown": "食堂很好，不用修，什么也不用改" });
        chair.post(&decide(&waiting[0]), changed).await.refused(422, "words.covered");
        let covered = waiting[0]["said"].as_str().unwrap().replace("张三", "＊＊");
        let show = json!({ "state": "waiting", "verdict": "show", "shown": covered });
        chair.post(&decide(&waiting[0]), show.clone()).await.ok();
        chair.post(&decide(&waiting[0]), show).await.refused(409, "words.decided");
        chair.post(&decide(&waiting[1]), json!({ "state": "waiting", "verdict": "hide" })).await.refused(422, "words.reason");
        chair.post(&decide(&waiting[1]), json!({ "state": "waiting", "verdict": "hide", "reason": "personal" })).await.ok();
        city.other_county_officer().post(&decide(&waiting[2]), json!({ "state": "waiting", "verdict": "show" })).await
            .refused(404, "not_found");
        let shown = stranger.get(&public).await.ok();
        assert_eq!((shown["items"].as_array().unwrap().len(), &shown["items"][0]["text"]), (1, &json!(covered)));

        let after = stranger.get(&format!("/api/evaluations/{evaluation}/after")).await.ok();
        assert_eq!(after["words"], json!([{ "question": "q5", "shown": 1, "hidden": 1, "waiting": 1 }]));
        let bins = after["spreads"][0]["bins"].as_array().unwrap();
        assert_eq!(bins.iter().map(|bin| bin["count"].as_u64().unwrap()).sum::<u64>(), 6);
        assert_eq!((&after["spreads"][0]["question"], &bins[0]["from"]), (&json!("q3"), &json!(0)));
        // Anybody can recount how numbers are spread, and sees when something else is shown.
        let file = stranger.get(&format!("/api/evaluations/{evaluation}/file")).await.ok();
        let report = verifier::verify(file.as_str().unwrap().as_bytes(), None).unwrap();
        let shown = |after: &Value| serde_json::from_value::<Vec<Spread>>(after["spreads"].clone()).unwrap();
        report.shows(&shown(&after)).unwrap();
        let other = r#"UPDATE gathering SET spreads = '[{"question":"q3","bins":[{"from":0,"to":9,"count":60}]}]'"#;
        city.database().tamper(other).await;
        let after = stranger.get(&format!("/api/evaluations/{evaluation}/after")).await.ok();
        assert_eq!(report.shows(&shown(&after)).unwrap_err().code(), "spread");
        let file = stranger.get(&format!("/api/evaluations/{evaluation}/result")).await.ok();
        assert!(!file["figures"].to_string().contains("q5"), "words are in no figure");
        assert_eq!(chair.get("/api/notices").await.ok()["items"][0]["kind"], "consultation.gathered");
        let tx = city.system().begin().await.unwrap();
        let sql = "UPDATE words SET said = '食堂很好' WHERE evaluation_id = $1";
        assert!(tx.execute_raw(city.db.statement(sql, [evaluation.into()])).await.is_err());
    }

    async fn a_gathering_that_was_cut_off_begins_anew(city: VoiceCity) {
        let chair = city.chair();
        let evaluation = draft(&chair).await;
        let ballots = Ballots::of_draft(&city, &chair, evaluation).await;
        answered(&ballots).await;
        finished(&city, &[evaluation]).await;
        let tx = city.system().begin().await.unwrap();
        let half = "INSERT INTO gathering (evaluation_id, worker, done, spreads) VALUES ($1, $1, false, '[]')";
        tx.execute_sql(half, [evaluation.into()]).await.unwrap();
        let row = "INSERT INTO words (id, evaluation_id, question, said, state) VALUES ($1, $1, 'q5', '半条', 'waiting')";
        tx.execute_sql(row, [evaluation.into()]).await.unwrap();
        tx.commit(()).await.unwrap();
        let path = format!("/api/evaluations/{evaluation}/moderation");
        assert_eq!(chair.get(&path).await.ok()["items"], json!([]), "half of it is nothing");
        voice::consultation::round(&city.app).await.unwrap();
        assert_eq!(chair.get(&path).await.ok()["items"].as_array().unwrap().len(), 3);
    }

    async fn the_starter_answers_what_was_adopted(city: VoiceCity) {
        let (chair, stranger) = (city.chair(), city.stranger());
        let evaluation = draft(&chair).await;
        let path = format!("/api/evaluations/{evaluation}/follow-up");
        let answer = |theme: &str, verdict: &str, replaces: Value| {
            json!({ "theme": theme, "verdict": verdict, "reason": "已经写进下一年预算。", "replaces": replaces })
        };
        chair.post(&path, answer("食堂", "adopted", Value::Null)).await.refused(409, "consultation.early");
        let ballots = Ballots::of_draft(&city, &chair, evaluation).await;
        answered(&ballots).await;
        finished(&city, &[evaluation]).await;
        let made = chair.post(&path, answer("食堂", "adopted", Value::Null)).await.ok();
        chair.post(&path, answer("食", "adopted", Value::Null)).await.refused(422, "follow_up.form");
        chair.post(&path, answer("班车", "partly", json!(evaluation))).await.refused(409, "follow_up.replaced");
        let later = chair.post(&path, answer("食堂", "partly", made["id"].clone())).await.ok();
        chair.post(&path, answer("食堂", "not_adopted", made["id"].clone())).await.refused(409, "follow_up.replaced");
        city.other_county_officer().post(&path, answer("食堂", "adopted", Value::Null)).await.refused(404, "not_found");
        city.member().post(&path, answer("食堂", "adopted", Value::Null)).await.refused(403, "access.denied");
        let after = stranger.get(&format!("/api/evaluations/{evaluation}/after")).await.ok();
        let rows = after["answers"].as_array().unwrap();
        assert_eq!(rows.len(), 2, "both stay");
        let of = |id: &Value| rows.iter().find(|row| row["id"] == *id).unwrap();
        assert_eq!((&of(&made["id"])["replaced"], &of(&later["id"])["replaced"]), (&json!(true), &json!(false)));
        assert_eq!(chair.get(&format!("/api/evaluations/{evaluation}/after")).await.ok()["may"]["answer"], true);
        let tx = city.system().begin().await.unwrap();
        let sql = "UPDATE follow_up SET verdict = 'adopted' WHERE evaluation_id = $1";
        assert!(tx.execute_raw(city.db.statement(sql, [evaluation.into()])).await.is_err());
    }
}

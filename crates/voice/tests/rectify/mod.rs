//! From the published result to the closed rectification: promised, done, asked about, and done again.

mod blocks;
mod cycle;
mod race;
mod table;

use axum::body::Body;
use axum::http::Request;
use chrono::Duration;
use kernel::Id;
use kernel::testing::{Answer, Client};
use registry::testing::TestCity;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use voice::appraisal::round as appraisal;
use voice::ballot::issuer::BlindRsaVerifier;
use voice::poll::entity as poll;
use voice::rectification::round;
use voice::testing::VoiceCity;

use crate::poll::stage::{Paper, Stage};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n SYNTHETIC";

/// An evaluation of the union as the members' home, published on 1 December 2026.
struct Followed<'a> {
    city: &'a VoiceCity,
    evaluation: Id,
    people: Vec<Id>,
}

/// Ten vote; the first `against` of them choose the last step of the first question.
async fn published(city: &VoiceCity, against: usize) -> Followed<'_> {
    city.enter_members(TestCity::UNION, 6).await;
    let chair = city.chair();
    let body = json!({ "scheme": "members_home", "organization_id": TestCity::UNION });
    let row = chair.post("/api/evaluations", body).await.ok();
    let evaluation: Id = row["id"].as_str().unwrap().parse().unwrap();
    chair.post(&format!("/api/evaluations/{evaluation}/open"), json!({})).await.ok();
    city.work().await;
    let people: Vec<Id> = city.electors(evaluation).await.into_iter().collect();
    assert_eq!(people.len(), 10);
    let followed = Followed { city, evaluation, people };
    let rating = followed.polls("rating").await.pop().unwrap();
    let stage = followed.stage(&rating).await;
    for (at, _) in followed.people.iter().enumerate() {
        let worst = if at < against { 2 } else { 0 };
        let answers = json!({ "q1": worst, "q2": 0, "q3": 1, "q4": 0, "q5": 0, "q6": 0 });
        let paper = stage.draw(&stage.phone(at).await, answers).await;
        stage.cast(&paper).await.ok();
    }
    city.clock.advance(Duration::days(8));
    // What loses a race in one round is finished in one of the next.
    for _ in 0..100 {
        appraisal::round(&city.app).await.unwrap();
        round::round(&city.app).await.unwrap();
        if followed.count("SELECT evaluation_id FROM rectification_seen").await == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    followed
}

/// Rounds that are over and not counted.
const LEFT: &str = "SELECT poll_id FROM closure_round WHERE state = 'closing'";
/// Rectifications in which everything is claimed and nobody was asked.
const UNASKED: &str = "SELECT r.id FROM rectification r WHERE
    EXISTS (SELECT 1 FROM rectification_problem p JOIN rectification_item i ON i.problem_id = p.id
        WHERE p.rectification_id = r.id AND i.state = 'claimed')
    AND NOT EXISTS (SELECT 1 FROM rectification_problem p JOIN rectification_item i ON i.problem_id = p.id
        WHERE p.rectification_id = r.id AND i.state = 'open')
    AND NOT EXISTS (SELECT 1 FROM closure_round c WHERE c.rectification_id = r.id AND c.state = 'open')";

impl<'a> Followed<'a> {
    async fn polls(&self, purpose: &str) -> Vec<poll::Model> {
        let rows = poll::Entity::find().all(self.city.db.read()).await.unwrap();
        let mut rows: Vec<poll::Model> =
            rows.into_iter().filter(|row| row.evaluation_id == self.evaluation && row.purpose == purpose).collect();
        rows.sort_by_key(|row| row.round);
        rows
    }

    async fn stage(&self, row: &poll::Model) -> Stage<'a> {
        let key = BlindRsaVerifier::from_spki(&row.public_key).unwrap();
        Stage { city: self.city, poll: row.id, people: self.people.clone(), key }
    }

    fn path(&self, what: &str) -> String {
        format!("/api/evaluations/{}/rectification{what}", self.evaluation)
    }

    async fn page(&self, client: &Client) -> Value {
        client.get(&self.path("")).await.ok()
    }

    /// Files a plan over all problems that are open, due on a day.
    async fn plan(&self, version: i64, due_on: &str) -> Answer {
        let page = self.page(&self.city.chair()).await;
        let promise = |problem: &Value| {
            json!({
                "problem_id": problem["id"], "measure": "每周公示办理情况", "owner": "示例负责人", "due_on": due_on,
            })
        };
        let unsettled = |problem: &&Value| {
            let last = problem["items"].as_array().unwrap().last();
            last.is_none_or(|item| item["state"] == "open")
        };
        let promises: Vec<Value> = page["problems"].as_array().unwrap().iter().filter(unsettled).map(promise).collect();
        let body = json!({ "version": version, "promises": promises });
        self.city.chair().post(&self.path("/plan"), body).await
    }

    /// The attempt at a problem that runs, by the place of the problem.
    async fn item(&self, problem: usize) -> Value {
        let page = self.page(&self.city.chair()).await;
        page["problems"][problem]["items"].as_array().unwrap().last().unwrap().clone()
    }

    async fn claim(&self, problem: usize) -> Answer {
        let item = self.item(problem).await;
        self.enter(&item, json!({ "text": "已经办好并公示", "claim": true })).await
    }

    async fn enter(&self, item: &Value, body: Value) -> Answer {
        let path = format!("/api/rectifications/items/{}/evidence", item["id"].as_str().unwrap());
        self.city.chair().post(&path, body).await
    }

    /// So many answer the round that is open, each with the answers of `how`; answers what each voter holds.
    async fn answer(&self, many: usize, how: impl Fn(usize) -> Vec<i64>) -> Vec<Value> {
        let row = self.polls("closure").await.pop().unwrap();
        let stage = self.stage(&row).await;
        let mut held = Vec::new();
        for elector in 0..many {
            let paper = self.paper(&stage, elector, &how(elector)).await;
            held.push(stage.cast(&paper).await.ok());
        }
        held
    }

    async fn paper(&self, stage: &Stage<'_>, elector: usize, how: &[i64]) -> Paper {
        let answers: serde_json::Map<String, Value> =
            how.iter().enumerate().map(|(at, answer)| (format!("q{}", at + 1), json!(answer))).collect();
        stage.draw(&stage.phone(elector).await, Value::Object(answers)).await
    }

    /// A round, and those after it that finish what lost a race.
    async fn round(&self) {
        for _ in 0..100 {
            round::round(&self.city.app).await.unwrap();
            if self.count(LEFT).await + self.count(UNASKED).await == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// Days go by, and everything that is due is done.
    async fn after(&self, days: i64) {
        self.city.clock.advance(Duration::days(days));
        self.round().await;
    }

    async fn upload(&self, client: &Client, name: &str, bytes: &'static [u8]) -> Answer {
        let path = format!("{}?name={name}", self.path("/files"));
        let request = Request::post(path).header("x-zhigong", "1").body(Body::from(bytes)).unwrap();
        client.send(request).await
    }

    async fn count(&self, sql: &str) -> usize {
        self.city.db.read().query_all_raw(self.city.db.statement(sql, [])).await.unwrap().len()
    }
}

/// The lines of a history, of one kind.
fn lines<'a>(page: &'a Value, kind: &str) -> Vec<&'a str> {
    let all = page["history"].as_array().unwrap().iter().filter(|line| line["kind"] == kind);
    all.map(|line| line["text"].as_str().unwrap()).collect()
}

fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes))
}

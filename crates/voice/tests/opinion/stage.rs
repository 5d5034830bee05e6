//! An evaluation in which members leave opinions, all SYNTHETIC; and what a member's device does.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use kernel::Id;
use kernel::id::Ids;
use kernel::testing::{Answer, Client, Who};
use rand::Rng;
use registry::testing::TestCity;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::{Value, json};
use voice::appraisal::{entity as evaluation, round};
use voice::ballot::blinding;
use voice::ballot::issuer::BlindRsaVerifier;
use voice::ballot::token::TokenMessage;
use voice::testing::VoiceCity;

/// An open evaluation with its two boxes.
pub struct Stage<'a> {
    pub city: &'a VoiceCity,
    pub evaluation: Id,
    pub electors: Vec<Id>,
    questions: Vec<Value>,
    rating: Poll,
    pub opinion: Poll,
}

pub struct Poll {
    pub id: Id,
    key: BlindRsaVerifier,
}

/// What stands for a code, as a device would work it out of four words.
pub fn code() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    hex::encode(bytes)
}

/// A sheet with words or without; `pressed` is the button.
pub fn sheet(words: &str, code: &str, pressed: bool) -> Value {
    let mut sheet = json!({ "q1": words, "q2": code });
    if pressed {
        sheet["q3"] = json!([0]);
    }
    sheet
}

impl<'a> Stage<'a> {
    /// Opens an evaluation of [`TestCity::UNION`] as its members' home to so many of them.
    pub async fn open(city: &'a VoiceCity, electors: usize) -> Self {
        city.enter_members(TestCity::UNION, electors - 4).await;
        let chair = city.chair();
        let body = json!({ "scheme": "members_home", "organization_id": TestCity::UNION });
        let row = chair.post("/api/evaluations", body).await.ok();
        let id: Id = row["id"].as_str().unwrap().parse().unwrap();
        chair.post(&format!("/api/evaluations/{id}/open"), json!({})).await.ok();
        city.work().await;
        let page = chair.get(&format!("/api/evaluations/{id}")).await.ok();
        let poll = |purpose: &str| {
            let polls = page["polls"].as_array().unwrap();
            let row = polls.iter().find(|poll| poll["purpose"] == purpose).unwrap();
            let key = hex::decode(row["public_key"].as_str().unwrap()).unwrap();
            Poll { id: row["id"].as_str().unwrap().parse().unwrap(), key: BlindRsaVerifier::from_spki(&key).unwrap() }
        };
        let (rating, opinion) = (poll("rating"), poll("opinion"));
        let questions = page["questions"].as_array().unwrap().clone();
        let people: Vec<Id> = city.electors(id).await.into_iter().collect();
        assert_eq!(people.len(), electors);
        Self { city, evaluation: id, electors: people, questions, rating, opinion }
    }

    /// A signed-in phone of an elector.
    pub async fn phone(&self, elector: usize) -> Client {
        self.city.client_of(&Who::new().person(self.electors[elector])).await
    }

    /// Draws and casts a ballot of one of the boxes.
    async fn cast(&self, phone: &Client, poll: &Poll, answers: &Value) -> Answer {
        let message = TokenMessage::random();
        let blinded = blinding::blind(&poll.key, message.as_bytes()).unwrap();
        let body = json!({ "request": STANDARD.encode(&blinded.request) });
        let answer = phone.post(&format!("/api/polls/{}/draw", poll.id), body).await.ok();
        let answer = STANDARD.decode(answer["answer"].as_str().unwrap()).unwrap();
        let signature = blinding::finalize(&poll.key, message.as_bytes(), &answer, &blinded.inverse).unwrap();
        let mut salt = [0; 32];
        rand::rng().fill_bytes(&mut salt);
        let body = json!({
            "poll_id": poll.id, "token": STANDARD.encode(message.as_bytes()), "signature": STANDARD.encode(signature),
            "salt": STANDARD.encode(salt), "answers": answers,
        });
        self.city.client().post("/api/ballots", body).await
    }

    /// An elector rates: the first step or option of everything that must be answered.
    pub async fn rate(&self, elector: usize) {
        let mut answers = json!({});
        for question in self.questions.iter().filter(|question| question["required"] == true) {
            let id = question["id"].as_str().unwrap();
            answers[id] = match question["kind"].as_str().unwrap() {
                "scale" | "single" => json!(0),
                "multiple" => json!([0]),
                other => panic!("no answer to {other}"),
            };
        }
        self.cast(&self.phone(elector).await, &self.rating, &answers).await.ok();
    }

    /// An elector sends a sheet.
    pub async fn say(&self, elector: usize, sheet: &Value) {
        self.cast(&self.phone(elector).await, &self.opinion, sheet).await.ok();
    }

    /// Everybody rates, and sends a sheet: these words, then blank ones. Answers the codes, in the order of the words.
    pub async fn all_say(&self, words: &[&str]) -> Vec<String> {
        let mut codes = Vec::new();
        for elector in 0..self.electors.len() {
            self.rate(elector).await;
            let code = code();
            self.say(elector, &sheet(words.get(elector).copied().unwrap_or_default(), &code, elector == 0)).await;
            codes.push(code);
        }
        codes
    }

    /// Ends the vote and publishes its result; the opinions are still in their box.
    pub async fn publish(&self) {
        self.city.clock.advance(Duration::days(9));
        for _ in 0..200 {
            round::round(&self.city.app).await.unwrap();
            let row = evaluation::Entity::find_by_id(self.evaluation).one(self.city.db.read()).await.unwrap().unwrap();
            if row.state == "published" {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("not published");
    }

    /// The same, and takes the opinions out.
    pub async fn take_out(&self) {
        self.publish().await;
        voice::opinion::round(&self.city.app).await.unwrap();
    }

    /// An address of the evaluation.
    pub fn path(&self, what: &str) -> String {
        format!("/api/evaluations/{}/{what}", self.evaluation)
    }

    /// All opinions, as the chair sees them.
    pub async fn all(&self) -> Value {
        self.city.chair().get(&self.path("opinions/all?limit=100")).await.ok()
    }

    /// The id of the opinion that says this.
    pub async fn id_of(&self, words: &str) -> Id {
        let all = self.all().await;
        let found = all["items"].as_array().unwrap().iter().find(|one| one["text"] == words);
        found.unwrap_or_else(|| panic!("{words} is not there"))["id"].as_str().unwrap().parse().unwrap()
    }

    /// The chair, or somebody else, does something with an opinion.
    pub async fn act(&self, client: &Client, opinion: Id, verb: &str, body: Value) -> Answer {
        client.post(&format!("/api/opinions/{opinion}/{verb}"), body).await
    }

    /// An author asks or says something, as nobody.
    pub async fn author(&self, verb: &str, body: Value) -> Answer {
        self.city.client().post(&format!("/api/opinions/mine{verb}"), body).await
    }

    /// The next night, and the shuffle.
    pub async fn night(&self) {
        self.city.clock.advance(Duration::days(1));
        voice::opinion::shuffle(&self.city.app).await.unwrap();
    }

    /// Rows that a query counts.
    pub async fn count(&self, from: &str) -> i64 {
        let sql = format!("SELECT CAST(count(*) AS bigint) AS n FROM {from}");
        let row = self.city.db.read().query_one_raw(self.city.db.statement(&sql, [])).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }

    /// Texts of a column in the order of the rows.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self.city.db.read().query_all_raw(self.city.db.statement(sql, [])).await.unwrap();
        rows.iter().map(|row| row.try_get("", "text").unwrap()).collect()
    }
}

/// An id that nothing has.
pub fn nothing() -> Id {
    Ids::random()
}

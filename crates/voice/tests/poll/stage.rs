//! An open evaluation with so many electors, all SYNTHETIC, and what a voter's device does.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{Days, Duration};
use kernel::db::insert_rows;
use kernel::id::Ids;
use kernel::testing::{Answer, Client, Who};
use kernel::{Id, Tx};
use rand::Rng;
use registry::testing::TestCity;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::{Value, json};
use voice::ballot::issuer::{BallotVerifier, BlindRsaVerifier};
use voice::ballot::token::TokenMessage;
use voice::ballot::{blinding, key};
use voice::instrument::{
    ElectorateRule, FORMAT, Instrument, IssuerKind, Question, QuestionKind, Step, Subject, SubjectKind, Thresholds,
    hash,
};
use voice::poll::entity as poll;
use voice::testing::VoiceCity;

/// The rating poll of the evaluation, and its electors.
pub struct Stage<'a> {
    pub city: &'a VoiceCity,
    pub poll: Id,
    pub people: Vec<Id>,
    pub key: BlindRsaVerifier,
}

/// A ballot paper that a device holds between drawing and casting.
#[derive(Clone)]
pub struct Paper {
    pub body: Value,
}

/// `q1` is a scale of three; `q2` any number below a million, by which a test knows a ballot again.
fn questions() -> Vec<Question> {
    let step = |label: &str, score| Step { label: label.into(), score };
    let steps = vec![step("满意", 100), step("基本满意", 60), step("不满意", 0)];
    let number = QuestionKind::Number { least: 0, most: 999_999, unit: "号".into() };
    let question = |id: &str, kind| Question {
        id: id.into(),
        text: "示例题目".into(),
        help: None,
        weight: 1,
        required: true,
        kind,
    };
    vec![question("q1", QuestionKind::Scale { steps }), question("q2", number)]
}

async fn people(tx: &Tx, evaluation: Id, number: usize) -> Vec<Id> {
    let ids: Vec<Id> = (0..number).map(|_| Ids::random()).collect();
    let person = |id: &Id| vec![(*id).into(), "示例".into(), "none".into(), true.into(), tx.now().into()];
    let columns = ["id", "name", "real_name", "synthetic", "created_at"];
    insert_rows(tx, "person", &columns, ids.iter().map(person).collect(), "").await.unwrap();
    let elector = |id: &Id| vec![evaluation.into(), (*id).into(), TestCity::UNION.into()];
    let columns = ["evaluation_id", "person_id", "organization_id"];
    insert_rows(tx, "elector", &columns, ids.iter().map(elector).collect(), "").await.unwrap();
    ids
}

impl<'a> Stage<'a> {
    /// Opens an evaluation until ten days from now.
    pub async fn open(city: &'a VoiceCity, electors: usize) -> Self {
        Self::asking(city, electors, |_| ()).await
    }

    /// The same with other questions.
    pub async fn asking(city: &'a VoiceCity, electors: usize, change: fn(&mut Instrument)) -> Self {
        key::ensure_ready(&city.app).await.unwrap();
        let tx = city.system().begin().await.unwrap();
        let (evaluation, poll_id) = (tx.id(), tx.id());
        let closes_at = tx.now() + Duration::days(10);
        let scheme =
            "INSERT INTO scheme (code, version, title, document, added_at) VALUES ('test', 1, '示例', '{}', $1)
            ON CONFLICT DO NOTHING";
        tx.execute_sql(scheme, [tx.now().into()]).await.unwrap();
        let new = "INSERT INTO evaluation (id, organization_id, scheme_code, scheme_version, subject_kind, title, year,
            plan, state, created_at, version) VALUES ($1, $2, 'test', 1, 'survey', '示例评议', 2026, '{}', 'freezing', $3, 1)";
        tx.execute_sql(new, [evaluation.into(), TestCity::UNION.into(), tx.now().into()]).await.unwrap();
        let people = people(&tx, evaluation, electors).await;
        let claimed = key::claim(&tx, poll_id).await.unwrap();
        let mut asked = instrument(evaluation, &claimed.key_hash, &tx, closes_at);
        change(&mut asked);
        let text = asked.canonical().unwrap();
        let open = "UPDATE evaluation SET state = 'open', instrument = $2, instrument_hash = $3, electorate = $4,
            opens_on = $5, closes_at = $6, opened_at = $7 WHERE id = $1";
        let digest = hash(&text).to_vec();
        let values = [
            evaluation.into(),
            text.into(),
            digest.into(),
            (electors as i64).into(),
            tx.today().into(),
            closes_at.into(),
            tx.now().into(),
        ];
        tx.execute_sql(open, values).await.unwrap();
        let row =
            "INSERT INTO poll (id, evaluation_id, purpose, round, issuer, public_key, key_hash, opens_on, closes_at,
            state) VALUES ($1, $2, 'rating', 0, 'blind_rsa', $3, $4, $5, $6, 'open')";
        let key = BlindRsaVerifier::from_spki(&claimed.public_spki).unwrap();
        let values = [
            poll_id.into(),
            evaluation.into(),
            claimed.public_spki.into(),
            hex::decode(key.key_hash()).unwrap().into(),
            tx.today().into(),
            closes_at.into(),
        ];
        tx.execute_sql(row, values).await.unwrap();
        tx.commit(()).await.unwrap();
        Self { city, poll: poll_id, people, key }
    }

    /// A signed-in phone of an elector.
    pub async fn phone(&self, elector: usize) -> Client {
        self.city.client_of(&Who::new().person(self.people[elector])).await
    }

    /// Draws and unblinds; the ballot says `answers`.
    pub async fn draw(&self, phone: &Client, answers: Value) -> Paper {
        match self.try_draw(phone, false, answers).await {
            Ok(paper) => paper,
            Err(refused) => panic!("not drawn: {}", refused.code()),
        }
    }

    /// Draws on a phone or at a kiosk; the server's "no" is the error.
    pub async fn try_draw(&self, device: &Client, kiosk: bool, answers: Value) -> Result<Paper, Answer> {
        let message = TokenMessage::random();
        let blinded = blinding::blind(&self.key, message.as_bytes()).unwrap();
        let body = json!({ "request": STANDARD.encode(&blinded.request), "kiosk": kiosk });
        let answer = device.post(&format!("/api/polls/{}/draw", self.poll), body).await;
        if answer.status != 200 {
            return Err(answer);
        }
        let answer = answer.ok();
        let answer = STANDARD.decode(answer["answer"].as_str().unwrap()).unwrap();
        let signature = blinding::finalize(&self.key, message.as_bytes(), &answer, &blinded.inverse).unwrap();
        Ok(self.paper(&message, &signature, answers))
    }

    /// A paper with any token.
    pub fn paper(&self, message: &TokenMessage, signature: &[u8], answers: Value) -> Paper {
        let mut salt = [0; 32];
        rand::rng().fill_bytes(&mut salt);
        let body = json!({
            "poll_id": self.poll, "token": STANDARD.encode(message.as_bytes()), "signature": STANDARD.encode(signature),
            "salt": STANDARD.encode(salt), "answers": answers,
        });
        Paper { body }
    }

    /// Casts from a browser without a cookie.
    pub async fn cast(&self, paper: &Paper) -> Answer {
        self.city.client().post("/api/ballots", paper.body.clone()).await
    }

    /// Draws and casts for an elector; `number` is the answer to `q2`.
    pub async fn vote(&self, elector: usize, number: usize) -> Value {
        let phone = self.phone(elector).await;
        let paper = self.draw(&phone, json!({ "q1": number % 3, "q2": number })).await;
        self.cast(&paper).await.ok()
    }

    /// Closes the poll.
    pub async fn close(&self) {
        let tx = self.city.system().begin().await.unwrap();
        assert!(voice::poll::close(&tx, self.poll).await.unwrap());
        tx.commit(()).await.unwrap();
    }

    /// Answers to `q2` in the box, sorted.
    pub async fn numbers(&self) -> Vec<i64> {
        let ballots = voice::poll::ballots(self.city.db.read(), self.city.keys.as_ref(), self.poll).await.unwrap();
        let number = |one: &voice::poll::Opened| match one.answers.get("q2") {
            Some(voice::instrument::answer::Answer::One(number)) => *number,
            _ => panic!("a ballot without its number"),
        };
        let mut numbers: Vec<i64> = ballots.iter().map(number).collect();
        numbers.sort_unstable();
        numbers
    }

    pub async fn row(&self) -> poll::Model {
        poll::Entity::find_by_id(self.poll).one(self.city.db.read()).await.unwrap().unwrap()
    }

    /// Rows of a table of this poll.
    pub async fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT CAST(count(*) AS bigint) AS n FROM {table} WHERE poll_id = $1");
        let statement = self.city.db.statement(&sql, [self.poll.into()]);
        self.city.db.read().query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
    }
}

fn instrument(evaluation: Id, key_hash: &str, tx: &Tx, closes_at: chrono::DateTime<chrono::Utc>) -> Instrument {
    Instrument {
        format: FORMAT,
        opinion_key_hash: None,
        document_hash: None,
        breakdown: None,
        evaluation_id: evaluation,
        scheme: "test".into(),
        scheme_version: 1,
        title: "示例评议".into(),
        year: 2026,
        subject: Subject { kind: SubjectKind::Survey, id: None, name: "示例".into() },
        questions: questions(),
        electorate: ElectorateRule { rule: "true".into(), unions: vec![TestCity::UNION], without_rated: false },
        thresholds: Thresholds { quorum_percent: 30, rectify_percent: 20 },
        opinions: false,
        opens_on: tx.today() + Days::new(0),
        closes_at,
        issuer: IssuerKind::BlindRsa,
        key_hash: key_hash.into(),
    }
}

//! Evaluations with their boxes written in bulk, as draws, casts and shuffles would have left them. All SYNTHETIC.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::crypto::seal;
use kernel::db::insert_rows;
use kernel::id::Ids;
use kernel::{Cx, Id, Tx};
use sea_orm::{ConnectionTrait, Value};
use serde_json::json;
use voice::ballot::commitment::Commitment;
use voice::ballot::issuer::{BallotVerifier, BlindRsa};
use voice::ballot::key;
use voice::instrument::answer::Answers;
use voice::instrument::{
    ElectorateRule, FORMAT, Instrument, IssuerKind, Question, QuestionKind, Step, Subject, SubjectKind, Thresholds,
    hash,
};
use voice::poll::{Opened, place};

use super::super::client::failed;
use super::super::people;
use super::super::stage::Stage;
use super::tokens::Token;
use crate::fault::Fault;

/// Indicators of every evaluation here.
pub const QUESTIONS: usize = 8;
/// Rows of one transaction.
const CHUNK: usize = 4_096;

/// An evaluation and its box.
#[derive(Debug, Clone, Copy)]
pub struct Vote {
    /// The evaluation.
    pub evaluation: Id,
    /// The poll of its ratings.
    pub poll: Id,
}

/// Answers of the n-th ballot to every question.
pub fn answers(n: usize) -> String {
    let one = |question: usize| format!("\"q{question}\":{}", (n * 7 + question * n / 3) % 3);
    format!("{{{}}}", (1..=QUESTIONS).map(one).collect::<Vec<_>>().join(","))
}

/// Opens so many evaluations at once with boxes under one key, until `closes_at`, which may have passed.
pub async fn open(
    stage: &Stage,
    issuer: &BlindRsa,
    number: usize,
    electors: usize,
    closes_at: DateTime<Utc>,
) -> Result<Vec<Vote>, Fault> {
    let root = stage.root().await?;
    let votes: Vec<Vote> =
        (0..number).map(|_| Vote { evaluation: stage.app.ids.next(), poll: stage.app.ids.next() }).collect();
    for part in votes.chunks(CHUNK / 32) {
        let tx = Cx::system(&stage.app).begin_bulk().await?;
        let mut rows = Rows::default();
        for vote in part {
            let instrument = instrument(vote.evaluation, root, issuer.key_hash(), closes_at);
            rows.add(&tx, vote, electors, &instrument, issuer.public_key())?;
        }
        rows.write(&tx).await?;
        tx.commit(()).await?;
    }
    Ok(votes)
}

/// Opens one evaluation by a key of the pool, in which the persons behind these accounts may vote; its public key.
pub async fn open_for(stage: &Stage, accounts: &[Id], closes_at: DateTime<Utc>) -> Result<(Vote, Vec<u8>), Fault> {
    let root = stage.root().await?;
    key::ensure_ready(&stage.app).await?;
    let tx = Cx::system(&stage.app).begin_bulk().await?;
    let vote = Vote { evaluation: tx.id(), poll: tx.id() };
    let claimed = key::claim(&tx, vote.poll).await?;
    let instrument = instrument(vote.evaluation, root, claimed.key_hash, closes_at);
    let mut rows = Rows { state: "freezing", ..Rows::default() };
    rows.add(&tx, &vote, accounts.len(), &instrument, &claimed.public_spki)?;
    rows.write(&tx).await?;
    let persons = people::persons(&tx, accounts).await?;
    let elector = |id: &Id| vec![vote.evaluation.into(), (*id).into(), root.into()];
    let columns = ["evaluation_id", "person_id", "organization_id"];
    insert_rows(&tx, "elector", &columns, persons.iter().map(elector).collect(), "").await?;
    tx.execute_sql("UPDATE evaluation SET state = 'open' WHERE id = $1", [vote.evaluation.into()]).await?;
    tx.commit(()).await?;
    Ok((vote, claimed.public_spki))
}

/// Evaluations and polls about to be written.
struct Rows {
    state: &'static str,
    evaluations: Vec<Vec<Value>>,
    polls: Vec<Vec<Value>>,
}

impl Default for Rows {
    fn default() -> Self {
        Self { state: "open", evaluations: Vec::new(), polls: Vec::new() }
    }
}

impl Rows {
    fn add(
        &mut self,
        tx: &Tx,
        vote: &Vote,
        electors: usize,
        instrument: &Instrument,
        public_key: &[u8],
    ) -> Result<(), Fault> {
        let text = instrument.canonical()?;
        let digest = hash(&text).to_vec();
        self.evaluations.push(vec![
            vote.evaluation.into(),
            instrument.electorate.unions.first().copied().into(),
            "bench".into(),
            1_i64.into(),
            SubjectKind::Survey.as_str().into(),
            instrument.title.clone().into(),
            i64::from(instrument.year).into(),
            r#"{"subject_name":"示例","rule":"true","joint":false}"#.into(),
            self.state.into(),
            text.into(),
            digest.into(),
            i64::try_from(electors).map_err(failed)?.into(),
            instrument.opens_on.into(),
            instrument.closes_at.into(),
            tx.now().into(),
            tx.now().into(),
            1_i64.into(),
        ]);
        self.polls.push(vec![
            vote.poll.into(),
            vote.evaluation.into(),
            "rating".into(),
            0_i64.into(),
            "blind_rsa".into(),
            public_key.to_vec().into(),
            hex::decode(&instrument.key_hash).map_err(failed)?.into(),
            instrument.opens_on.into(),
            instrument.closes_at.into(),
            "open".into(),
        ]);
        Ok(())
    }

    async fn write(self, tx: &Tx) -> Result<(), Fault> {
        let scheme = "INSERT INTO scheme (code, version, title, document, added_at)
            VALUES ('bench', 1, '示例', '{}', $1) ON CONFLICT DO NOTHING";
        tx.execute_sql(scheme, [tx.now().into()]).await?;
        insert_rows(tx, "evaluation", &EVALUATION, self.evaluations, "").await?;
        insert_rows(tx, "poll", &POLL, self.polls, "").await?;
        Ok(())
    }
}

const EVALUATION: [&str; 17] = [
    "id",
    "organization_id",
    "scheme_code",
    "scheme_version",
    "subject_kind",
    "title",
    "year",
    "plan",
    "state",
    "instrument",
    "instrument_hash",
    "electorate",
    "opens_on",
    "closes_at",
    "created_at",
    "opened_at",
    "version",
];
const POLL: [&str; 10] =
    ["id", "evaluation_id", "purpose", "round", "issuer", "public_key", "key_hash", "opens_on", "closes_at", "state"];

/// What the evaluations ask.
fn instrument(evaluation: Id, root: Id, key_hash: String, closes_at: DateTime<Utc>) -> Instrument {
    let steps = [("满意", 100), ("基本满意", 60), ("不满意", 0)];
    let steps: Vec<Step> = steps.map(|(label, score)| Step { label: label.to_owned(), score }).into();
    let question = |n: usize| Question {
        id: format!("q{n}"),
        text: format!("示例题目 {n}"),
        help: None,
        weight: 1,
        required: true,
        kind: QuestionKind::Scale { steps: steps.clone() },
    };
    Instrument {
        format: FORMAT,
        evaluation_id: evaluation,
        scheme: "bench".to_owned(),
        scheme_version: 1,
        title: "示例评议".to_owned(),
        year: 2026,
        subject: Subject { kind: SubjectKind::Survey, id: None, name: "示例".to_owned() },
        questions: (1..=QUESTIONS).map(question).collect(),
        electorate: ElectorateRule { rule: "true".to_owned(), unions: vec![root], without_rated: false },
        thresholds: Thresholds { quorum_percent: 30, rectify_percent: 30 },
        opinions: false,
        opens_on: kernel::calendar::china_day(closes_at) - TimeDelta::days(20),
        closes_at,
        issuer: IssuerKind::BlindRsa,
        key_hash,
        opinion_key_hash: None,
        document_hash: None,
        breakdown: None,
    }
}

/// What a phone sends.
pub fn cast_body(vote: &Vote, token: &Token, salt: &[u8], n: usize) -> String {
    let (message, signature) = token;
    let head = json!({
        "poll_id": vote.poll,
        "token": STANDARD.encode(message.as_bytes()),
        "signature": STANDARD.encode(signature),
        "salt": STANDARD.encode(salt),
    });
    let head = head.to_string();
    format!("{},\"answers\":{}}}", head.trim_end_matches('}'), answers(n))
}

/// Fills boxes: of each vote a ballot for each of its tokens, drawn, cast and shuffled in.
pub async fn fill(stage: &Stage, issuer: &BlindRsa, boxes: &[(Vote, &[Token])]) -> Result<(), Fault> {
    let pairs = boxes.iter().flat_map(|(vote, tokens)| tokens.iter().map(|token| (*vote, token)));
    let mut pairs = pairs.enumerate().peekable();
    while pairs.peek().is_some() {
        let tx = Cx::system(&stage.app).begin_bulk().await?;
        let (mut draws, mut spent, mut ballots) = (Vec::new(), Vec::new(), Vec::new());
        for (n, (vote, token)) in pairs.by_ref().take(CHUNK) {
            let day = tx.today().into();
            draws.push(vec![vote.poll.into(), Ids::random().into(), "phone".into(), vec![7_u8; 32].into(), day]);
            let (message, signature) = token;
            spent.push(vec![
                vote.poll.into(),
                message.spent_key().to_vec().into(),
                message.as_bytes().to_vec().into(),
                signature.clone().into(),
                Ids::random().into(),
            ]);
            ballots.push(ballot(stage, issuer, vote, n)?);
        }
        insert_rows(&tx, "draw", &["poll_id", "person_id", "channel", "request_hash", "drawn_on"], draws, "").await?;
        insert_rows(&tx, "spent", &["poll_id", "token_hash", "token", "signature", "claim"], spent, "").await?;
        insert_rows(&tx, "ballot", &["id", "poll_id", "commitment", "sealed"], ballots, "").await?;
        tx.commit(()).await?;
    }
    if !stage.app.db.is_sqlite() {
        // As autovacuum would have done long before the end of a vote.
        stage.app.db.read().execute_unprepared("ANALYZE").await.map_err(kernel::Error::from)?;
    }
    Ok(())
}

fn ballot(stage: &Stage, issuer: &BlindRsa, vote: Vote, n: usize) -> Result<Vec<Value>, Fault> {
    let mut key_hash = [0; 32];
    hex::decode_to_slice(issuer.key_hash(), &mut key_hash).map_err(failed)?;
    // Thirty-two random bytes, made of two random numbers.
    let mut salt = [0; 32];
    let (first, second) = (Ids::random(), Ids::random());
    salt.iter_mut().zip(first.as_bytes().iter().chain(second.as_bytes())).for_each(|(slot, byte)| *slot = *byte);
    let answers = Answers::read(answers(n).as_bytes())?;
    let commitment = Commitment::of(&key_hash, &salt, &answers.canonical()).0;
    let id = Ids::random();
    let opened = Opened { commitment, salt, answers };
    let sealed = seal(stage.app.keys.as_ref(), &place(id), &opened.bytes(0)).map_err(failed)?;
    Ok(vec![id.into(), vote.poll.into(), commitment.to_vec().into(), sealed.into()])
}

//! An instrument with every kind of question, and ballots for it; SYNTHETIC, for tests.

use chrono::{NaiveDate, TimeZone, Utc};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::instrument::answer::{self, Answers};
use crate::instrument::{
    ElectorateRule, Instrument, IssuerKind, Question, QuestionKind, Step, Subject, SubjectKind, Thresholds,
};

fn scale() -> QuestionKind {
    let step = |(label, score): (&str, u32)| Step { label: label.into(), score };
    QuestionKind::Scale { steps: [("满意", 100), ("基本满意", 60), ("不满意", 0)].map(step).into() }
}

fn options() -> Vec<String> {
    ["食堂", "班车", "体检"].map(str::to_owned).into()
}

pub fn instrument() -> Instrument {
    let kinds = [
        scale(),
        scale(),
        QuestionKind::Multiple { options: options(), least: 1, most: 2 },
        QuestionKind::Ranking { options: options(), places: 2 },
        QuestionKind::Number { least: -1_000_000, most: 1_000_000_000_000, unit: "元".into() },
        QuestionKind::Single { options: options() },
        QuestionKind::Text { most_chars: 50 },
    ];
    let question = |(place, kind): (usize, QuestionKind)| Question {
        id: format!("q{}", place + 1),
        text: format!("示例第 {} 题", place + 1),
        help: None,
        weight: [2, 1, 0, 0, 0, 0, 0][place],
        required: place == 0,
        kind,
    };
    Instrument {
        format: 1,
        evaluation_id: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0009_0001),
        scheme: "chair_duty".into(),
        scheme_version: 1,
        title: "示例制造有限公司工会主席述职测评".into(),
        year: 2026,
        subject: Subject { kind: SubjectKind::Chair, id: None, name: "示例".into() },
        questions: kinds.into_iter().enumerate().map(question).collect(),
        electorate: ElectorateRule { rule: "true".into(), unions: Vec::new(), without_rated: true },
        thresholds: Thresholds { quorum_percent: 50, rectify_percent: 30 },
        opinions: true,
        opens_on: NaiveDate::from_ymd_opt(2026, 11, 1).unwrap(),
        closes_at: Utc.with_ymd_and_hms(2026, 11, 20, 15, 59, 59).unwrap(),
        issuer: IssuerKind::BlindRsa,
        key_hash: String::new(),
        opinion_key_hash: None,
        document_hash: None,
        breakdown: None,
    }
}

/// Ballots that fit, the same for the same seed.
pub fn ballots(instrument: &Instrument, seed: u64, count: usize) -> Vec<Answers> {
    let mut random = StdRng::seed_from_u64(seed);
    (0..count)
        .map(|_| {
            let mut raw = Map::new();
            for question in &instrument.questions {
                if question.required || random.random_bool(0.8) {
                    raw.insert(question.id.clone(), one(&mut random, &question.kind));
                }
            }
            answer::parse(&instrument.questions, &Value::Object(raw)).unwrap()
        })
        .collect()
}

fn one(random: &mut StdRng, kind: &QuestionKind) -> Value {
    let mut some = |of: usize, count: usize| {
        let mut all: Vec<usize> = (0..of).collect();
        all.shuffle(random);
        all.truncate(count);
        all
    };
    match kind {
        QuestionKind::Scale { steps } => json!(some(steps.len(), 1)[0]),
        QuestionKind::Single { options } => json!(some(options.len(), 1)[0]),
        QuestionKind::Multiple { options, most, .. } => {
            let count = random.random_range(1..=*most as usize);
            json!(rand::seq::index::sample(random, options.len(), count).into_vec())
        }
        QuestionKind::Ranking { options, places } => json!(some(options.len(), *places as usize)),
        QuestionKind::Number { least, most, .. } => {
            let (least, most) = if random.random_bool(0.5) { (0, 9) } else { (*least, *most) };
            json!(random.random_range(least..=most))
        }
        QuestionKind::Text { .. } => json!("示例意见"),
    }
}

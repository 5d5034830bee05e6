//! Boxes of every kind, published and recounted by the verifier that shares nothing with this slice.

mod audit;
mod boxes;
mod groups;
mod lies;
mod stream;

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use kernel::Id;
use kernel::crypto::{KeyProvider, LocalKeys};
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use serde_json::{Value, json};
use verifier::spread::{Bin, Spread};
use verifier::verify;

use self::lies::resealed;
use super::file::{self, Publication};
use super::line::{Contents, Head, Line};
use super::sample;
use super::tally::Counts;
use crate::ballot::blinding;
use crate::ballot::commitment::Commitment;
use crate::ballot::issuer::{BallotIssuer, BallotVerifier, BlindRsa, SeparatedTables};
use crate::ballot::token::TokenMessage;
use crate::consultation::rules::bins;
use crate::instrument::answer::{Answer, Answers};
use crate::instrument::{Instrument, IssuerKind, Question, QuestionKind};
use crate::poll::Opened;

/// Making a key takes long, and so do signatures: one key, some tokens, for all boxes.
static ISSUER: LazyLock<BlindRsa> = LazyLock::new(|| BlindRsa::generate().unwrap());
static TOKENS: Mutex<Vec<(Vec<u8>, Vec<u8>)>> = Mutex::new(Vec::new());
const POLL: Id = Id::from_u128(0x0190_0000_0000_7000_8000_0000_0009_0002);

fn tokens(many: usize) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut made = TOKENS.lock().unwrap();
    while made.len() < many {
        made.push(token());
    }
    made[..many].to_vec()
}

fn token() -> (Vec<u8>, Vec<u8>) {
    let message = TokenMessage::random();
    let blinded = blinding::blind(ISSUER.verifier(), message.as_bytes()).unwrap();
    let answer = ISSUER.issue(&blinded.request).unwrap();
    let signature = blinding::finalize(ISSUER.verifier(), message.as_bytes(), &answer, &blinded.inverse).unwrap();
    (message.as_bytes().to_vec(), signature)
}

fn keys() -> LocalKeys {
    LocalKeys::for_tests().unwrap()
}

struct Sample {
    instrument: Instrument,
    text: String,
    key: Vec<u8>,
    key_hash: [u8; 32],
    tokens: Vec<(Vec<u8>, Vec<u8>)>,
    ballots: Vec<Opened>,
    paper: u64,
    destroyed: u64,
}

impl Sample {
    /// A box with so many ballots, the same for the same seed but for its tokens.
    fn of(seed: u64, count: usize) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mut instrument = sample::instrument();
        instrument.questions.truncate(random.random_range(1..=instrument.questions.len()));
        instrument.thresholds.quorum_percent = random.random_range(0..=100);
        instrument.thresholds.rectify_percent = random.random_range(0..=100);
        Self::asked(instrument, &mut random, seed, count)
    }

    /// The same with another instrument.
    fn asked(mut instrument: Instrument, random: &mut StdRng, seed: u64, count: usize) -> Self {
        instrument.key_hash = ISSUER.key_hash();
        let paper = random.random_range(0..=count.min(3));
        let destroyed = usize::from(random.random_bool(0.2)) * random.random_range(1..=4);
        let tokens = tokens(count + destroyed);
        let mut sample = Self {
            text: instrument.canonical().unwrap(),
            key: ISSUER.public_key().to_vec(),
            key_hash: openssl::sha::sha256(ISSUER.public_key()),
            tokens,
            ballots: Vec::new(),
            paper: paper as u64,
            destroyed: destroyed as u64,
            instrument,
        };
        for answers in sample::ballots(&sample.instrument, seed, count) {
            let mut salt = [0; 32];
            random.fill_bytes(&mut salt);
            sample.ballots.push(sample.ballot(salt, answers));
        }
        sample
    }

    fn ballot(&self, salt: [u8; 32], answers: Answers) -> Opened {
        Opened { commitment: Commitment::of(&self.key_hash, &salt, &answers.canonical()).0, salt, answers }
    }

    fn publication(&self) -> Publication {
        file::read(&self.file()).unwrap().0
    }

    /// Written as the server writes it.
    fn file(&self) -> Vec<u8> {
        let mut contents = Contents::none(&self.instrument);
        for ballot in &self.ballots {
            contents.add(&self.instrument, ballot).unwrap();
        }
        let cast = self.ballots.len() as u64 + self.destroyed;
        let counted = contents.counted(&self.instrument, cast * 2).unwrap();
        let head = Head {
            poll_id: POLL,
            evaluation_id: self.instrument.evaluation_id,
            instrument: &self.text,
            public_key: &self.key,
            electorate: cast * 2,
            drawn: cast + 1,
            tokens: self.tokens.len() as u64,
            paper: self.paper,
            destroyed: self.destroyed,
        };
        let mut line = Line::begin(Vec::new(), &head, &counted).unwrap();
        let mut tokens = self.tokens.clone();
        tokens.sort_unstable();
        for (message, signature) in &tokens {
            line.token(message, signature).unwrap();
        }
        let (bytes, hash) = line.end(&counted).unwrap();
        [bytes, file::seal(&hash, &keys()).unwrap().0].concat()
    }
}

#[test]
fn the_verifier_agrees_with_a_thousand_random_evaluations() {
    for seed in 0..1_000 {
        let sample = Sample::of(seed, 5 + usize::try_from(seed % 20).unwrap());
        let bytes = sample.file();
        let report = verify(&bytes, Some(&keys().public_key())).unwrap_or_else(|fault| panic!("{seed}: {fault}"));
        let whole = serde_json::to_vec(&file::read(&bytes).unwrap().0).unwrap();
        assert_eq!(whole, bytes.split(|byte| *byte == b'\n').next().unwrap(), "{seed}: as serde writes it");
        assert_eq!((report.ballots, report.paper), (sample.ballots.len() as u64, sample.paper), "{seed}");
        assert!(report.numbers >= 6);
        assert_eq!(report.spreads, shown(&sample), "{seed}");
        report.shows(&report.spreads).unwrap();
    }
}

/// How numbers are spread, as the page shows it beside the file.
fn spreads(questions: &[Question], ballots: &[&Answers]) -> Value {
    let of_one = |question: &Question| {
        let mut numbers: BTreeMap<i64, u64> = BTreeMap::new();
        for ballot in ballots {
            if let Some(Answer::One(number)) = ballot.get(&question.id) {
                *numbers.entry(*number).or_default() += 1;
            }
        }
        (!numbers.is_empty()).then(|| json!({ "question": question.id, "bins": bins(&numbers) }))
    };
    questions.iter().filter(|one| matches!(one.kind, QuestionKind::Number { .. })).filter_map(of_one).collect()
}

fn spreads_of(sample: &Sample) -> Value {
    let ballots: Vec<&Answers> = sample.ballots.iter().map(|ballot| &ballot.answers).collect();
    spreads(&sample.instrument.questions, &ballots)
}

fn shown(sample: &Sample) -> Vec<Spread> {
    serde_json::from_value(spreads_of(sample)).unwrap()
}

#[test]
fn a_spread_that_is_not_that_of_the_ballots_is_found() {
    let sample = Sample::of(3, 24);
    let report = verify(&sample.file(), None).unwrap();
    let shown = shown(&sample);
    report.shows(&shown).unwrap();
    report.shows(&[]).unwrap();
    let mut changed = Vec::new();
    for place in 0..shown[0].bins.len() {
        let mut put = |change: &dyn Fn(&mut Vec<Bin>)| {
            let mut copy = shown.clone();
            change(&mut copy[0].bins);
            changed.push(copy);
        };
        put(&|bins| bins[place].count += 1);
        put(&|bins| bins[place].from -= 1);
        put(&|bins| bins[place].to += 1);
        put(&|bins| {
            bins.remove(place);
        });
    }
    assert!(changed.len() >= 8, "{shown:?}");
    for wrong in &changed {
        assert_eq!(report.shows(wrong).unwrap_err().code(), "spread", "{wrong:?}");
    }
    let mut elsewhere = shown;
    elsewhere[0].question = "q1".into();
    assert_eq!(report.shows(&elsewhere).unwrap_err(), verifier::Fault::Spread("q1".into()));
}

#[test]
fn an_evaluation_with_sm2_receipts_is_checked_as_well() {
    let mut sample = Sample::of(1, 8);
    let issuer = SeparatedTables::new(std::sync::Arc::new(keys()), POLL);
    sample.instrument.issuer = IssuerKind::Separated;
    sample.instrument.key_hash = issuer.key_hash();
    sample.text = sample.instrument.canonical().unwrap();
    sample.key = issuer.public_key().to_vec();
    for (message, signature) in &mut sample.tokens {
        *signature = issuer.issue(message).unwrap();
    }
    verify(&sample.file(), None).unwrap();
    if let Some((_, signature)) = sample.tokens.last_mut() {
        signature[7] ^= 1;
    }
    assert_eq!(verify(&sample.file(), None).unwrap_err().code(), "token");
}

/// Every entry of every list and every number, one at a time; resealed, so that only the recount can find it.
fn changed(value: &Value, path: &mut Vec<String>, found: &mut Vec<(String, Value)>, whole: &Value) {
    let mut put = |path: &[String], change: &dyn Fn(&mut Value), name: &str| {
        let mut copy = whole.clone();
        let pointer: String = path.iter().map(|part| format!("/{part}")).collect();
        change(copy.pointer_mut(&pointer).unwrap());
        if copy != *whole {
            found.push((format!("{name} {pointer}"), copy));
        }
    };
    match value {
        Value::Number(number) => {
            let number = number.as_i64().unwrap();
            put(path, &|slot| *slot = json!(number + 1), "one more");
            put(path, &|slot| *slot = json!(number - 1), "one less");
        }
        Value::Bool(is) => put(path, &|slot| *slot = json!(!is), "turned"),
        Value::String(text) if text.is_ascii() && text.len() >= 64 => {
            let turn = |at: usize| {
                let sign = if text.as_bytes()[at] == b'0' { "1" } else { "0" };
                json!(format!("{}{sign}{}", &text[..at], &text[at + 1..]))
            };
            put(path, &|slot| *slot = turn(text.len() / 2), "flipped");
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                put(path, &|slot| drop(slot.as_array_mut().unwrap().remove(place)), "dropped");
                put(path, &|slot| slot.as_array_mut().unwrap().insert(place, item.clone()), "doubled");
            }
        }
        _ => {}
    }
    let inside: Vec<(String, &Value)> = match value {
        Value::Array(items) => items.iter().enumerate().map(|(place, item)| (place.to_string(), item)).collect(),
        Value::Object(map) => map.iter().map(|(name, item)| (name.clone(), item)).collect(),
        _ => Vec::new(),
    };
    for (name, item) in inside {
        path.push(name);
        changed(item, path, found, whole);
        path.pop();
    }
}

#[test]
fn whatever_is_flipped_dropped_or_added_is_found() {
    let sample = Sample::of(19, 9);
    let whole = serde_json::to_value(sample.publication()).unwrap();
    verify(&resealed(&whole), None).unwrap();
    let (mut found, mut silent) = (Vec::new(), Vec::new());
    changed(&whole, &mut Vec::new(), &mut found, &whole);
    for (what, value) in &found {
        if verify(&resealed(value), None).is_ok() {
            silent.push(what.clone());
        }
    }
    // Who drew and did not come back, and which ballots were on paper, is nobody's to recount: within their bounds these
    // numbers are only signed.
    silent.retain(|what| !what.ends_with("/drawn") && !what.ends_with("/paper"));
    assert!(found.len() > 300, "{}", found.len());
    assert!(silent.is_empty(), "not found: {silent:?}");
}

#[test]
fn without_the_key_not_even_a_byte_can_be_changed() {
    let good = Sample::of(4, 6).file();
    let mut random = StdRng::seed_from_u64(4);
    for _ in 0..300 {
        let (mut bent, at) = (good.clone(), random.random_range(0..good.len()));
        bent[at] ^= 1 << random.random_range(0..7);
        assert!(verify(&bent, Some(&keys().public_key())).is_err(), "byte {at}");
    }
    for bent in [&good[1..], &good[..good.len() - 1], &[&good[..], b"x"].concat(), b"", b"\n\n"] {
        assert!(verify(bent, None).is_err());
    }
    let mut other = keys().public_key();
    other[9] ^= 1;
    assert_eq!(verify(&good, Some(&other)).unwrap_err().code(), "signature");
}

/// A recount of a city: 650,000 ballots of eight questions, from their canonical bytes; five seconds are the aim of a
/// release build. Printed, not asserted.
#[test]
fn a_city_is_recounted() {
    let count = if kernel::testing::long() { 650_000 } else { 2_000 };
    let mut instrument = sample::instrument();
    let scale = instrument.questions[0].clone();
    instrument.questions = (1..=8).map(|n| Question { id: format!("q{n}"), ..scale.clone() }).collect();
    let ballots: Vec<Vec<u8>> = (0..count)
        .map(|n| {
            let answers: Vec<String> = (1..=8).map(|q| format!("\"q{q}\":{}", (n * 7 + q * n / 3) % 3)).collect();
            format!("{{{}}}", answers.join(",")).into_bytes()
        })
        .collect();
    let start = std::time::Instant::now();
    let mut counts = Counts::none(&instrument.questions);
    for ballot in &ballots {
        counts.add(&instrument.questions, &Answers::read(ballot).unwrap()).unwrap();
    }
    let figures = counts.figures(&instrument, 652_000);
    println!("recount of {count} ballots x 8: {:?}", start.elapsed());
    assert_eq!(figures.ballots, count as u64);
    assert!(figures.questions.iter().all(|question| question.answered == count as u64));
}

/// `ZHIGONG_WRITE_FIXTURE=1 cargo test -p zhigong-voice result::tests::the_fixtures` writes them anew, with a new key.
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/shared/verify/fixtures");

/// The browser's verifier is tested on these files (`web/shared/verify/verify.test.ts`).
#[test]
fn the_fixtures_of_the_browser_are_ours() {
    if std::env::var("ZHIGONG_WRITE_FIXTURE").is_ok() {
        std::fs::create_dir_all(FIXTURES).unwrap();
        for (name, seed, count) in [("small", 19, 5), ("large", 3, 24), ("short", 2, 12)] {
            std::fs::write(format!("{FIXTURES}/{name}.jsonl"), Sample::of(seed, count).file()).unwrap();
        }
        let after = json!({ "spreads": spreads_of(&Sample::of(3, 24)) });
        std::fs::write(format!("{FIXTURES}/large-after.json"), format!("{after}\n")).unwrap();
    }
    let mut ballots = Vec::new();
    for name in ["small", "large", "short"] {
        let bytes = std::fs::read(format!("{FIXTURES}/{name}.jsonl")).unwrap();
        ballots.push(verify(&bytes, Some(&keys().public_key())).unwrap().ballots);
        let (publication, _) = file::read(&bytes).unwrap();
        assert_eq!(serde_json::to_vec(&publication).unwrap(), bytes.split(|byte| *byte == b'\n').next().unwrap());
    }
    assert_eq!(ballots, [5, 24, 12]);
    // What the page shows beside the second one.
    let after = std::fs::read(format!("{FIXTURES}/large-after.json")).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&after).unwrap()["spreads"], spreads_of(&Sample::of(3, 24)));
}

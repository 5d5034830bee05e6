//! The form of a file: what stands in its first line, and what of the instrument inside it is needed to recount.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

/// What `format`, the first field, must be.
pub const FORMAT: u64 = 1;
/// Fewest ballots that are published.
pub const LEAST_PUBLISHED: u64 = 5;
/// Most ballots that can be left over at the close and be destroyed.
pub const MOST_DESTROYED: u64 = 4;

/// What stands in the first line before the tokens, in this order. After it come `tokens` (message and signature of each
/// used token, hexadecimal, sorted by message), `commitments` (of the ballots counted, hexadecimal, sorted), `merkle_root`
/// (of the tree over them), `columns` (all answers to each question but those in words, sorted), where the instrument has a
/// breakdown `groups` (of each group that is shown `option` and `columns`, all answers to each scale, sorted), and `figures`
/// (what was published).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The evaluation.
    pub evaluation_id: String,
    /// Its box; what an SM2 receipt is good for.
    pub poll_id: String,
    /// The bytes of the instrument.
    pub instrument: String,
    /// SHA-256 over them, hexadecimal.
    pub instrument_hash: String,
    /// The key that signs tokens, hexadecimal: SPKI for RSA, `04` ‖ x ‖ y for SM2.
    pub public_key: String,
    /// People who could have voted.
    pub electorate: u64,
    /// People who drew a ballot, over all channels.
    pub drawn: u64,
    /// Ballots that came back.
    pub cast: u64,
    /// Of them on paper.
    pub paper: u64,
    /// Of them left over at the close, too few to be shuffled in.
    pub destroyed: u64,
}

/// One answer; single numbers sort before lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entry {
    /// A step, an option, a number.
    One(i64),
    /// Options.
    Many(Vec<i64>),
}

/// By its first sign: millions of them are read, and an untagged enum would be tried once for each way to write it.
impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a number or a list of numbers")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Entry, E> {
        i64::try_from(number).map(Entry::One).map_err(|_| E::custom("a number beyond all measure"))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Entry, E> {
        Ok(Entry::One(number))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entry, A::Error> {
        let mut numbers = Vec::new();
        while let Some(number) = list.next_element()? {
            numbers.push(number);
        }
        Ok(Entry::Many(numbers))
    }
}

/// Published figures.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// Ballots counted.
    pub ballots: u64,
    /// People who could have voted.
    pub electorate: u64,
    /// Hundredths of a per cent.
    pub turnout: u64,
    /// Enough took part.
    pub quorum_reached: bool,
    /// For information only.
    pub advisory: bool,
    /// Hundredths.
    pub score: Option<u64>,
    /// Questions from which a plan of rectification is due.
    pub rectify: Vec<String>,
    /// By question.
    pub questions: Vec<QuestionFigures>,
    /// By the answers to one question, where the instrument says so.
    #[serde(default)]
    pub breakdown: Option<Breakdown>,
}

/// Published figures of groups.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Breakdown {
    /// By the answers to which question.
    pub question: String,
    /// Those that are shown.
    pub groups: Vec<Group>,
    /// Options that some chose and whose groups are held back together.
    pub withheld: Vec<u64>,
}

/// People who gave one answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Which option, from 0.
    pub option: u64,
    /// How many.
    pub people: u64,
    /// Scale by scale.
    pub scales: Vec<GroupScale>,
}

/// What a group said to one scale.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupScale {
    /// Which.
    pub question: String,
    /// How many answered.
    pub answered: u64,
    /// Per step.
    pub counts: Vec<u64>,
}

/// Published figures of one question; which are there depends on its kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum QuestionFigures {
    /// A scale.
    Scale { question: String, answered: u64, cells: Vec<Cell>, score: Option<u64> },
    /// One of several.
    Single { question: String, answered: u64, cells: Vec<Cell> },
    /// Several of several.
    Multiple { question: String, answered: u64, cells: Vec<Cell> },
    /// An order.
    Ranking { question: String, answered: u64, ranks: Vec<Rank> },
    /// Whole numbers.
    Number {
        question: String,
        answered: u64,
        mean: Option<i64>,
        lower: Option<i64>,
        median: Option<i64>,
        upper: Option<i64>,
    },
}

/// One step or option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// People.
    pub count: u64,
    /// Hundredths of a per cent.
    pub share: u64,
    /// Lower end of its 95 % interval.
    pub low: u64,
    /// Upper end.
    pub high: u64,
}

/// One option of a ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rank {
    /// First places.
    pub first: u64,
    /// Points.
    pub points: u64,
}

/// What of the instrument is needed; more stands in it.
#[derive(Debug, Clone, Deserialize)]
pub struct Instrument {
    /// The evaluation.
    pub evaluation_id: String,
    /// As it stands on the page.
    pub title: String,
    /// In the order of the page.
    pub questions: Vec<Question>,
    /// When a result says something.
    pub thresholds: Thresholds,
    /// `blind_rsa` or `separated`.
    pub issuer: String,
    /// SHA-256 of the key that signs tokens, hexadecimal.
    pub key_hash: String,
    /// SHA-256 of what people read before they answered, hexadecimal, where there was something.
    #[serde(default)]
    pub document_hash: Option<String>,
    /// The question by whose answers there are groups.
    #[serde(default)]
    pub breakdown: Option<String>,
}

/// Of every hundred.
#[derive(Debug, Clone, Deserialize)]
pub struct Thresholds {
    /// Ballots of electors.
    pub quorum_percent: u64,
    /// Answers on the last step.
    pub rectify_percent: u64,
}

/// A question.
#[derive(Debug, Clone, Deserialize)]
pub struct Question {
    /// `q1` …
    pub id: String,
    /// Share in the overall score.
    pub weight: u64,
    /// May not be left out.
    pub required: bool,
    /// How it is answered.
    #[serde(flatten)]
    pub kind: Kind,
}

/// How a question is answered.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// One step, best first.
    Scale { steps: Vec<Step> },
    /// One option.
    Single { options: Vec<String> },
    /// Several options.
    Multiple { options: Vec<String>, least: usize, most: usize },
    /// Options in an order.
    Ranking { options: Vec<String>, places: usize },
    /// A whole number.
    Number { least: i64, most: i64 },
    /// Words; not in the file.
    Text {},
}

/// A step of a scale.
#[derive(Debug, Clone, Deserialize)]
pub struct Step {
    /// 0 to 100.
    pub score: u64,
}

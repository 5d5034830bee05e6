//! The instrument (测评表): what an evaluation asks, of whom, about whom, until when, and how it is counted.
//!
//! It is made from a scheme and, when the evaluation opens, frozen: its canonical bytes are kept, their SHA-256 is
//! published, and nothing in them can change any more (a trigger of the table sees to it). Whoever has the instrument
//! and the published columns can recount the result.
//!
//! Pure: no database, no clock.
//!
//! ```
//! use voice::instrument::{Question, QuestionKind, Step, answer};
//!
//! let steps = vec![Step { label: "满意".into(), score: 100 }, Step { label: "不满意".into(), score: 0 }];
//! let question = Question {
//!     id: "q1".into(), text: "维护职工权益".into(), help: None, weight: 1, required: true,
//!     kind: QuestionKind::Scale { steps },
//! };
//! let ballot = answer::parse(&[question], &serde_json::json!({ "q1": 1 }))?;
//! assert_eq!(ballot.canonical(), br#"{"q1":1}"#);
//! # Ok::<(), kernel::Refusal>(())
//! ```

pub mod answer;
pub mod check;

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

/// What an evaluation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A chair reports on the year of duty (主席述职测评); the rated person is left out of the electorate.
    Chair,
    /// A union as the members' home (职工之家评议).
    Union,
    /// A government department that enforces labour law (执法部门评议).
    Department,
    /// No subject: a survey or a consultation (问卷、征集).
    Survey,
    /// A union's budget item and what came of it (资金使用绩效).
    Fund,
}

impl SubjectKind {
    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chair => "chair",
            Self::Union => "union",
            Self::Department => "department",
            Self::Survey => "survey",
            Self::Fund => "fund",
        }
    }
}

/// Who or what is rated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = InstrumentSubject)]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// Which person, union, department or budget item; absent for a survey.
    pub id: Option<Uuid>,
    /// As it stands on the page: 示例制造有限公司工会主席.
    pub name: String,
}

/// One question (指标).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = InstrumentQuestion)]
pub struct Question {
    /// `q1` … `q40`, unique in the instrument, never used again with another meaning.
    pub id: String,
    /// What is asked.
    pub text: String,
    /// One sentence of explanation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Share in the overall score, relative to the other scale questions; 0 counts for itself alone.
    pub weight: u32,
    /// May not be left out.
    pub required: bool,
    /// How it is answered.
    #[serde(flatten)]
    pub kind: QuestionKind,
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum QuestionKind {
    /// One step of a scale, best first; steps have scores.
    Scale {
        /// 2 to 10 steps.
        steps: Vec<Step>,
    },
    /// One of several options.
    Single {
        /// 2 to 40 options.
        options: Vec<String>,
    },
    /// Several of several options.
    Multiple {
        /// 2 to 40 options.
        options: Vec<String>,
        /// At least so many.
        least: u32,
        /// At most so many.
        most: u32,
    },
    /// Options in an order, the most important first.
    Ranking {
        /// 2 to 20 options.
        options: Vec<String>,
        /// So many places are given out.
        places: u32,
    },
    /// A whole number.
    Number {
        /// Smallest.
        least: i64,
        /// Largest.
        most: i64,
        /// What it counts: 元, 天.
        unit: String,
    },
    /// Words of one's own; published only after moderation, in random order, apart from every other answer.
    Text {
        /// At most so many characters.
        most_chars: u32,
    },
}

/// One step of a scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = InstrumentStep)]
pub struct Step {
    /// 满意, 基本满意, 不满意 (总工发〔2009〕28号).
    pub label: String,
    /// 0 to 100.
    pub score: u32,
}

/// Who may answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ElectorateRule {
    /// A segment in CEL over the members of [`ElectorateRule::unions`]; `true` for all of them.
    pub rule: String,
    /// Members of these unions and of everything below them on the day of the freezing.
    pub unions: Vec<Uuid>,
    /// The rated person and deputies may not rate.
    pub without_rated: bool,
}

/// When a result says something, and when something must follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Thresholds {
    /// Ballots of every hundred electors below which a result is advisory (参考).
    pub quorum_percent: u32,
    /// Answers on the last step of a scale, of every hundred, from which a plan of rectification is due.
    pub rectify_percent: u32,
}

/// How the secret is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssuerKind {
    /// RFC 9474 blind RSA: the server cannot link a ballot to the one who drew it.
    BlindRsa,
    /// Separated tables with SM2-signed receipts: the operator must be trusted not to look.
    Separated,
}

/// The whole of it; see the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Instrument {
    /// Version of this format.
    pub format: u32,
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The scheme it follows and that scheme's version.
    pub scheme: String,
    /// Version of the scheme.
    pub scheme_version: u32,
    /// As it stands on the page.
    pub title: String,
    /// The year that is spoken of.
    pub year: i32,
    /// Who or what is rated.
    pub subject: Subject,
    /// In the order of the page.
    pub questions: Vec<Question>,
    /// Who may answer.
    pub electorate: ElectorateRule,
    /// When a result says something.
    pub thresholds: Thresholds,
    /// Members may leave opinions that must be answered.
    pub opinions: bool,
    /// First day.
    pub opens_on: NaiveDate,
    /// The moment after which no ballot is taken.
    pub closes_at: DateTime<Utc>,
    /// How the secret is kept. There is no open ballot.
    pub issuer: IssuerKind,
    /// SHA-256 of the public key that signs the tokens (SPKI DER), hexadecimal.
    pub key_hash: String,
    /// The same of the key for opinions, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinion_key_hash: Option<String>,
    /// SHA-256 of what members read before they answer, hexadecimal, where there is something
    /// (`consultation::document_hash`): whoever has the document can tell that it is the one that was asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_hash: Option<String>,
    /// The question by whose answers the result is shown in groups as well, where there is one; in no instrument more than
    /// one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<String>,
}

/// What [`Instrument::format`] is.
pub const FORMAT: u32 = 1;

impl Instrument {
    /// The bytes that are kept, published and hashed: JSON as serde writes it, in the order of the fields.
    ///
    /// # Errors
    /// Never for what was checked; JSON cannot hold everything.
    pub fn canonical(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// When the bytes are not an instrument.
    pub fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(Error::internal)
    }
}

/// The published hash of an instrument: SHA-256 of its canonical bytes.
#[must_use]
pub fn hash(canonical: &str) -> [u8; 32] {
    Sha256::digest(canonical.as_bytes()).into()
}

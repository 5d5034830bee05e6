//! What the driver (`super::drive`) needs of a kind of import.
//!
//! An import is an ordered sequence of rows that depends on its files alone. The driver takes it chunk by chunk:
//!
//! ```text
//! next → judge → (run only, in one transaction: fence → write → faults, counts, position → commit) → settled
//! ```
//!
//! Invariants that an implementation keeps:
//! * opened at position `p` it goes on with the row after the first `p`, exactly as if it had gone through them;
//! * [`Sequence::judge`] only reads; the check and the run share it, so they say the same of the same state;
//! * [`Sequence::write`] claims what it creates (`INSERT … ON CONFLICT DO NOTHING`, rows counted) and answers
//!   [`Contention`](kernel::Error::Contention) when somebody was faster: the chunk is then rolled back and judged again;
//! * it writes in a fixed order of rows and tables, so that two imports wait for each other and never in a circle;
//! * a fault, an event, a log line holds no personal data.

use std::collections::BTreeMap;

use kernel::{Refusal, Result, Tx};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words::Part;

/// One thing wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fault {
    /// Label of the field at fault, where it is one field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Stable code.
    pub code: String,
    /// Chinese sentence with the next step; holds nothing of the cell.
    pub message: String,
}

impl Fault {
    /// The fault that a refusal tells of, in the column with this label.
    #[must_use]
    pub fn on(column: &str, refusal: impl Into<Refusal>) -> Self {
        Self { column: Some(column.to_owned()), ..Self::whole(refusal) }
    }

    /// The fault of a whole row.
    #[must_use]
    pub fn whole(refusal: impl Into<Refusal>) -> Self {
        let refusal = refusal.into();
        Self { column: None, code: refusal.code.into_owned(), message: refusal.message }
    }
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Something new is written.
    Added,
    /// Everything is there already.
    Unchanged,
    /// Nothing is written; at least one fault.
    Rejected(Vec<Fault>),
}

/// What becomes of the phone that a row gives for somebody who is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownPhone {
    /// None is registered: it is entered.
    Entered,
    /// Another one is registered and stays.
    Kept,
}

/// A row and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Number of the file in the import, from 1.
    pub file: i64,
    /// Number of the row as the spreadsheet shows it, from 1.
    pub row: i64,
    /// What the row is.
    pub part: Part,
    /// What becomes of it.
    pub verdict: Verdict,
    /// What becomes of its phone, where the person is known and the registered phone is not the same.
    pub phone: Option<KnownPhone>,
}

/// A judged chunk: one outcome a row, in the order of the rows, and what is to be written.
#[derive(Debug)]
pub struct Judged<P> {
    /// One a row of the chunk.
    pub outcomes: Vec<Outcome>,
    /// What [`Sequence::write`] needs beside the chunk.
    pub plan: P,
}

/// The rows of an import of one kind, in order.
pub trait Sequence: Send + Sync {
    /// Rows that are judged and written together.
    type Chunk: Send + Sync;
    /// What the judgement of a chunk hands to its writing.
    type Plan: Send;

    /// The next rows: about `most` that look good and those rejected between them; `None` at the end.
    ///
    /// # Errors
    /// A file that cannot be read further.
    fn next(&mut self, most: usize) -> impl Future<Output = Result<Option<Self::Chunk>>> + Send;

    /// Judges a chunk against the database as it stands.
    ///
    /// # Errors
    /// The database.
    fn judge<C: ConnectionTrait>(
        &self,
        conn: &C,
        chunk: &Self::Chunk,
    ) -> impl Future<Output = Result<Judged<Self::Plan>>> + Send;

    /// Writes what a chunk adds, with its events, inside the chunk's transaction.
    ///
    /// # Errors
    /// [`Contention`](kernel::Error::Contention) when the database has changed since the judgement; the database.
    fn write(&self, tx: &Tx, chunk: &Self::Chunk, plan: Self::Plan) -> impl Future<Output = Result<()>> + Send;

    /// The chunk is behind us: committed in a run, noted in a check. For what later rows must know of earlier ones.
    fn settled(&mut self, _chunk: Self::Chunk, _outcomes: &[Outcome]) {}
}

/// Rows whose phone was not taken that are told by their number.
const MOST_TOLD: usize = 20;

/// Phones that rows give for people who are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportPhones {
    /// Rows whose phone is entered, since none was registered.
    pub entered: i64,
    /// Rows whose phone is not taken, since another one is registered.
    pub kept: i64,
    /// The first of these, as the spreadsheet counts them.
    pub kept_rows: Vec<i64>,
}

impl ImportPhones {
    fn is_empty(&self) -> bool {
        self.entered == 0 && self.kept == 0
    }

    fn count(&mut self, outcome: &Outcome) {
        match outcome.phone {
            Some(KnownPhone::Entered) => self.entered += 1,
            Some(KnownPhone::Kept) => {
                self.kept += 1;
                if self.kept_rows.len() < MOST_TOLD {
                    self.kept_rows.push(outcome.row);
                }
            }
            None => {}
        }
    }
}

/// How many rows of which outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Written.
    pub added: i64,
    /// There already.
    pub unchanged: i64,
    /// Not taken.
    pub rejected: i64,
    /// What became of the phones of people who are known.
    #[serde(default, skip_serializing_if = "ImportPhones::is_empty")]
    pub phones: ImportPhones,
}

impl Tally {
    /// All rows.
    #[must_use]
    pub fn rows(&self) -> i64 {
        self.added + self.unchanged + self.rejected
    }

    /// Counts one more.
    pub fn count(&mut self, outcome: &Outcome) {
        match outcome.verdict {
            Verdict::Added => self.added += 1,
            Verdict::Unchanged => self.unchanged += 1,
            Verdict::Rejected(_) => self.rejected += 1,
        }
        self.phones.count(outcome);
    }
}

/// Tallies by part, as `import.summary` holds them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Summary(pub BTreeMap<Part, Tally>);

impl Summary {
    /// Counts the rows of a chunk; answers their sum.
    pub fn count(&mut self, outcomes: &[Outcome]) -> Tally {
        let mut sum = Tally::default();
        for outcome in outcomes {
            self.0.entry(outcome.part).or_default().count(outcome);
            sum.count(outcome);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up() {
        let outcome = |part, verdict| Outcome { file: 1, row: 2, part, verdict, phone: None };
        let outcomes = [
            outcome(Part::Unions, Verdict::Added),
            outcome(Part::Unions, Verdict::Unchanged),
            outcome(Part::Employers, Verdict::Rejected(Vec::new())),
        ];
        let mut summary = Summary::default();
        let sum = summary.count(&outcomes);
        assert_eq!((sum.added, sum.unchanged, sum.rejected, sum.rows()), (1, 1, 1, 3));
        let text = serde_json::to_string(&summary).unwrap();
        assert!(text.contains(r#""unions":{"added":1,"unchanged":1,"rejected":0}"#), "{text}");
        assert_eq!(serde_json::from_str::<Summary>(&text).unwrap(), summary);
    }

    #[test]
    fn phones_that_are_not_taken_are_told_by_their_rows() {
        let outcome = |row, phone| Outcome { file: 1, row, part: Part::Members, verdict: Verdict::Unchanged, phone };
        let mut summary = Summary::default();
        summary.count(&[outcome(2, Some(KnownPhone::Entered)), outcome(3, None)]);
        for row in 4..40 {
            summary.count(&[outcome(row, Some(KnownPhone::Kept))]);
        }
        let phones = &summary.0[&Part::Members].phones;
        assert_eq!((phones.entered, phones.kept), (1, 36));
        assert_eq!(phones.kept_rows, (4..24).collect::<Vec<i64>>());
        let text = serde_json::to_string(&summary).unwrap();
        assert_eq!(serde_json::from_str::<Summary>(&text).unwrap(), summary);
    }
}

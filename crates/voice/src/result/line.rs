//! Writes the first line of a published file piece by piece. Pure.
//!
//! What a box comes to is added up ballot by ballot ([`Contents`]): counts, 32 bytes of commitment each, and of every
//! column how often each answer was given, which is all that a sorted column says. Tokens are not kept at all: they go
//! from the table into the file ([`Line::token`]), in order.
//!
//! Invariant: what is written is, byte for byte, the JSON of the [`Publication`](super::file::Publication) that is read
//! from it.

use std::collections::BTreeMap;
use std::io::Write;

use kernel::Id;
use openssl::sha::Sha256;
use serde::Serialize;

use super::file::{FORMAT, FileError};
use super::groups::Groups;
use super::tally::{Counts, Figures, Misfit};
use crate::ballot::commitment::Commitment;
use crate::ballot::merkle::{CopiedBallot, Tree};
use crate::instrument::answer::Answer;
use crate::instrument::{self, Instrument, QuestionKind};
use crate::poll::Opened;

/// Bytes that are gathered before they are hashed and written.
const PIECE: usize = 1 << 16;

/// What a box comes to, added up ballot by ballot.
pub struct Contents {
    counts: Counts,
    commitments: Vec<Commitment>,
    columns: Vec<(String, BTreeMap<Answer, u64>)>,
    groups: Option<Groups>,
}

impl Contents {
    /// Of an empty box.
    #[must_use]
    pub fn none(instrument: &Instrument) -> Self {
        let counted = instrument.questions.iter().filter(|one| !matches!(one.kind, QuestionKind::Text { .. }));
        Self {
            counts: Counts::none(&instrument.questions),
            commitments: Vec::new(),
            columns: counted.map(|question| (question.id.clone(), BTreeMap::new())).collect(),
            groups: Groups::none(instrument),
        }
    }

    /// Adds one ballot.
    ///
    /// # Errors
    /// [`Misfit`] when it does not fit the instrument.
    pub fn add(&mut self, instrument: &Instrument, ballot: &Opened) -> Result<(), Misfit> {
        self.counts.add(&instrument.questions, &ballot.answers)?;
        if let Some(groups) = &mut self.groups {
            groups.add(&ballot.answers)?;
        }
        self.commitments.push(Commitment(ballot.commitment));
        for (question, times) in &mut self.columns {
            let Some(answer) = ballot.answers.get(question) else { continue };
            match times.get_mut(answer) {
                Some(times) => *times += 1,
                None => drop(times.insert(answer.clone(), 1)),
            }
        }
        Ok(())
    }

    /// Ballots added.
    #[must_use]
    pub fn ballots(&self) -> u64 {
        self.commitments.len() as u64
    }

    /// Counts and orders what was added; of its groups no more is left than what may be shown.
    ///
    /// # Errors
    /// [`CopiedBallot`] when two commitments are equal.
    pub fn counted(self, instrument: &Instrument, electorate: u64) -> Result<Counted, CopiedBallot> {
        let mut figures = self.counts.figures(instrument, electorate);
        figures.breakdown = self.groups.map(Groups::shown);
        Ok(Counted { tree: Tree::of(self.commitments)?, columns: self.columns, figures })
    }
}

/// A box, counted.
pub struct Counted {
    /// Its commitments.
    pub tree: Tree,
    /// What is published of it.
    pub figures: Figures,
    columns: Vec<(String, BTreeMap<Answer, u64>)>,
}

impl Counted {
    /// Of each column how often each answer was given, in their orders.
    #[must_use]
    pub fn columns(&self) -> &[(String, BTreeMap<Answer, u64>)] {
        &self.columns
    }
}

/// What stands in the file before the tokens.
pub struct Head<'a> {
    /// The poll.
    pub poll_id: Id,
    /// The evaluation.
    pub evaluation_id: Id,
    /// The canonical bytes of the instrument.
    pub instrument: &'a str,
    /// The key that signed the tokens.
    pub public_key: &'a [u8],
    /// People who could have voted.
    pub electorate: u64,
    /// People who drew.
    pub drawn: u64,
    /// Tokens that will be written.
    pub tokens: u64,
    /// Sheets of paper that were entered.
    pub paper: u64,
    /// Ballots left over at the close.
    pub destroyed: u64,
}

/// The fields of [`Publication`](super::file::Publication) up to the tokens, in its order.
#[derive(Serialize)]
struct Fields<'a> {
    format: u32,
    evaluation_id: Id,
    poll_id: Id,
    instrument: &'a str,
    instrument_hash: String,
    public_key: String,
    electorate: u64,
    drawn: u64,
    cast: u64,
    paper: u64,
    destroyed: u64,
}

/// A first line that is being written.
pub struct Line<W> {
    out: W,
    hash: Sha256,
    piece: Vec<u8>,
    last: Vec<u8>,
    awaited: u64,
}

impl<W: Write> Line<W> {
    /// Begins the line.
    ///
    /// # Errors
    /// [`FileError::Sums`] when tokens, sheets and ballots do not add up; whatever stops the writing.
    pub fn begin(out: W, head: &Head<'_>, counted: &Counted) -> Result<Self, FileError> {
        let (ballots, cast) = (counted.figures.ballots, head.tokens);
        let fits = ballots + head.destroyed == cast
            && head.paper <= cast
            && cast <= head.drawn
            && head.drawn <= head.electorate;
        if !fits {
            return Err(FileError::Sums { cast, counted: ballots, destroyed: head.destroyed });
        }
        let fields = Fields {
            format: FORMAT,
            evaluation_id: head.evaluation_id,
            poll_id: head.poll_id,
            instrument: head.instrument,
            instrument_hash: hex::encode(instrument::hash(head.instrument)),
            public_key: hex::encode(head.public_key),
            electorate: head.electorate,
            drawn: head.drawn,
            cast,
            paper: head.paper,
            destroyed: head.destroyed,
        };
        let mut fields = serde_json::to_vec(&fields)?;
        // The object goes on.
        fields.pop();
        let mut line = Self { out, hash: Sha256::new(), piece: Vec::new(), last: Vec::new(), awaited: head.tokens };
        line.put(&fields)?;
        line.put(br#","tokens":["#)?;
        Ok(line)
    }

    /// Writes the next token.
    ///
    /// # Errors
    /// [`FileError::Tokens`] when it does not come after the one before; whatever stops the writing.
    pub fn token(&mut self, message: &[u8], signature: &[u8]) -> Result<(), FileError> {
        if message <= self.last.as_slice() {
            return Err(FileError::Tokens);
        }
        self.awaited = self.awaited.checked_sub(1).ok_or(FileError::Tokens)?;
        let comma = if self.last.is_empty() { "" } else { "," };
        let text = format!(r#"{comma}["{}","{}"]"#, hex::encode(message), hex::encode(signature));
        self.last.clear();
        self.last.extend_from_slice(message);
        self.put(text.as_bytes())
    }

    /// Writes the rest and hands back where it was written to, with the hash of the line; its end is written, too.
    ///
    /// # Errors
    /// [`FileError::Tokens`] when some are missing; whatever stops the writing.
    pub fn end(mut self, counted: &Counted) -> Result<(W, [u8; 32]), FileError> {
        if self.awaited > 0 {
            return Err(FileError::Tokens);
        }
        self.put(br#"],"commitments":["#)?;
        for (place, commitment) in counted.tree.commitments().iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            self.put(format!(r#"{comma}"{commitment}""#).as_bytes())?;
        }
        self.put(format!(r#"],"merkle_root":"{}","columns":["#, hex::encode(counted.tree.root())).as_bytes())?;
        for (place, (question, times)) in counted.columns.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            self.put(format!(r#"{comma}{{"question":{},"answers":["#, serde_json::to_string(question)?).as_bytes())?;
            self.column(times)?;
            self.put(b"]}")?;
        }
        self.put(b"]")?;
        if let Some(breakdown) = &counted.figures.breakdown {
            for (text, times) in breakdown.runs()? {
                for _ in 0..times {
                    self.put(text.as_bytes())?;
                }
            }
        }
        self.put(br#","figures":"#)?;
        self.put(&serde_json::to_vec(&counted.figures)?)?;
        self.put(b"}")?;
        self.pour()?;
        // The end of the line is not part of what is hashed.
        self.out.write_all(b"\n")?;
        Ok((self.out, self.hash.finish()))
    }

    fn column(&mut self, times: &BTreeMap<Answer, u64>) -> Result<(), FileError> {
        let mut first = true;
        for (answer, times) in times {
            let answer = serde_json::to_vec(answer)?;
            for _ in 0..*times {
                if !first {
                    self.put(b",")?;
                }
                first = false;
                self.put(&answer)?;
            }
        }
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() < PIECE { Ok(()) } else { self.pour() }
    }

    fn pour(&mut self) -> Result<(), FileError> {
        self.hash.update(&self.piece);
        self.out.write_all(&self.piece)?;
        self.piece.clear();
        Ok(())
    }
}

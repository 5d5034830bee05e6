//! Reads the first line of a published file once, from its beginning to its end, beside what whole ballots come to. Pure.
//!
//! The line is made by [`super::line`], byte for byte: lists and columns are compared as they stand, figures by what they
//! say.

use std::io::{BufRead, BufReader, Read, Result};

use openssl::sha::Sha256;

use super::audit::Mismatch;
use super::groups::Breakdown;
use super::line::Counted;
use super::tally::Figures;

/// Bytes that are read at a time.
const PIECE: usize = 1 << 16;
/// Bytes that published figures can have: forty questions with forty options each come to a tenth of it.
const MOST: usize = 1 << 20;
/// What stands behind the tokens: in a text inside the line its quotation marks would be escaped.
const COMMITMENTS: &[u8] = br#"],"commitments":["#;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// SHA-256 of the line.
    pub hash: [u8; 32],
    /// Whether the ballots are what was published, or the first thing that is not.
    pub found: std::result::Result<(), Mismatch>,
}

/// Compares a published file with what its ballots come to, or hands on why they come to nothing.
///
/// # Errors
/// When the file cannot be read.
pub fn compare(file: impl Read, counted: std::result::Result<Counted, Mismatch>) -> Result<Compared> {
    let mut line = Line { file: BufReader::with_capacity(PIECE, file), hash: Sha256::new(), over: false };
    let found = match counted {
        Ok(counted) => line.fits(&counted)?,
        Err(mismatch) => Err(mismatch),
    };
    line.rest(0)?;
    Ok(Compared { hash: line.hash.finish(), found })
}

/// A first line that is being read.
struct Line<R> {
    file: BufReader<R>,
    hash: Sha256,
    over: bool,
}

impl<R: Read> Line<R> {
    fn fits(&mut self, counted: &Counted) -> Result<std::result::Result<(), Mismatch>> {
        if !self.past(COMMITMENTS)? {
            return Ok(Err(Mismatch::File));
        }
        for (place, commitment) in counted.tree.commitments().iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            if !self.says(format!(r#"{comma}"{commitment}""#).as_bytes())? {
                return Ok(Err(Mismatch::Ballots));
            }
        }
        if !self.says(format!(r#"],"merkle_root":"{}","columns":["#, hex::encode(counted.tree.root())).as_bytes())? {
            return Ok(Err(Mismatch::Ballots));
        }
        if let Some(question) = self.other(counted)? {
            return Ok(Err(Mismatch::Column(question)));
        }
        if !self.says(b"]")? {
            return Ok(Err(Mismatch::Figures));
        }
        if let Some(breakdown) = &counted.figures.breakdown
            && !self.grouped(breakdown)?
        {
            return Ok(Err(Mismatch::Column(breakdown.question.clone())));
        }
        if !self.says(br#","figures":"#)? {
            return Ok(Err(Mismatch::Figures));
        }
        let figures = self.rest(MOST)?;
        let figures = figures.strip_suffix(b"}").and_then(|json| serde_json::from_slice::<Figures>(json).ok());
        Ok(if figures.as_ref() == Some(&counted.figures) { Ok(()) } else { Err(Mismatch::Figures) })
    }

    /// The first question whose column is not that of the ballots.
    fn other(&mut self, counted: &Counted) -> Result<Option<String>> {
        for (place, (question, times)) in counted.columns().iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            let named =
                self.says(format!(r#"{comma}{{"question":{},"answers":["#, serde_json::json!(question)).as_bytes())?;
            let mut same = named;
            let mut first = true;
            for (answer, times) in times {
                let answer = serde_json::to_string(answer)?;
                for _ in 0..*times {
                    let comma = if first { "" } else { "," };
                    first = false;
                    same = same && self.says(format!("{comma}{answer}").as_bytes())?;
                }
            }
            if !(same && self.says(b"]}")?) {
                return Ok(Some(question.clone()));
            }
        }
        Ok(None)
    }

    /// Whether the line goes on with the columns of these groups.
    fn grouped(&mut self, breakdown: &Breakdown) -> Result<bool> {
        for (text, times) in breakdown.runs()? {
            for _ in 0..times {
                if !self.says(text.as_bytes())? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// What can be read at once of the line, at the most so much; nothing when it is over.
    fn piece(&mut self, most: usize) -> Result<Vec<u8>> {
        if self.over {
            return Ok(Vec::new());
        }
        let piece = self.file.fill_buf()?;
        let end = piece.iter().take(most).position(|byte| *byte == b'\n');
        let taken = piece.get(..end.unwrap_or(piece.len().min(most))).unwrap_or_default().to_vec();
        self.over = end.is_some() || piece.is_empty();
        let read = taken.len() + usize::from(end.is_some());
        self.file.consume(read);
        self.hash.update(&taken);
        Ok(taken)
    }

    /// Whether the line goes on with these bytes.
    fn says(&mut self, wanted: &[u8]) -> Result<bool> {
        let mut wanted = wanted;
        while !wanted.is_empty() {
            let piece = self.piece(wanted.len())?;
            let Some(after) = wanted.strip_prefix(piece.as_slice()).filter(|_| !piece.is_empty()) else {
                return Ok(false);
            };
            wanted = after;
        }
        Ok(true)
    }

    /// Goes on behind the first place where these bytes stand, whose first sign stands nowhere else in them; `false` at the
    /// end of the line.
    fn past(&mut self, wanted: &[u8]) -> Result<bool> {
        let mut met = 0;
        while !self.over {
            let piece = self.file.fill_buf()?;
            let mut read = 0;
            for byte in piece.iter().take_while(|byte| **byte != b'\n') {
                read += 1;
                // A beginning that is broken off is none, unless this is the next one.
                let next = wanted.get(met) == Some(byte);
                met = if next { met + 1 } else { usize::from(wanted.first() == Some(byte)) };
                if met == wanted.len() {
                    break;
                }
            }
            self.hash.update(piece.get(..read).unwrap_or_default());
            if met == wanted.len() {
                self.file.consume(read);
                return Ok(true);
            }
            self.over = piece.len() != read || piece.is_empty();
            self.file.consume(read);
        }
        Ok(false)
    }

    /// Reads to the end of the line and keeps so many bytes of it.
    fn rest(&mut self, keep: usize) -> Result<Vec<u8>> {
        let mut kept = Vec::new();
        loop {
            let piece = self.piece(PIECE)?;
            if piece.is_empty() {
                return Ok(kept);
            }
            if kept.len() < keep {
                kept.extend_from_slice(&piece);
            }
        }
    }
}

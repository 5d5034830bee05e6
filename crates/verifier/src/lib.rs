//! Recounts a published evaluation (核对评议结果) from its file alone.
//!
//! This crate uses none of the platform: it reads the file itself, counts itself, and checks signatures with OpenSSL
//! and an SM2 library. Whoever does not trust the server's counting can read these few pages instead.
//!
//! A file has two lines of JSON. The first is the publication; the second, the *seal*, is the hash of the first line's
//! bytes and the platform's SM2 signature over it. [`verify`] says in which order what is checked:
//!
//! 1. the seal fits the first line, and its signature is good ([`seal`]);
//! 2. the instrument has the published hash and belongs to this evaluation;
//! 3. the key of the tokens has the hash that the instrument names; tokens are sorted, distinct and signed ([`token`]);
//! 4. commitments are sorted and distinct, and the root is that of the tree over them ([`tree`]);
//! 5. ballots in all parts are equally many: tokens are ballots counted and ballots destroyed, those on paper
//!    among them;
//! 6. every column is sorted, fits its question and has no more entries than there are ballots (`column.rs`);
//! 7. where there are groups, their columns are parts of the whole ones, and none tells of too few (`group.rs`);
//! 8. every published figure is what comes out of the columns (`recount.rs`).
//!
//! The result page shows one thing that is not in the file: how numbers are spread. It is computed from the columns as well
//! ([`spread`]), and [`Report::shows`] holds it against what was shown.
//!
//! Columns are sorted, each by itself: the one order of which anybody can see that it joins nothing.
//!
//! The file of a city has half a gigabyte. It is read twice and never held ([`verify_reader`]): once for its seal, once for
//! everything else, each token, commitment and answer as it comes (`line.rs`, `scan.rs`).
//!
//! ```
//! let fault = verifier::verify(b"{}", None).unwrap_err();
//! assert_eq!(fault.code(), "lines");
//! ```
#![forbid(unsafe_code)]

mod column;
mod fault;
pub mod form;
mod group;
mod line;
mod recount;
mod scan;
pub mod seal;
pub mod spread;
pub mod token;
pub mod tree;

use std::io::{Cursor, Read, Seek};

pub use fault::{Fault, Unverified};
use form::Breakdown;
use spread::Spread;

/// What a good file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The evaluation, as its number.
    pub evaluation_id: String,
    /// As it stands on the page.
    pub title: String,
    /// Ballots counted.
    pub ballots: u64,
    /// People who could have voted.
    pub electorate: u64,
    /// Tokens whose signatures were checked.
    pub tokens: u64,
    /// Of them those of ballots on paper.
    pub paper: u64,
    /// Numbers computed again and found equal.
    pub numbers: u64,
    /// How the numbers given to questions for one are spread.
    pub spreads: Vec<Spread>,
    /// What may be told of groups and was found equal, where the instrument has a breakdown.
    pub breakdown: Option<Breakdown>,
    /// SHA-256 of what people read before they answered, hexadecimal, as the instrument names it.
    pub document_hash: Option<String>,
    /// Hash of the publication, hexadecimal.
    pub hash: String,
    /// The root of the commitments, hexadecimal.
    pub merkle_root: String,
    /// The public key that sealed the file, hexadecimal; whether it is the platform's is for the reader to compare.
    pub signer: String,
}

impl Report {
    /// Compares what was shown of how numbers are spread with what comes out of the columns. What is not shown, or not yet,
    /// is no fault.
    ///
    /// # Errors
    /// [`Fault::Spread`] with the question.
    pub fn shows(&self, shown: &[Spread]) -> Result<(), Fault> {
        match shown.iter().find(|one| !self.spreads.contains(one)) {
            Some(one) => Err(Fault::Spread(one.question.clone())),
            None => Ok(()),
        }
    }
}

/// Checks a file that is in memory. `signer`, where given, is the public key of the platform from another source
/// (`04` ‖ x ‖ y).
///
/// # Errors
/// The first [`Fault`] that is found.
pub fn verify(file: &[u8], signer: Option<&[u8]>) -> Result<Report, Fault> {
    verify_reader(Cursor::new(file), signer).map_err(|unverified| match unverified {
        Unverified::Fault(fault) => fault,
        // Of what is in memory nothing can fail to be read.
        Unverified::Read(_) => Fault::Lines,
    })
}

/// Checks a file piece by piece, however large it is.
///
/// # Errors
/// The first [`Fault`] that is found; what stops the reading.
pub fn verify_reader(file: impl Read + Seek, signer: Option<&[u8]>) -> Result<Report, Unverified> {
    checked(file, signer, true)
}

/// The same without the signatures of tokens: what the counting by itself comes to.
///
/// # Errors
/// As [`verify_reader`].
pub fn count_reader(file: impl Read + Seek, signer: Option<&[u8]>) -> Result<Report, Unverified> {
    checked(file, signer, false)
}

fn checked(mut file: impl Read + Seek, signer: Option<&[u8]>, signatures: bool) -> Result<Report, Unverified> {
    let sealed = seal::open(&mut file, signer)?;
    file.rewind()?;
    let line::Checked { head, instrument, ballots, tokens, numbers, spreads, breakdown, merkle_root } =
        line::check(file.take(sealed.length), &sealed.hash, signatures)?;
    Ok(Report {
        evaluation_id: head.evaluation_id,
        title: instrument.title,
        ballots,
        electorate: head.electorate,
        tokens,
        paper: head.paper,
        numbers,
        spreads,
        breakdown,
        document_hash: instrument.document_hash,
        hash: sealed.hash,
        merkle_root,
        signer: sealed.signer,
    })
}

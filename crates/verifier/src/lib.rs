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
//! 7. every published figure is what comes out of the columns ([`recount`]).
//!
//! Columns are sorted, each by itself: the one order of which anybody can see that it joins nothing.
//!
//! ```
//! let fault = verifier::verify(b"{}", None).unwrap_err();
//! assert_eq!(fault.code(), "lines");
//! ```
#![forbid(unsafe_code)]

pub mod column;
mod fault;
pub mod form;
pub mod recount;
pub mod seal;
pub mod token;
pub mod tree;

pub use fault::Fault;
use form::{Instrument, Publication};
use openssl::sha::sha256;

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
    /// Hash of the publication, hexadecimal.
    pub hash: String,
    /// The root of the commitments, hexadecimal.
    pub merkle_root: String,
    /// The public key that sealed the file, hexadecimal; whether it is the platform's is for the reader to compare.
    pub signer: String,
}

/// Checks a file. `signer`, where given, is the public key of the platform from another source (`04` ‖ x ‖ y).
///
/// # Errors
/// The first [`Fault`] that is found.
pub fn verify(file: &[u8], signer: Option<&[u8]>) -> Result<Report, Fault> {
    let sealed = seal::open(file, signer)?;
    let publication: Publication<'_> = serde_json::from_slice(sealed.publication).map_err(|_| Fault::Form)?;
    if publication.format != form::FORMAT {
        return Err(Fault::Form);
    }
    let instrument = instrument(&publication)?;
    token::check(&publication, &instrument)?;
    let commitments = tree::commitments(&publication.commitments)?;
    if hex::encode(tree::root(&commitments)) != publication.merkle_root {
        return Err(Fault::Root);
    }
    sums(&publication)?;
    column::check(&publication, &instrument)?;
    let numbers = recount::check(&publication, &instrument)?;
    Ok(Report {
        evaluation_id: publication.evaluation_id,
        title: instrument.title,
        ballots: publication.cast - publication.destroyed,
        electorate: publication.electorate,
        tokens: publication.tokens.len() as u64,
        paper: publication.paper,
        numbers,
        hash: sealed.hash,
        merkle_root: publication.merkle_root,
        signer: sealed.signer,
    })
}

fn instrument(publication: &Publication<'_>) -> Result<Instrument, Fault> {
    if hex::encode(sha256(publication.instrument.as_bytes())) != publication.instrument_hash {
        return Err(Fault::InstrumentHash);
    }
    let instrument: Instrument = serde_json::from_str(&publication.instrument).map_err(|_| Fault::Instrument)?;
    let fits = instrument.evaluation_id == publication.evaluation_id && !instrument.questions.is_empty();
    if fits { Ok(instrument) } else { Err(Fault::Instrument) }
}

/// Electorate ≥ drawn ≥ cast ≥ paper; cast = tokens = counted + destroyed.
fn sums(publication: &Publication<'_>) -> Result<(), Fault> {
    let counted = publication.commitments.len() as u64;
    let right = publication.destroyed <= form::MOST_DESTROYED
        && counted >= form::LEAST_PUBLISHED
        && publication.tokens.len() as u64 == publication.cast
        && publication.paper <= publication.cast
        && counted + publication.destroyed == publication.cast
        && publication.cast <= publication.drawn
        && publication.drawn <= publication.electorate;
    if right { Ok(()) } else { Err(Fault::Sums) }
}

//! The published file: two lines of JSON. The first is the [`Publication`]; the second, the [`Seal`], is the SHA-256 of
//! the first line's bytes and the platform's SM2 signature over it.
//!
//! Tokens, commitments and columns are *sorted*, each by itself. A shuffled column would have to be believed: somebody
//! who shuffles all of them the same way publishes whole ballots, and nobody sees it. Of a sorted one everybody can see
//! that its order joins nothing. Whole ballots are never published: a pattern over eight questions is a signature that
//! could be demanded.
//!
//! Invariant: the first line is a function of the ballots, the tokens and what was fixed before the vote.

use kernel::Id;
use kernel::crypto::{KeyError, KeyProvider};
use openssl::sha::sha256;
use serde::{Deserialize, Serialize};

use super::tally::{Counts, Figures, Misfit};
use crate::ballot::commitment::Commitment;
use crate::ballot::merkle::{CopiedBallot, Tree};
use crate::instrument::answer::{Answer, Answers};
use crate::instrument::{self, Instrument, QuestionKind};
use crate::poll::Opened;

/// What [`Publication::format`] is.
pub const FORMAT: u32 = 1;
/// Says what is signed.
const DOMAIN: &[u8] = b"zhigong.publication.v1\0";

/// Why a box cannot be published.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A ballot does not fit the instrument.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// A ballot stands twice.
    #[error(transparent)]
    Copied(#[from] CopiedBallot),
    /// Tokens and ballots do not add up.
    #[error("{cast} ballots came, {counted} are in the box and {destroyed} were destroyed")]
    Sums {
        /// Tokens that came back.
        cast: u64,
        /// In the box.
        counted: u64,
        /// Left over at the close.
        destroyed: u64,
    },
    /// It could not be written or signed.
    #[error("a publication could not be sealed: {0}")]
    Seal(String),
}

impl From<KeyError> for FileError {
    fn from(error: KeyError) -> Self {
        Self::Seal(error.code().to_owned())
    }
}

impl From<serde_json::Error> for FileError {
    fn from(error: serde_json::Error) -> Self {
        Self::Seal(error.to_string())
    }
}

/// What a box holds at the end.
pub struct BallotBox<'a> {
    /// The poll.
    pub poll_id: Id,
    /// The canonical bytes of the instrument.
    pub instrument: &'a str,
    /// The key that signed the tokens.
    pub public_key: &'a [u8],
    /// People who could have voted.
    pub electorate: u64,
    /// People who drew.
    pub drawn: u64,
    /// Sheets of paper that were entered; each has a token like every other ballot.
    pub paper: u64,
    /// Ballots left over at the close.
    pub destroyed: u64,
    /// Message and signature of each used token.
    pub tokens: &'a [(Vec<u8>, Vec<u8>)],
    /// What was voted.
    pub ballots: &'a [Opened],
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// [`FORMAT`].
    pub format: u32,
    /// The evaluation.
    pub evaluation_id: Id,
    /// Its box; what an SM2 receipt is good for.
    pub poll_id: Id,
    /// The canonical bytes of the instrument.
    pub instrument: String,
    /// Their SHA-256, hexadecimal.
    pub instrument_hash: String,
    /// The key that signs tokens, hexadecimal.
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
    /// Message and signature of each used token, hexadecimal, sorted.
    pub tokens: Vec<(String, String)>,
    /// Commitments of the ballots counted, hexadecimal, sorted.
    pub commitments: Vec<String>,
    /// The root of the tree over them, hexadecimal.
    pub merkle_root: String,
    /// Answers of each question but those in words.
    pub columns: Vec<Column>,
    /// What is published.
    pub figures: Figures,
}

/// All answers to one question, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Which.
    pub question: String,
    /// The answers of those who answered it.
    pub answers: Vec<Answer>,
}

/// The second line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// SHA-256 of the first line's bytes, hexadecimal.
    pub hash: String,
    /// The platform's public key (`04` ‖ x ‖ y), hexadecimal.
    pub public_key: String,
    /// SM2 with SM3 over `zhigong.publication.v1` ‖ 0 ‖ hash (r ‖ s), hexadecimal.
    pub signature: String,
}

/// A file ready to be stored.
pub struct Sealed {
    /// Both lines.
    pub bytes: Vec<u8>,
    /// Hash of the first.
    pub hash: [u8; 32],
    /// The signature over it.
    pub signature: [u8; 64],
}

/// Counts a box and writes the first line.
///
/// # Errors
/// [`FileError`] when ballots do not fit, stand twice or do not add up.
pub fn written(instrument: &Instrument, of: &BallotBox<'_>) -> Result<(Publication, Tree), FileError> {
    let ballots: Vec<&Answers> = of.ballots.iter().map(|ballot| &ballot.answers).collect();
    let figures = Counts::of(&instrument.questions, ballots.iter().copied())?.figures(instrument, of.electorate);
    let tree = Tree::of(of.ballots.iter().map(|ballot| Commitment(ballot.commitment)).collect())?;
    let (counted, cast) = (of.ballots.len() as u64, of.tokens.len() as u64);
    let fits = counted + of.destroyed == cast && of.paper <= cast && cast <= of.drawn && of.drawn <= of.electorate;
    if !fits {
        return Err(FileError::Sums { cast, counted, destroyed: of.destroyed });
    }
    let mut tokens: Vec<(String, String)> =
        of.tokens.iter().map(|(message, signature)| (hex::encode(message), hex::encode(signature))).collect();
    tokens.sort_unstable();
    let publication = Publication {
        format: FORMAT,
        evaluation_id: instrument.evaluation_id,
        poll_id: of.poll_id,
        instrument: of.instrument.to_owned(),
        instrument_hash: hex::encode(instrument::hash(of.instrument)),
        public_key: hex::encode(of.public_key),
        electorate: of.electorate,
        drawn: of.drawn,
        cast,
        paper: of.paper,
        destroyed: of.destroyed,
        tokens,
        commitments: tree.commitments().iter().map(Commitment::to_string).collect(),
        merkle_root: hex::encode(tree.root()),
        columns: columns(instrument, &ballots),
        figures,
    };
    Ok((publication, tree))
}

/// One sorted column a question, but for those answered in words.
#[must_use]
pub fn columns(instrument: &Instrument, ballots: &[&Answers]) -> Vec<Column> {
    let counted = instrument.questions.iter().filter(|question| !matches!(question.kind, QuestionKind::Text { .. }));
    counted
        .map(|question| {
            let mut answers: Vec<Answer> =
                ballots.iter().filter_map(|ballot| ballot.get(&question.id)).cloned().collect();
            answers.sort_unstable();
            Column { question: question.id.clone(), answers }
        })
        .collect()
}

/// Signs a publication and writes both lines.
///
/// # Errors
/// [`FileError::Seal`] when the keys fail.
pub fn sealed(publication: &Publication, keys: &dyn KeyProvider) -> Result<Sealed, FileError> {
    let mut bytes = serde_json::to_vec(publication)?;
    let hash = sha256(&bytes);
    let signature = keys.sign(&signed(&hash))?;
    let seal =
        Seal { hash: hex::encode(hash), public_key: hex::encode(keys.public_key()), signature: hex::encode(signature) };
    bytes.push(b'\n');
    serde_json::to_writer(&mut bytes, &seal)?;
    bytes.push(b'\n');
    Ok(Sealed { bytes, hash, signature })
}

/// Reads the first line of a file and its hash.
///
/// # Errors
/// When it is no publication.
pub fn read(bytes: &[u8]) -> Result<(Publication, [u8; 32]), FileError> {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok((serde_json::from_slice(line)?, sha256(line)))
}

/// What the platform's key signs.
#[must_use]
pub fn signed(hash: &[u8; 32]) -> Vec<u8> {
    [DOMAIN, hash].concat()
}

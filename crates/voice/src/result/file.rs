//! The published file: two lines of JSON. The first is the [`Publication`]; the second, the [`Seal`], is the SHA-256 of
//! the first line's bytes and the platform's SM2 signature over it.
//!
//! Tokens, commitments and columns are *sorted*, each by itself. A shuffled column would have to be believed: somebody
//! who shuffles all of them the same way publishes whole ballots, and nobody sees it. Of a sorted one everybody can see
//! that its order joins nothing. Whole ballots are never published: a pattern over eight questions is a signature that
//! could be demanded.
//!
//! The first line of a city's vote has half a gigabyte: [`super::line`] writes it piece by piece.
//!
//! Invariant: the first line is a function of the ballots, the tokens and what was fixed before the vote.

use kernel::Id;
use kernel::crypto::{KeyError, KeyProvider};
use openssl::sha::sha256;
use serde::{Deserialize, Serialize};

use super::tally::{Figures, Misfit};
use crate::ballot::merkle::CopiedBallot;
use crate::instrument::answer::Answer;

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
    /// Tokens do not come in order, or not as many as were announced.
    #[error("the tokens are not those that were counted")]
    Tokens,
    /// It could not be written or signed.
    #[error("a publication could not be sealed: {0}")]
    Seal(String),
    /// Its bytes could not be stored.
    #[error("a publication could not be stored: {0}")]
    Store(#[from] std::io::Error),
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
    /// Answers of the groups that are shown, where the instrument has a breakdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<GroupColumns>>,
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

/// All answers of a group to each scale, each column sorted by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupColumns {
    /// The option that all of them chose.
    pub option: u64,
    /// Scale by scale.
    pub columns: Vec<Column>,
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

/// Signs the hash of a first line: the second line with its end, and the signature.
///
/// # Errors
/// [`FileError::Seal`] when the keys fail.
pub fn seal(hash: &[u8; 32], keys: &dyn KeyProvider) -> Result<(Vec<u8>, [u8; 64]), FileError> {
    let signature = keys.sign(&signed(hash))?;
    let seal =
        Seal { hash: hex::encode(hash), public_key: hex::encode(keys.public_key()), signature: hex::encode(signature) };
    let mut line = serde_json::to_vec(&seal)?;
    line.push(b'\n');
    Ok((line, signature))
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

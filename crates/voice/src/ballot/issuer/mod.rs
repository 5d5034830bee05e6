//! Who signs ballot tokens. Drawing and casting speak to the two traits and do not know which issuer it is.
//!
//! | | [`BlindRsa`] | [`SeparatedTables`] |
//! |---|---|---|
//! | algorithm | RFC 9474, RSA-2048 | SM2 with SM3 |
//! | key | one per poll, destroyed at its end | the platform's signing key |
//! | draw request | the blinded message, 256 bytes | the token message itself |
//! | who could join draw and cast | nobody | whoever reads the issuer's memory or its traffic |

mod blind_rsa;
mod separated;

use std::fmt;
use std::str::FromStr;

use openssl::error::ErrorStack;
use openssl::sha::sha256;

pub use blind_rsa::{BlindRsa, BlindRsaVerifier, KEY_BITS, KEY_BYTES, SPKI_BYTES};
pub use separated::{SeparatedTables, SeparatedVerifier};

use super::BALLOT_REQUEST;

/// Why a token was not signed; nothing of key or request is told.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The request has the wrong length, or is no number below the modulus.
    #[error("not a draw request")]
    Request,
    /// The public key is not RSA-2048 with the exponent 65537, written canonically (SPKI, DER).
    #[error("not a ballot key")]
    Key,
    /// A computed signature does not verify: a wrong answer of the issuer, or a fault of the machine.
    #[error("a ballot signature does not verify")]
    Signature,
    /// The library or the key provider failed.
    #[error("ballot cryptography: {0}")]
    Library(String),
}

impl From<ErrorStack> for IssueError {
    fn from(error: ErrorStack) -> Self {
        Self::Library(error.to_string())
    }
}

impl From<IssueError> for kernel::Error {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Request => BALLOT_REQUEST.refusal().into(),
            other => Self::internal(other),
        }
    }
}

/// Which issuer a poll has; as text in the database and for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuerKind {
    /// [`BlindRsa`].
    BlindRsa,
    /// [`SeparatedTables`].
    SeparatedTables,
}

impl IssuerKind {
    /// The stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BlindRsa => "blind_rsa",
            Self::SeparatedTables => "separated",
        }
    }
}

impl fmt::Display for IssuerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for IssuerKind {
    type Err = kernel::Error;

    fn from_str(text: &str) -> kernel::Result<Self> {
        [Self::BlindRsa, Self::SeparatedTables]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| kernel::Error::internal(format!("not a ballot issuer: {text}")))
    }
}

/// Who can tell a good token from a bad one: everybody who has the public key.
pub trait BallotVerifier: Send + Sync {
    /// Which issuer signs.
    fn kind(&self) -> IssuerKind;

    /// The public key that is published: SPKI in DER for RSA, `04` ‖ x ‖ y for SM2.
    fn public_key(&self) -> &[u8];

    /// Whether `signature` stands for this token message under this poll's key.
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool;

    /// SHA-256 over [`BallotVerifier::public_key`]. For RSA that is what `openssl dgst -sha256` says of the DER file.
    fn key_digest(&self) -> [u8; 32] {
        sha256(self.public_key())
    }

    /// [`BallotVerifier::key_digest`] in hex, as the published poll names it.
    fn key_hash(&self) -> String {
        hex::encode(self.key_digest())
    }
}

/// Who signs tokens.
pub trait BallotIssuer: BallotVerifier {
    /// Signs a draw request; the same request gets an answer of the same worth, so a lost one may be sent again.
    ///
    /// # Errors
    /// [`IssueError::Request`] for what is not a draw request; a fault of the library or the key provider.
    fn issue(&self, request: &[u8]) -> Result<Vec<u8>, IssueError>;
}

//! The issuer for places where only Chinese algorithms are allowed: SM2 receipts over tokens that it sees.
//!
//! Kept because an assessment of commercial cryptography (商用密码应用安全性评估) may demand SM2 and SM3, and no standard
//! names a blind signature with SM2. The token is random and made by the voter, the receipt is a signature with the
//! platform's key, and the tables of draws and of casts have no column in common.
//!
//! **What it does not give:** the issuer sees the token at the draw. That nobody keeps it and compares it with the cast
//! rests on the operator: on separated tables, on logs that do not hold requests, on people. With
//! [`BlindRsa`](super::BlindRsa) it rests on arithmetic. Which of the two a poll has is part of what is published.

use std::sync::Arc;

use kernel::Id;
use kernel::crypto::{KeyProvider, verify_signature};

use super::{BallotIssuer, BallotVerifier, IssueError, IssuerKind};
use crate::ballot::token::TokenMessage;

/// Says what is signed, so that a receipt is never mistaken for another signature of the platform's key.
const DOMAIN: &[u8] = b"zhigong.ballot.receipt.v1\0";

/// The key is the platform's, so the poll is part of what is signed.
fn signed(poll: Id, message: &[u8]) -> Vec<u8> {
    [DOMAIN, poll.as_bytes(), message].concat()
}

/// The public half: checks receipts of one poll.
#[derive(Debug, Clone)]
pub struct SeparatedVerifier {
    public_key: Vec<u8>,
    poll: Id,
}

impl SeparatedVerifier {
    /// For one poll, with the public key (`04` ‖ x ‖ y) that was published with it.
    #[must_use]
    pub fn new(public_key: &[u8], poll: Id) -> Self {
        Self { public_key: public_key.to_vec(), poll }
    }
}

impl BallotVerifier for SeparatedVerifier {
    fn kind(&self) -> IssuerKind {
        IssuerKind::SeparatedTables
    }

    fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        verify_signature(&self.public_key, &signed(self.poll, message), signature)
    }
}

/// Signs tokens of one poll with the platform's SM2 key; see the module.
pub struct SeparatedTables {
    keys: Arc<dyn KeyProvider>,
    public: SeparatedVerifier,
}

impl SeparatedTables {
    /// For one poll.
    #[must_use]
    pub fn new(keys: Arc<dyn KeyProvider>, poll: Id) -> Self {
        let public = SeparatedVerifier::new(&keys.public_key(), poll);
        Self { keys, public }
    }
}

impl BallotVerifier for SeparatedTables {
    fn kind(&self) -> IssuerKind {
        self.public.kind()
    }

    fn public_key(&self) -> &[u8] {
        self.public.public_key()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public.verify(message, signature)
    }
}

impl BallotIssuer for SeparatedTables {
    fn issue(&self, request: &[u8]) -> Result<Vec<u8>, IssueError> {
        // It sees what it signs, so it signs nothing but token messages.
        let message = TokenMessage::read(request).ok_or(IssueError::Request)?;
        let signature = self.keys.sign(&signed(self.public.poll, message.as_bytes()));
        signature.map(|bytes| bytes.to_vec()).map_err(|error| IssueError::Library(error.code().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use kernel::crypto::LocalKeys;

    use super::*;

    fn issuer(poll: u128) -> SeparatedTables {
        SeparatedTables::new(Arc::new(LocalKeys::for_tests().unwrap()), Id::from_u128(poll))
    }

    #[test]
    fn a_receipt_is_good_for_its_token_and_its_evaluation() {
        let (one, other) = (issuer(1), issuer(2));
        let message = TokenMessage::random();
        let receipt = one.issue(message.as_bytes()).unwrap();
        assert_eq!(receipt.len(), 64);
        assert!(one.verify(message.as_bytes(), &receipt));
        assert!(!other.verify(message.as_bytes(), &receipt), "another poll");
        assert!(!one.verify(TokenMessage::random().as_bytes(), &receipt), "another token");
        let published = SeparatedVerifier::new(one.public_key(), Id::from_u128(1));
        assert!(published.verify(message.as_bytes(), &receipt));
        assert_eq!(published.key_hash().len(), 64);
    }

    #[test]
    fn nothing_but_a_token_is_signed() {
        for request in [&b""[..], b"root of the day", &[0; 88], &TokenMessage::random().as_bytes()[1..]] {
            assert!(matches!(issuer(1).issue(request), Err(IssueError::Request)));
        }
    }
}

//! What is signed at the draw and shown at the cast.
//!
//! ```text
//! prefix 32 bytes, random │ "zhigong.ballot.token.v1\0" 24 bytes │ token 32 bytes, random
//! ```
//!
//! The prefix is the one that RFC 9474 puts before a message (section 4.1); the rest is the message. The domain keeps a
//! signature from being read as one over anything else. The poll is not named: a blind issuer could not check it,
//! so each poll has its own key.
//!
//! Invariant: a token message is used up under [`TokenMessage::spent_key`], a hash over all of it. Who has k answers of
//! the issuer can show at most k different messages, so counting messages counts draws.

use openssl::sha::Sha256;
use rand::Rng;

/// Bytes of the random prefix and of the token.
const RANDOM: usize = 32;
const DOMAIN: &[u8; 24] = b"zhigong.ballot.token.v1\0";
const SPENT: &[u8] = b"zhigong.ballot.spent.v1\0";

/// Bytes of a token message.
pub const TOKEN_BYTES: usize = RANDOM + DOMAIN.len() + RANDOM;

/// A token message of the right shape; whether it was signed is another question.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenMessage([u8; TOKEN_BYTES]);

impl TokenMessage {
    /// Reads what a client sent; `None` unless it has the length and the domain.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; TOKEN_BYTES] = bytes.try_into().ok()?;
        let domain = bytes.get(RANDOM..RANDOM + DOMAIN.len())?;
        (domain == DOMAIN).then_some(Self(bytes))
    }

    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        let (mut prefix, mut token) = ([0; RANDOM], [0; RANDOM]);
        rand::rng().fill_bytes(&mut prefix);
        rand::rng().fill_bytes(&mut token);
        Self::of(&prefix, &token)
    }

    fn of(prefix: &[u8; RANDOM], token: &[u8; RANDOM]) -> Self {
        let mut bytes = [0; TOKEN_BYTES];
        for (slot, byte) in bytes.iter_mut().zip(prefix.iter().chain(DOMAIN).chain(token)) {
            *slot = *byte;
        }
        Self(bytes)
    }

    /// The bytes that are signed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Under what the token is entered as used; unique per poll.
    #[must_use]
    pub fn spent_key(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(SPENT);
        hash.update(&self.0);
        hash.finish()
    }
}

impl std::fmt::Debug for TokenMessage {
    /// Names nothing: a token in a log would be a vote in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenMessage")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_right_shape_is_read() {
        let good = TokenMessage::random();
        assert_eq!(TokenMessage::read(good.as_bytes()), Some(good.clone()));
        assert_ne!(good, TokenMessage::random());
        for place in RANDOM..RANDOM + DOMAIN.len() {
            let mut bytes = good.as_bytes().to_vec();
            bytes[place] ^= 1;
            assert_eq!(TokenMessage::read(&bytes), None, "domain changed at {place}");
        }
        assert_eq!(TokenMessage::read(&good.as_bytes()[1..]), None);
        assert_eq!(TokenMessage::read(&[good.as_bytes(), &[0]].concat()), None);
        assert_eq!(TokenMessage::read(b""), None);
        assert!(!format!("{good:?}").contains(&hex::encode(&good.as_bytes()[..4])));
    }

    proptest! {
        #[test]
        fn every_bit_of_it_counts(prefix: [u8; 32], token: [u8; 32], bit in 0..512_usize) {
            let one = TokenMessage::of(&prefix, &token);
            let (mut prefix, mut token) = (prefix, token);
            let half = if bit < 256 { &mut prefix } else { &mut token };
            half[bit % 256 / 8] ^= 1 << (bit % 8);
            let other = TokenMessage::of(&prefix, &token);
            prop_assert_ne!(one.spent_key(), other.spent_key());
            prop_assert_eq!(TokenMessage::read(other.as_bytes()), Some(other));
        }
    }
}

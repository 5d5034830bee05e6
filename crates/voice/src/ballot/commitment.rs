//! What a voter keeps of her ballot, and the short code under which she finds it again.
//!
//! ```text
//! commitment = SHA-256("zhigong.ballot.commitment.v1\0" ‖ key hash 32 bytes ‖ salt 32 bytes ‖ canonical ballot)
//! tracker    = the first 60 bits of the commitment, 12 signs in three groups: 7K2M-0QXR-9D4T
//! ```
//!
//! Everything before the ballot has a fixed length, so no two ballots read the same. The hash of the poll's key
//! ties the commitment to its poll. The salt is made by the voter's device: ballots are few and could be tried
//! out one by one without it, and no server can give two voters the same tracker.
//!
//! **Who has the salt can prove how somebody voted.** It goes to the server with the ballot, for recounts, is never
//! published beside a tracker, and the page forgets it at once: what a voter holds proves *that* her ballot is counted,
//! not what stands in it, so it cannot be sold or demanded.
//!
//! Why SHA-256 and not SM3: anybody shall be able to check with what stands on any computer (`sha256sum`), and the
//! voter's page has it anyway for the blind signature. The root of the published tree enters the chain of events, which
//! is SM3 signed with SM2.

use std::fmt;
use std::str::FromStr;

use openssl::sha::Sha256;

const DOMAIN: &[u8] = b"zhigong.ballot.commitment.v1\0";

/// Crockford's base 32: no I, L, O, U, which are misread or make words.
pub(crate) const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUP: usize = 4;
const SIGN_BITS: usize = 5;
const TRACKER_SIGNS: usize = 12;
const TRACKER_BITS: usize = TRACKER_SIGNS * SIGN_BITS;
/// Bits of the first eight bytes that are not in a tracker.
const SPARE: usize = 64 - TRACKER_BITS;

/// A salted commitment to one ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commitment(pub [u8; 32]);

impl Commitment {
    /// Over the canonical bytes of a ballot.
    #[must_use]
    pub fn of(key_hash: &[u8; 32], salt: &[u8; 32], ballot: &[u8]) -> Self {
        let mut hash = Sha256::new();
        for part in [DOMAIN, key_hash, salt, ballot] {
            hash.update(part);
        }
        Self(hash.finish())
    }

    /// The short code for people.
    #[must_use]
    pub fn tracker(&self) -> Tracker {
        let mut first = [0; 8];
        for (slot, byte) in first.iter_mut().zip(self.0) {
            *slot = byte;
        }
        Tracker(u64::from_be_bytes(first) >> SPARE)
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// The short code of a commitment, 60 bits: among a million ballots two are alike once in two million polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tracker(u64);

impl Tracker {
    /// The first and the last commitment that could have this code.
    #[must_use]
    pub fn range(self) -> (Commitment, Commitment) {
        let (mut first, mut last) = ([0; 32], [0xff; 32]);
        let low = (self.0 << SPARE).to_be_bytes();
        let high = ((self.0 << SPARE) | ((1 << SPARE) - 1)).to_be_bytes();
        first.iter_mut().zip(low).for_each(|(slot, byte)| *slot = byte);
        last.iter_mut().zip(high).for_each(|(slot, byte)| *slot = byte);
        (Commitment(first), Commitment(last))
    }

    /// Whether a commitment has this code.
    #[must_use]
    pub fn is_of(self, commitment: &Commitment) -> bool {
        commitment.tracker() == self
    }
}

impl fmt::Display for Tracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in 0..TRACKER_SIGNS {
            if place > 0 && place % GROUP == 0 {
                f.write_str("-")?;
            }
            let value = (self.0 >> (TRACKER_BITS - SIGN_BITS * (place + 1))) & 31;
            let sign = usize::try_from(value).ok().and_then(|value| SIGNS.get(value));
            f.write_str(sign.map_or("", |sign| std::str::from_utf8(std::slice::from_ref(sign)).unwrap_or_default()))?;
        }
        Ok(())
    }
}

/// What was typed is no tracker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotATracker;

impl FromStr for Tracker {
    type Err = NotATracker;

    /// Reads what somebody typed: small letters, spaces, full-width signs, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, NotATracker> {
        let (mut value, mut signs) = (0_u64, 0);
        for place in places(text) {
            value = ((value << SIGN_BITS) | u64::from(place.ok_or(NotATracker)?)) & ((1 << TRACKER_BITS) - 1);
            signs += 1;
        }
        if signs == TRACKER_SIGNS { Ok(Self(value)) } else { Err(NotATracker) }
    }
}

/// The places of typed signs in the alphabet, spaces and strokes left out; `None` for what is none of them.
pub(crate) fn places(text: &str) -> impl Iterator<Item = Option<u8>> + '_ {
    let typed = text.chars().map(half_width).filter(|typed| !typed.is_whitespace() && !"-–—_·.".contains(*typed));
    typed.map(|typed| {
        let sign = match typed.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        SIGNS.iter().position(|known| char::from(*known) == sign).and_then(|place| u8::try_from(place).ok())
    })
}

/// Chinese keyboards type full-width letters and signs.
fn half_width(typed: char) -> char {
    match u32::from(typed) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(typed),
        _ => typed,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_known_commitment() {
        let commitment = Commitment::of(&[1; 32], &[2; 32], "满意".as_bytes());
        let joined = [DOMAIN, &[1; 32], &[2; 32], "满意".as_bytes()].concat();
        assert_eq!(commitment.0, openssl::sha::sha256(&joined));
        assert_eq!(Commitment([0xff; 32]).tracker().to_string(), "ZZZZ-ZZZZ-ZZZZ");
        let mut bytes = [0; 32];
        bytes[7] = 0x1f;
        assert_eq!(Commitment(bytes).tracker().to_string(), "0000-0000-0001", "four bits of the eighth byte");
        assert_ne!(Commitment::of(&[3; 32], &[2; 32], b"x"), Commitment::of(&[1; 32], &[2; 32], b"x"));
    }

    #[test]
    fn trackers_are_read_as_people_type_them() {
        let tracker: Tracker = "7K2M-0QXR-9D41".parse().unwrap();
        let read =
            ["7k2m0qxr9d41", " 7K2M 0QXR 9D41 ", "7K2M-OQXR-9D4I", "７Ｋ２Ｍ－０ＱＸＲ－９Ｄ４ｌ", "7K2M—0QXR—9D41"];
        for text in read {
            assert_eq!(text.parse(), Ok(tracker), "{text}");
        }
        for text in ["", "7K2M-0QXR-9D4", "7K2M-0QXR-9D411", "7K2M-0QXR-9D4U", "满意"] {
            assert_eq!(text.parse::<Tracker>(), Err(NotATracker), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(bytes: [u8; 32], salt: [u8; 32], other: [u8; 32], ballot: Vec<u8>) {
            let tracker = Commitment(bytes).tracker();
            prop_assert_eq!(tracker.to_string().parse(), Ok(tracker));
            prop_assert!(tracker.is_of(&Commitment(bytes)));
            let (first, last) = tracker.range();
            prop_assert!(first <= Commitment(bytes) && Commitment(bytes) <= last);
            prop_assert!(tracker.is_of(&first) && tracker.is_of(&last));
            let commitment = Commitment::of(&bytes, &salt, &ballot);
            prop_assert_eq!(commitment == Commitment::of(&bytes, &other, &ballot), salt == other);
        }
    }
}

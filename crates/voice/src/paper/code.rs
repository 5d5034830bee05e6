//! The code of a sheet.
//!
//! ```text
//! bar code   16 signs, 80 random bits, and a check sign
//! typed      the first 11 signs and a check sign of their own: 7K2M-0QXR-9D4T
//! ```
//!
//! The check sign is a weighted sum over the field with 32 elements: one wrong sign, or two neighbours that changed
//! places, are always seen. Of the bar code a hash is kept; the typed form has only 55 bits, so a keyed digest of it.

use kernel::Id;
use kernel::crypto::{KeyProvider, blind_index};
use openssl::sha::sha256;
use rand::Rng;

use crate::ballot::commitment::{SIGNS, places};

const DOMAIN: &[u8] = b"zhigong.paper.sheet.v1\0";
const SIGNS_OF_CODE: usize = 16;
const SIGNS_TYPED: usize = 11;
const GROUP: usize = 4;
/// Signs at the end of the typed form by which a disputed sheet is found in a pile.
const SIGNS_OF_LABEL: usize = 4;

/// The code of one sheet.
#[derive(Clone, PartialEq, Eq)]
pub struct SheetCode([u8; SIGNS_OF_CODE]);

/// What was scanned or typed.
#[derive(Clone, PartialEq, Eq)]
pub enum Given {
    /// The bar code.
    Scanned(SheetCode),
    /// The typed form without its check sign.
    Typed([u8; SIGNS_TYPED]),
}

impl SheetCode {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        let mut random = [0; 10];
        rand::rng().fill_bytes(&mut random);
        let bits = random.iter().fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
        let mut signs = [0; SIGNS_OF_CODE];
        for (place, sign) in signs.iter_mut().enumerate() {
            let shifted = bits >> (5 * (SIGNS_OF_CODE - 1 - place));
            *sign = u8::try_from(shifted & 31).unwrap_or_default();
        }
        Self(signs)
    }

    /// What the bar code says: 17 signs.
    #[must_use]
    pub fn scanned(&self) -> String {
        with_check(&self.0)
    }

    /// What is typed: three groups of four signs.
    #[must_use]
    pub fn typed(&self) -> String {
        grouped(&with_check(self.start()))
    }

    /// Under what the sheet is kept.
    #[must_use]
    pub fn hash(&self, poll: Id) -> [u8; 32] {
        sha256(&[DOMAIN, poll.as_bytes(), &self.0].concat())
    }

    /// Under what its typed form is looked up.
    #[must_use]
    pub fn typed_hash(&self, keys: &dyn KeyProvider, poll: Id) -> [u8; 32] {
        typed_hash(keys, poll, self.start())
    }

    fn start(&self) -> &[u8] {
        self.0.split_at(SIGNS_TYPED).0
    }
}

impl Given {
    /// Reads a code as it was scanned or typed; `None` for what cannot be one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let signs: Vec<u8> = places(text).collect::<Option<_>>()?;
        let (check, signs) = signs.split_last()?;
        if check_of(signs) != *check {
            return None;
        }
        match signs.len() {
            SIGNS_OF_CODE => signs.try_into().ok().map(|signs| Self::Scanned(SheetCode(signs))),
            SIGNS_TYPED => signs.try_into().ok().map(Self::Typed),
            _ => None,
        }
    }

    /// The column and the value under which the sheet is kept.
    #[must_use]
    pub fn key(&self, keys: &dyn KeyProvider, poll: Id) -> (&'static str, [u8; 32]) {
        match self {
            Self::Scanned(code) => ("code_hash", code.hash(poll)),
            Self::Typed(signs) => ("typed_hash", typed_hash(keys, poll, signs)),
        }
    }

    /// The end of the typed form.
    #[must_use]
    pub fn label(&self) -> String {
        let typed = match self {
            Self::Scanned(code) => with_check(code.start()),
            Self::Typed(signs) => with_check(signs),
        };
        typed.chars().skip(SIGNS_TYPED + 1 - SIGNS_OF_LABEL).collect()
    }
}

fn typed_hash(keys: &dyn KeyProvider, poll: Id, signs: &[u8]) -> [u8; 32] {
    blind_index(keys, "paper_sheet.typed", &format!("{poll}:{}", text(signs)))
}

fn text(signs: &[u8]) -> String {
    signs.iter().map(|sign| SIGNS.get(usize::from(*sign)).copied().map_or('?', char::from)).collect()
}

fn with_check(signs: &[u8]) -> String {
    let mut all = text(signs);
    all.push_str(&text(&[check_of(signs)]));
    all
}

fn grouped(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    signs.chunks(GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// The sum of all signs, each multiplied by another power of the generator.
fn check_of(signs: &[u8]) -> u8 {
    // Horner's rule: every step multiplies what came before once more.
    double(signs.iter().fold(0, |sum, sign| double(sum) ^ sign))
}

/// Multiplies by the generator of the field with 32 elements, x⁵ + x² + 1.
fn double(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 32 == 0 { shifted } else { (shifted ^ 0b10_0101) & 31 }
}

#[cfg(test)]
mod tests {
    use kernel::crypto::LocalKeys;

    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_printed_and_typed() {
        let keys = LocalKeys::for_tests().unwrap();
        let poll = Id::from_u128(7);
        for _ in 0..200 {
            let code = SheetCode::random();
            assert_eq!((code.scanned().len(), code.typed().len()), (17, 14));
            let scanned = Given::read(&code.scanned()).unwrap();
            let typed = Given::read(&format!(" {} ", code.typed().to_lowercase())).unwrap();
            assert_eq!(scanned.key(&keys, poll), ("code_hash", code.hash(poll)));
            assert_eq!(typed.key(&keys, poll), ("typed_hash", code.typed_hash(&keys, poll)));
            assert_eq!(scanned.label(), typed.label());
            assert!(code.typed().ends_with(&typed.label()));
            assert_ne!(code.hash(poll), code.hash(Id::from_u128(8)));
        }
    }

    #[test]
    fn a_slip_is_seen() {
        let code = SheetCode::random();
        for text in [code.scanned(), code.typed().replace('-', "")] {
            let signs: Vec<char> = text.chars().collect();
            for place in 0..signs.len() {
                for other in SIGNS.iter().copied().map(char::from).filter(|other| *other != signs[place]) {
                    let mut wrong = signs.clone();
                    wrong[place] = other;
                    assert!(Given::read(&wrong.iter().collect::<String>()).is_none(), "{text} at {place}");
                }
                if place + 1 < signs.len() && signs[place] != signs[place + 1] {
                    let mut swapped = signs.clone();
                    swapped.swap(place, place + 1);
                    assert!(Given::read(&swapped.iter().collect::<String>()).is_none(), "{text} swapped at {place}");
                }
            }
        }
        for text in ["", "0", "满意", "0000-0000-000", "00000000000000000000"] {
            assert!(Given::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_field_has_thirty_one_powers() {
        let mut seen = std::collections::BTreeSet::new();
        let mut power = 1;
        for _ in 0..31 {
            power = double(power);
            seen.insert(power);
        }
        assert_eq!((seen.len(), power), (31, 1));
    }

    #[test]
    fn codes_are_random_in_every_bit() {
        let mut ones = [0; 80];
        for _ in 0..2_000 {
            for (place, sign) in SheetCode::random().0.iter().enumerate() {
                for bit in 0..5 {
                    ones[place * 5 + bit] += u32::from(*sign >> bit & 1);
                }
            }
        }
        assert!(ones.iter().all(|count| (800..1_200).contains(count)), "{ones:?}");
    }
}

//! Pure rules: what a tail and a code look like, when guessing stops.
//!
//! ```
//! use registry::takeover::rules;
//!
//! let code = rules::fresh_code();
//! assert_eq!(rules::code(&rules::printed(&code)), Some(code));
//! ```

use kernel::time::{Day, Time};
use rand::RngExt;

use crate::person::name::half_width;

/// Letters and digits of which none looks like another, written or printed: no 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
pub const CODE_ALPHABET: &[u8; 24] = b"34679ACDEFGHJKMNPQRTUWXY";
/// Places of a code; 24^8 codes cannot be tried out at five an account a day.
pub const CODE_LENGTH: usize = 8;
/// Wrong guesses that lock an account until tomorrow.
pub const ACCOUNT_TRIES: i64 = 5;
/// Wrong guesses that close a record to the phone until a code is handed over.
pub const RECORD_TRIES: i64 = 10;
/// Wrong names or tails that burn a code.
pub const CODE_TRIES: i64 = 5;
/// Places of an ID number that are asked for.
const TAIL_LENGTH: usize = 6;

/// The last six of an ID number as people type them; `None` for what cannot be such.
#[must_use]
pub fn tail(raw: &str) -> Option<String> {
    let text = kept(raw);
    let (digits, last) = text.split_at_checked(TAIL_LENGTH - 1)?;
    let fits = digits.bytes().all(|b| b.is_ascii_digit()) && last.len() == 1;
    let ends = last.bytes().all(|b| b.is_ascii_digit() || b == b'X');
    (fits && ends).then_some(text)
}

/// A code as people type it: small letters, spaces and hyphens are taken; `None` for what cannot be one.
#[must_use]
pub fn code(raw: &str) -> Option<String> {
    let text = kept(raw);
    (text.len() == CODE_LENGTH && text.bytes().all(|byte| CODE_ALPHABET.contains(&byte))).then_some(text)
}

/// Half-width capitals without spaces and hyphens; one place too many is kept, so that the length is seen to be wrong.
fn kept(raw: &str) -> String {
    let plain = raw.chars().take(60).map(half_width).filter(|c| !matches!(c, ' ' | '\u{a0}' | '\t' | '-'));
    plain.map(|c| c.to_ascii_uppercase()).take(CODE_LENGTH + 1).collect()
}

/// A random code.
#[must_use]
pub fn fresh_code() -> String {
    let mut random = rand::rng();
    let places = (0..CODE_LENGTH).map(|_| random.random_range(0..CODE_ALPHABET.len()));
    places.map(|place| char::from(CODE_ALPHABET[place])).collect()
}

/// A code as it is printed: two groups of four.
#[must_use]
pub fn printed(code: &str) -> String {
    let (one, two) = code.split_at_checked(CODE_LENGTH / 2).unwrap_or((code, ""));
    format!("{one}-{two}")
}

/// The beginning of a day in China.
#[must_use]
pub fn start_of(day: Day) -> Time {
    day.and_time(chrono::NaiveTime::MIN).and_utc() - chrono::Duration::hours(8)
}

/// Until when an account is locked that guessed wrongly so often on a day; `None` while it may go on.
#[must_use]
pub fn locked_until(day: Day, wrong: i64, today: Day) -> Option<Time> {
    let locked = day == today && wrong >= ACCOUNT_TRIES;
    locked.then(|| start_of(today + chrono::Days::new(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_as_people_type_them() {
        for good in ["123456", "12345x", "12345X", " 12 34 5X", "１２３４５Ｘ"] {
            assert!(tail(good).is_some(), "{good}");
        }
        for bad in ["", "12345", "1234567", "1234X6", "X23456", "12345Y", "一二三四五六", "12345\u{0}", "=12345"]
        {
            assert_eq!(tail(bad), None, "{bad:?}");
        }
        assert_eq!(tail(&"1".repeat(10_000)), None);
    }

    #[test]
    fn codes_as_people_type_them() {
        assert_eq!(code(" acde fghj").as_deref(), Some("ACDEFGHJ"));
        assert_eq!(code("ＡＣＤＥ－ＦＧＨＪ").as_deref(), Some("ACDEFGHJ"));
        for bad in ["", "ACDE-FGH", "ACDE-FGHJK", "ACDE-FGHO", "ACDE-FGH1", "码码码码码码码码"] {
            assert_eq!(code(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn fresh_codes_differ_and_are_read_again() {
        let codes: std::collections::BTreeSet<String> = (0..1_000).map(|_| fresh_code()).collect();
        assert_eq!(codes.len(), 1_000);
        assert!(codes.iter().all(|one| code(&printed(one)).as_ref() == Some(one)));
    }

    #[test]
    fn five_wrong_lock_until_midnight_in_china() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(locked_until(day("2026-11-23"), 4, day("2026-11-23")), None);
        let until = locked_until(day("2026-11-23"), 5, day("2026-11-23")).unwrap();
        assert_eq!(until.to_rfc3339(), "2026-11-23T16:00:00+00:00");
        assert_eq!(kernel::calendar::china_day(until), day("2026-11-24"));
        assert_eq!(locked_until(day("2026-11-23"), 9, day("2026-11-24")), None);
    }
}

//! The pay code: 18 digits that a phone makes without a network. Pure.
//!
//! ```text
//! 66 │ number of the device, 8 digits │ HMAC-SHA-256 over the step of time, 8 digits (RFC 6238)
//! ```
//!
//! A step is half a minute, and the steps before and after the present one are good, too: a clock may be off by that much,
//! and a code that was looked at for the first time a minute ago is worth nothing.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use kernel::time::Time;
use sha2::Sha256;

/// How a pay code begins.
pub const PREFIX: &str = "66";
/// Seconds of a step.
pub const STEP_SECONDS: i64 = 30;
/// Steps by which a clock may be off.
const SKEW: i64 = 1;
/// Steps for which an old code is told from a wrong one: ten minutes.
const REMEMBERED: i64 = 20;
const DIGITS: u32 = 100_000_000;

/// What stands in a pay code.
#[derive(Clone, PartialEq, Eq)]
pub struct PayCode {
    /// Number of the device, eight digits.
    pub number: String,
    /// What its secret says about the present.
    pub digits: u32,
}

// What is printed by mistake could be used for half a minute.
impl fmt::Debug for PayCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayCode").field("number", &self.number).finish_non_exhaustive()
    }
}

/// What the digits of a code are at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Good: those of this step.
    Good(i64),
    /// They were good some minutes ago, or the phone's clock is slow.
    Late,
    /// They were never good.
    Wrong,
}

/// Reads a scanned or typed code; blanks and hyphens are let pass.
#[must_use]
pub fn parse(text: &str) -> Option<PayCode> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if digits.len() != 18 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let rest = digits.strip_prefix(PREFIX)?;
    let (number, code) = rest.split_at_checked(8)?;
    Some(PayCode { number: number.to_owned(), digits: code.parse().ok()? })
}

/// The step of a moment.
#[must_use]
pub fn step_of(at: Time) -> i64 {
    at.timestamp().div_euclid(STEP_SECONDS)
}

/// The eight digits of a step (RFC 6238 with HMAC-SHA-256).
#[must_use]
pub fn digits(secret: &[u8], step: i64) -> Option<u32> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let hash: [u8; 32] = mac.finalize().into_bytes().into();
    let offset = usize::from(hash[31] & 0x0f);
    let four: [u8; 4] = hash.get(offset..offset + 4)?.try_into().ok()?;
    Some((u32::from_be_bytes(four) & 0x7fff_ffff) % DIGITS)
}

/// Whether digits are good at a moment, and of which step they are.
#[must_use]
pub fn standing(secret: &[u8], said: u32, now: Time) -> Standing {
    let present = step_of(now);
    let is = |step: i64| digits(secret, step) == Some(said);
    let near = [0, -SKEW, SKEW].into_iter().map(|by| present + by).find(|step| is(*step));
    match near {
        Some(step) => Standing::Good(step),
        None if (SKEW + 1..=REMEMBERED).any(|by| is(present - by)) => Standing::Late,
        None => Standing::Wrong,
    }
}

/// The code as a phone shows it; for tests and the demo.
#[must_use]
pub fn show(number: &str, secret: &[u8], at: Time) -> String {
    format!("{PREFIX}{number}{:08}", digits(secret, step_of(at)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    const SECRET: &[u8] = b"12345678901234567890123456789012";

    fn at(seconds: i64) -> Time {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn agrees_with_rfc_6238() {
        // Appendix B, SHA256.
        for (seconds, expected) in [
            (59, 46_119_246),
            (1_111_111_109, 68_084_774),
            (1_111_111_111, 67_062_674),
            (1_234_567_890, 91_819_424),
            (2_000_000_000, 90_698_825),
            (20_000_000_000, 77_737_706),
        ] {
            assert_eq!(digits(SECRET, step_of(at(seconds))), Some(expected), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_for_a_minute_at_the_most() {
        let shown = at(1_234_567_890);
        let said = digits(SECRET, step_of(shown)).unwrap();
        let step = step_of(shown);
        for (later, expected) in [
            (0, Standing::Good(step)),
            (59, Standing::Good(step)),
            (61, Standing::Late),
            (600, Standing::Late),
            (660, Standing::Wrong),
            (-30, Standing::Good(step)),
            (-31, Standing::Wrong),
        ] {
            assert_eq!(standing(SECRET, said, shown + TimeDelta::seconds(later)), expected, "{later} s later");
        }
        assert_eq!(standing(b"another secret of another device", said, shown), Standing::Wrong);
    }

    #[test]
    fn reads_what_is_scanned_or_typed() {
        let code = show("00412345", SECRET, at(59));
        assert_eq!(code, "660041234546119246");
        let expected = PayCode { number: "00412345".into(), digits: 46_119_246 };
        assert_eq!(parse(&code), Some(expected.clone()));
        assert_eq!(parse(" 6600 4123-4546 119246 "), Some(expected));
        for odd in ["", "66004123454611924", "6600412345461192461", "280041234546119246", "66004123454611924x", "６６"]
        {
            assert_eq!(parse(odd), None, "{odd}");
        }
        assert!(!format!("{:?}", parse(&code)).contains("46119246"));
    }
}

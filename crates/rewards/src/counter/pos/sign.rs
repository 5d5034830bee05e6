//! What a till signs. Pure.

use hmac::{Hmac, KeyInit, Mac};
use kernel::time::Time;
use sha2::Sha256;

/// Seconds by which the clock of a till may be off.
pub const SKEW_SECONDS: i64 = 300;

/// The text that is signed: five lines, the last of which may be anything.
#[must_use]
pub fn message(action: &str, till: &str, time: i64, nonce: &str, body: &str) -> String {
    format!("{action}\n{till}\n{time}\n{nonce}\n{body}")
}

/// HMAC-SHA-256 of it, hexadecimal.
#[must_use]
pub fn signature(key: &[u8], message: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(message.as_bytes());
    Some(hex::encode(mac.finalize().into_bytes()))
}

/// Whether a signature is the right one, without telling by the time it takes how much of it is.
pub(super) fn is_signed(key: &[u8], message: &str, said: &str) -> bool {
    let (Ok(said), Ok(mut mac)) = (hex::decode(said), Hmac::<Sha256>::new_from_slice(key)) else {
        return false;
    };
    mac.update(message.as_bytes());
    mac.verify_slice(&said).is_ok()
}

/// Whether the clock of a till is near enough.
pub(super) fn is_near(time: i64, now: Time) -> bool {
    now.timestamp().checked_sub(time).is_some_and(|off| off.abs() <= SKEW_SECONDS)
}

/// A random text that is long enough and has nothing odd in it.
pub(super) fn is_nonce(nonce: &str) -> bool {
    (16..=64).contains(&nonce.len()) && nonce.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_agree_with_others() {
        // RFC 4231, test case 2.
        let told = signature(b"Jefe", "what do ya want for nothing?").unwrap();
        assert_eq!(told, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert!(is_signed(b"Jefe", "what do ya want for nothing?", &told));
        for (key, text, said) in [
            (&b"Jefe"[..], "what do ya want for nothing", told.as_str()),
            (b"jefe", "what do ya want for nothing?", &told),
            (b"Jefe", "what do ya want for nothing?", &told[..62]),
            (b"Jefe", "what do ya want for nothing?", ""),
            (b"Jefe", "what do ya want for nothing?", "xy"),
        ] {
            assert!(!is_signed(key, text, said), "{said}");
        }
    }

    #[test]
    fn each_part_stands_in_its_line() {
        assert_eq!(message("charge", "T1", 7, "n", "{}"), "charge\nT1\n7\nn\n{}");
        assert!(is_nonce("0123456789abcdef") && !is_nonce("0123456789abcde") && !is_nonce("0123456789abcde\n"));
        let now: Time = "2026-11-23T02:00:00Z".parse().unwrap();
        for (off, near) in [(0, true), (300, true), (-300, true), (301, false), (-301, false)] {
            assert_eq!(is_near(now.timestamp() + off, now), near, "{off}");
        }
        assert!(!is_near(i64::MIN, now));
    }
}

//! The blind index: how a sealed value is found again without being opened.
//!
//! A column beside the sealed value holds HMAC-SM3(index key, context ‖ value). Equal values of one context have equal
//! indexes, so a unique constraint and an exact look-up work; without the key nothing can be tried out. The context is
//! the column, not the row (`"person.phone"`), and the value must be normalised first, or equal values would differ.
//!
//! ```
//! use kernel::crypto::{LocalKeys, blind_index};
//!
//! let keys = LocalKeys::for_tests()?;
//! let a = blind_index(&keys, "person.phone", "13800000000");
//! assert_eq!(a, blind_index(&keys, "person.phone", "13800000000"));
//! assert_ne!(a, blind_index(&keys, "merchant.phone", "13800000000"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::KeyProvider;
use super::digest::hmac_sm3_parts;

/// The blind index of a normalised value in a context (`table.column`).
pub fn blind_index(keys: &dyn KeyProvider, context: &str, normalized: &str) -> [u8; 32] {
    let key = keys.index_key();
    // The length in front keeps ("ab", "c") apart from ("a", "bc").
    let length = (context.len() as u64).to_be_bytes();
    hmac_sm3_parts(key.as_slice(), &[&length, context.as_bytes(), normalized.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::super::LocalKeys;
    use super::*;

    #[test]
    fn context_and_value_are_kept_apart() {
        let keys = LocalKeys::for_tests().unwrap();
        let all = [("ab", "c"), ("a", "bc"), ("abc", ""), ("", "abc"), ("ab", "d"), ("b", "c")]
            .map(|(context, value)| blind_index(&keys, context, value));
        for (i, a) in all.iter().enumerate() {
            assert!(all[i + 1..].iter().all(|b| a != b));
        }
    }

    #[test]
    fn index_is_stable_and_survives_rotation() {
        let mut keys = LocalKeys::for_tests().unwrap();
        let before = blind_index(&keys, "person.phone", "13800000000");
        keys.rotate().unwrap();
        assert_eq!(before, blind_index(&keys, "person.phone", "13800000000"));
    }
}

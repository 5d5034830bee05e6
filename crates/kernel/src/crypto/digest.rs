//! SM3 (GB/T 32905), HMAC over it, and the link of a hash chain.
//!
//! Invariant: [`chain`] takes a previous hash of fixed length, so no two (previous, data) pairs read the same.
//!
//! ```
//! use kernel::crypto::digest::{chain, sm3};
//!
//! let first = chain(&[0; 32], b"first event");
//! let second = chain(&first, b"second event");
//! assert_ne!(second, chain(&first, b"second event, changed"));
//! assert_eq!(hex::encode(&sm3(b"abc")[..4]), "66c7f0f4");
//! ```

use hmac::{Hmac, KeyInit, Mac};
use sm3::{Digest, Sm3};

/// The block of SM3 in bytes; an HMAC key is padded to it.
const BLOCK: usize = 64;

/// The SM3 digest.
pub fn sm3(data: &[u8]) -> [u8; 32] {
    Sm3::digest(data).into()
}

/// HMAC-SM3 (RFC 2104 over SM3); a key longer than 64 bytes is hashed first, as the standard says.
pub fn hmac_sm3(key: &[u8], data: &[u8]) -> [u8; 32] {
    hmac_sm3_parts(key, &[data])
}

/// HMAC-SM3 over the parts one after the other.
pub(super) fn hmac_sm3_parts(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // Padded by hand to a whole block: that constructor cannot fail.
    let mut block = zeroize::Zeroizing::new([0; BLOCK]);
    let hashed = zeroize::Zeroizing::new(sm3(key));
    let effective: &[u8] = if key.len() > BLOCK { &*hashed } else { key };
    for (slot, byte) in block.iter_mut().zip(effective) {
        *slot = *byte;
    }
    let mut mac = Hmac::<Sm3>::new((&*block).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The next hash of a chain: SM3(previous ‖ data).
pub fn chain(previous: &[u8; 32], data: &[u8]) -> [u8; 32] {
    Sm3::new().chain_update(previous).chain_update(data).finalize().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn published_vectors() {
        // GB/T 32905-2016, A.1 and A.2.
        let cases = [
            (b"abc".to_vec(), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
            (b"abcd".repeat(16), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
        ];
        for (data, digest) in cases {
            assert_eq!(hex::encode(sm3(&data)), digest);
        }
        // Equal to what OpenSSL 3 gives.
        assert_eq!(
            hex::encode(hmac_sm3(b"key", b"data")),
            "88a5a14b0fcf4a8a7b0c5084b8ee36e70efca4e8467fa264c3231bf16463b425"
        );
    }

    #[test]
    fn chain_is_the_digest_of_both() {
        let previous = sm3(b"previous");
        let joined = [previous.as_slice(), b"data"].concat();
        assert_eq!(chain(&previous, b"data"), sm3(&joined));
    }

    proptest! {
        #[test]
        fn hmac_follows_its_definition(key in proptest::collection::vec(any::<u8>(), 0..200), data: Vec<u8>) {
            let mut block = if key.len() > 64 { sm3(&key).to_vec() } else { key.clone() };
            block.resize(64, 0);
            let pad = |byte: u8| block.iter().map(|k| k ^ byte).collect::<Vec<_>>();
            let inner = sm3(&[pad(0x36), data.clone()].concat());
            let outer = sm3(&[pad(0x5c), inner.to_vec()].concat());
            prop_assert_eq!(hmac_sm3(&key, &data), outer);
        }
    }
}

//! The envelope around one personal value: SM4-GCM (RFC 8998), bound to its place.
//!
//! ```text
//! version 1 byte │ key id 4 bytes, big endian │ nonce 12 bytes │ ciphertext │ tag 16 bytes
//! ```
//!
//! Invariants: version, key id and context are authenticated, so a value moved to another row or column, or marked
//! with another key, does not open; the nonce is random, so equal values look different. One key may seal at most 2³²
//! values (the bound for random 96-bit nonces): rotate long before.
//!
//! ```
//! use kernel::crypto::{LocalKeys, key_id_of, open, seal};
//!
//! let keys = LocalKeys::for_tests()?;
//! let sealed = seal(&keys, "person.id_number:0192f0c1", b"synthetic")?;
//! assert_eq!(key_id_of(&sealed), Some(1));
//! assert!(open(&keys, "person.bank_account:0192f0c1", &sealed).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{AesGcm, KeyInit, Nonce};
use rand::Rng;
use sm4::Sm4;
use thiserror::Error;
use zeroize::Zeroizing;

use super::keys::{DataKey, KeyError, KeyProvider};

pub(super) type Sm4Gcm = AesGcm<Sm4, U12>;

const VERSION: u8 = 1;
const HEADER: usize = 1 + 4;
const NONCE: usize = 12;
const TAG: usize = 16;
/// What stands in the place of a data key's id when the key is none.
const UNNUMBERED: u32 = 0;

/// Why a value cannot be sealed or opened; nothing of the value is told.
#[derive(Debug, Error)]
pub enum EnvelopeError {
    /// Too short, or a version this program does not know.
    #[error("加密数据的格式无法识别，可能由更新版本的程序写入。请联系系统管理员升级程序后再试")]
    Format,
    /// The key is missing or the key provider failed.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The bytes were changed, or belong to another row, column or key.
    #[error("加密数据校验不通过，数据可能被改动过。请不要继续修改，并联系系统管理员核查")]
    Tampered,
    /// The value is too large for the cipher.
    #[error("内容太大，无法加密保存。请缩短内容后重试")]
    TooLarge,
}

impl EnvelopeError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Format => "envelope.format",
            Self::Key(error) => error.code(),
            Self::Tampered => "envelope.tampered",
            Self::TooLarge => "envelope.too_large",
        }
    }

    /// The Chinese sentence for the user.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

/// Seals a value for one place, named by `context` as `table.column:row id`, with the current data key.
pub fn seal(keys: &dyn KeyProvider, context: &str, plaintext: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    let key_id = keys.current_data_key_id();
    seal_under(key_id, &keys.data_key(key_id)?, context, plaintext)
}

/// Seals with a key that is no data key and has no number.
pub(super) fn seal_with(key: &DataKey, context: &str, plaintext: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    seal_under(UNNUMBERED, key, context, plaintext)
}

fn seal_under(key_id: u32, key: &DataKey, context: &str, plaintext: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    let cipher = cipher(key);
    let mut nonce = [0; NONCE];
    rand::rng().fill_bytes(&mut nonce);

    let mut sealed = Vec::with_capacity(HEADER + NONCE + plaintext.len() + TAG);
    sealed.push(VERSION);
    sealed.extend_from_slice(&key_id.to_be_bytes());
    let aad = [sealed.as_slice(), context.as_bytes()].concat();
    let payload = Payload { msg: plaintext, aad: &aad };
    let ciphertext = cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| EnvelopeError::TooLarge)?;
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&ciphertext);
    Ok(sealed)
}

/// Opens a value sealed for `context`, with whichever data key it names; the answer is wiped when dropped.
pub fn open(keys: &dyn KeyProvider, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
    let key_id = key_id_of(sealed).ok_or(EnvelopeError::Format)?;
    open_with(&keys.data_key(key_id)?, context, sealed)
}

/// Opens what [`seal_with`] sealed with this key.
pub(super) fn open_with(key: &DataKey, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
    key_id_of(sealed).ok_or(EnvelopeError::Format)?;
    let (header, rest) = sealed.split_at_checked(HEADER).ok_or(EnvelopeError::Format)?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>().ok_or(EnvelopeError::Format)?;
    let aad = [header, context.as_bytes()].concat();
    let payload = Payload { msg: ciphertext, aad: &aad };
    cipher(key).decrypt(&Nonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| EnvelopeError::Tampered)
}

/// The id of the data key that sealed a value, for rotation; `None` when this is no envelope of a known version.
pub fn key_id_of(sealed: &[u8]) -> Option<u32> {
    let (version, rest) = sealed.split_first()?;
    let whole = *version == VERSION && sealed.len() >= HEADER + NONCE + TAG;
    rest.first_chunk::<4>().filter(|_| whole).map(|id| u32::from_be_bytes(*id))
}

fn cipher(key: &DataKey) -> Sm4Gcm {
    Sm4Gcm::new((&**key).into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sm4::cipher::{BlockCipherDecrypt, BlockCipherEncrypt};

    use super::super::LocalKeys;
    use super::*;

    #[test]
    fn sm4_block_vector() {
        // GB/T 32907-2016, A.1.
        let bytes: [u8; 16] = hex::decode("0123456789abcdeffedcba9876543210").unwrap().try_into().unwrap();
        let cipher = Sm4::new(&bytes.into());
        let mut block = bytes.into();
        cipher.encrypt_block(&mut block);
        assert_eq!(hex::encode(block), "681edf34d206965e86b3e94f536e4246");
        cipher.decrypt_block(&mut block);
        assert_eq!(block.as_slice(), bytes);
    }

    #[test]
    fn sm4_gcm_vector() {
        // RFC 8998, A.1.
        let key: [u8; 16] = hex::decode("0123456789ABCDEFFEDCBA9876543210").unwrap().try_into().unwrap();
        let nonce: [u8; 12] = hex::decode("00001234567800000000ABCD").unwrap().try_into().unwrap();
        let aad = hex::decode("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2").unwrap();
        let plain = [0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA].map(|byte| [byte; 8]).concat();
        let expected = hex::decode(concat!(
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735D82710CA5C22F0CCFA7CBF93D496AC15A56834CB",
            "CF98C397B4024A2691233B8D83DE3541E4C2B58177E065A9BF7B62EC"
        ))
        .unwrap();
        let cipher = cipher(&DataKey::new(key));
        let sealed = cipher.encrypt(&Nonce::from(nonce), Payload { msg: &plain, aad: &aad }).unwrap();
        assert_eq!(sealed, expected);
    }

    #[test]
    fn opens_only_in_its_place() {
        let keys = LocalKeys::for_tests().unwrap();
        let sealed = seal(&keys, "person.id_number:1", b"value").unwrap();
        assert_eq!(sealed.len(), HEADER + NONCE + 5 + TAG);
        assert_eq!(open(&keys, "person.id_number:1", &sealed).unwrap().as_slice(), b"value");
        for context in ["person.id_number:2", "person.phone:1", "", "person.id_number:1 "] {
            assert!(matches!(open(&keys, context, &sealed), Err(EnvelopeError::Tampered)), "{context}");
        }
    }

    #[test]
    fn equal_values_look_different() {
        let keys = LocalKeys::for_tests().unwrap();
        assert_ne!(seal(&keys, "c", b"v").unwrap(), seal(&keys, "c", b"v").unwrap());
    }

    #[test]
    fn old_values_open_after_rotation() {
        let mut keys = LocalKeys::for_tests().unwrap();
        let old = seal(&keys, "c", b"old").unwrap();
        assert_eq!(keys.rotate().unwrap(), 2);
        let new = seal(&keys, "c", b"new").unwrap();
        assert_eq!((key_id_of(&old), key_id_of(&new)), (Some(1), Some(2)));
        assert_eq!(open(&keys, "c", &old).unwrap().as_slice(), b"old");
        assert_eq!(open(&keys, "c", &new).unwrap().as_slice(), b"new");
        let without = LocalKeys::for_tests().unwrap();
        let error = open(&without, "c", &new).unwrap_err();
        assert_eq!(error.code(), "keys.unknown_id");
    }

    #[test]
    fn what_is_no_envelope_is_refused() {
        let keys = LocalKeys::for_tests().unwrap();
        let mut future = seal(&keys, "c", b"v").unwrap();
        future[0] = 2;
        for bytes in [&[][..], &[1], &[1; 32], &future] {
            assert_eq!(open(&keys, "c", bytes).unwrap_err().code(), "envelope.format");
            assert_eq!(key_id_of(bytes), None);
        }
    }

    proptest! {
        #[test]
        fn round_trip(context in ".{0,40}", value: Vec<u8>) {
            let keys = LocalKeys::for_tests().unwrap();
            let sealed = seal(&keys, &context, &value).unwrap();
            prop_assert_eq!(open(&keys, &context, &sealed).unwrap().to_vec(), value);
        }

        #[test]
        fn no_changed_bit_opens(value: Vec<u8>, place: proptest::sample::Index, bit in 0u32..8) {
            let keys = LocalKeys::for_tests().unwrap();
            let mut sealed = seal(&keys, "c", &value).unwrap();
            let at = place.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!(open(&keys, "c", &sealed).is_err());
        }

        #[test]
        fn no_shortened_value_opens(value: Vec<u8>, place: proptest::sample::Index) {
            let keys = LocalKeys::for_tests().unwrap();
            let sealed = seal(&keys, "c", &value).unwrap();
            prop_assert!(open(&keys, "c", &sealed[..place.index(sealed.len())]).is_err());
        }
    }
}

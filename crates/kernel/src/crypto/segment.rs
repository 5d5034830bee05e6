//! A long content sealed in segments of 64 KiB, so that it can be written as it comes and opened anywhere.
//!
//! ```text
//! header:   version 1 byte │ key id 4 bytes, big endian │ salt 16 bytes
//! segment:  ciphertext, at most 64 KiB │ tag 16 bytes
//! ```
//!
//! Each content has a key of its own, HMAC-SM3 of the data key over header and context, so a segment's nonce can be its
//! number and whether it is the last one (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
//! Invariants: a segment opens only in its content, at its number; a content that was cut off, extended or put
//! together from two does not open to its end. Only the last segment is shorter than 64 KiB, and only the segment of
//! an empty content is empty, so the length of what is sealed tells the length of what is inside.
//!
//! ```
//! use kernel::crypto::LocalKeys;
//! use kernel::crypto::segment::{Layout, Segments};
//!
//! let keys = LocalKeys::for_tests()?;
//! let writer = Segments::new(&keys, "file:1")?;
//! let mut sealed = writer.header().to_vec();
//! writer.seal(0, true, b"synthetic", &mut sealed)?;
//!
//! let layout = Layout::of_sealed(sealed.len() as u64).unwrap();
//! assert_eq!((layout.bytes, layout.segments), (9, 1));
//! let reader = Segments::of_header(&keys, "file:1", &sealed[..21])?;
//! let mut plain = Vec::new();
//! reader.open(0, true, &sealed[21..], &mut plain)?;
//! assert_eq!(plain, b"synthetic");
//! assert!(reader.open(1, true, &sealed[21..], &mut plain).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::ops::Range;

use aes_gcm::aead::AeadInOut;
use aes_gcm::{KeyInit, Nonce, Tag};
use rand::Rng;

use super::digest::hmac_sm3_parts;
use super::envelope::{EnvelopeError, Sm4Gcm};
use super::keys::{DataKey, KeyProvider};

/// Bytes of a content in one segment; the last one may hold fewer.
pub const SEGMENT: usize = 64 * 1024;
/// Bytes of a sealed segment; the last one may have fewer.
pub const SEALED: usize = SEGMENT + TAG;
/// Bytes before the first segment.
pub const HEADER: usize = 1 + 4 + SALT;

const VERSION: u8 = 2;
const SALT: usize = 16;
const TAG: usize = 16;

/// Seals and opens the segments of one content.
pub struct Segments {
    cipher: Sm4Gcm,
    header: [u8; HEADER],
}

impl Segments {
    /// For a new content, named by `context`, with the current data key.
    ///
    /// # Errors
    /// When the key provider fails.
    pub fn new(keys: &dyn KeyProvider, context: &str) -> Result<Self, EnvelopeError> {
        let mut header = [0; HEADER];
        let (mark, salt) = header.split_at_mut(HEADER - SALT);
        let key_id = keys.current_data_key_id();
        mark.copy_from_slice(&[[VERSION].as_slice(), &key_id.to_be_bytes()].concat());
        rand::rng().fill_bytes(salt);
        Self::of_header(keys, context, &header)
    }

    /// For a content that is there.
    ///
    /// # Errors
    /// When this is no header of a known version, or its key is missing.
    pub fn of_header(keys: &dyn KeyProvider, context: &str, header: &[u8]) -> Result<Self, EnvelopeError> {
        let header = <[u8; HEADER]>::try_from(header).map_err(|_| EnvelopeError::Format)?;
        let key_id = match header {
            [VERSION, a, b, c, d, ..] => u32::from_be_bytes([a, b, c, d]),
            _ => return Err(EnvelopeError::Format),
        };
        let derived = hmac_sm3_parts(keys.data_key(key_id)?.as_slice(), &[&header, context.as_bytes()]);
        let mut key = DataKey::default();
        for (slot, byte) in key.iter_mut().zip(derived) {
            *slot = byte;
        }
        Ok(Self { cipher: Sm4Gcm::new((&*key).into()), header })
    }

    /// What stands before the first segment.
    #[must_use]
    pub fn header(&self) -> &[u8] {
        &self.header
    }

    /// Appends a sealed segment to `sealed`.
    ///
    /// # Errors
    /// When it is longer than a segment may be.
    pub fn seal(&self, number: u32, last: bool, plain: &[u8], sealed: &mut Vec<u8>) -> Result<(), EnvelopeError> {
        if plain.len() > SEGMENT {
            return Err(EnvelopeError::TooLarge);
        }
        let start = sealed.len();
        sealed.extend_from_slice(plain);
        let text = sealed.get_mut(start..).unwrap_or_default();
        let tag = self.cipher.encrypt_inout_detached(&nonce(number, last), &self.header, text.into());
        sealed.extend_from_slice(&tag.map_err(|_| EnvelopeError::TooLarge)?);
        Ok(())
    }

    /// Appends an opened segment to `plain`, which is left as it was when the segment does not open.
    ///
    /// # Errors
    /// When the bytes were changed, or belong to another place or content.
    pub fn open(&self, number: u32, last: bool, sealed: &[u8], plain: &mut Vec<u8>) -> Result<(), EnvelopeError> {
        let (text, tag) = sealed.split_last_chunk::<TAG>().ok_or(EnvelopeError::Tampered)?;
        let start = plain.len();
        plain.extend_from_slice(text);
        let opened = plain.get_mut(start..).unwrap_or_default();
        let outcome =
            self.cipher.decrypt_inout_detached(&nonce(number, last), &self.header, opened.into(), &Tag::from(*tag));
        outcome.map_err(|_| {
            plain.truncate(start);
            EnvelopeError::Tampered
        })
    }
}

fn nonce(number: u32, last: bool) -> Nonce<aes_gcm::aead::consts::U12> {
    let mut nonce = [0; 12];
    let (_, place) = nonce.split_at_mut(7);
    place.copy_from_slice(&[number.to_be_bytes().as_slice(), &[u8::from(last)]].concat());
    Nonce::from(nonce)
}

/// Where the segments of a sealed content are, told from its length alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Bytes of the content.
    pub bytes: u64,
    /// Segments, at least one.
    pub segments: u32,
    sealed: u64,
}

impl Layout {
    /// The layout of so many sealed bytes; `None` when nothing of that length was ever written.
    #[must_use]
    pub fn of_sealed(sealed: u64) -> Option<Self> {
        let body = sealed.checked_sub(HEADER as u64)?;
        let segments = u32::try_from(body.div_ceil(SEALED as u64)).ok()?;
        let tags = u64::from(segments) * TAG as u64;
        let bytes = body.checked_sub(tags)?;
        let whole = bytes > u64::from(segments.checked_sub(1)?) * SEGMENT as u64 || (bytes == 0 && segments == 1);
        whole.then_some(Self { bytes, segments, sealed })
    }

    /// The number of the last segment.
    #[must_use]
    pub fn last(self) -> u32 {
        self.segments.saturating_sub(1)
    }

    /// Where the sealed segments from `first` on are, at most `count` of them.
    #[must_use]
    pub fn range(self, first: u32, count: u32) -> Range<u64> {
        let place = |number: u32| (HEADER as u64 + u64::from(number) * SEALED as u64).min(self.sealed);
        place(first)..place(first.saturating_add(count))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::LocalKeys;
    use super::*;

    #[test]
    fn lengths_tell_the_layout() {
        let sealed = |plain: u64, segments: u64| HEADER as u64 + plain + segments * TAG as u64;
        for (plain, segments) in [(0, 1), (1, 1), (65_535, 1), (65_536, 1), (65_537, 2), (131_072, 2), (3 << 20, 48)] {
            let layout = Layout::of_sealed(sealed(plain, segments)).unwrap();
            assert_eq!((layout.bytes, u64::from(layout.segments)), (plain, segments));
            assert_eq!(layout.range(0, u32::MAX), HEADER as u64..sealed(plain, segments));
        }
        // No header, no segment, half a tag, an empty segment after a full one.
        for length in [0, 20, 21, 36, sealed(65_536, 2), sealed(65_536, 1) + 1, sealed(65_536, 1) + 15] {
            assert_eq!(Layout::of_sealed(length), None, "{length}");
        }
    }

    #[test]
    fn the_key_and_the_version_are_named_in_the_header() {
        let mut keys = LocalKeys::for_tests().unwrap();
        let old = Segments::new(&keys, "c").unwrap();
        keys.rotate().unwrap();
        let new = Segments::new(&keys, "c").unwrap();
        assert_eq!(
            (old.header()[..5].to_vec(), new.header()[..5].to_vec()),
            (vec![2, 0, 0, 0, 1], vec![2, 0, 0, 0, 2])
        );
        let mut sealed = Vec::new();
        old.seal(0, true, b"old", &mut sealed).unwrap();
        let mut plain = Vec::new();
        Segments::of_header(&keys, "c", old.header()).unwrap().open(0, true, &sealed, &mut plain).unwrap();
        assert_eq!(plain, b"old");
        let code = |header: &[u8]| Segments::of_header(&keys, "c", header).err().map(|error| error.code());
        assert_eq!(code(&[3; HEADER]), Some("envelope.format"));
        assert_eq!(code(&[2; 20]), Some("envelope.format"));
        assert_eq!(code(&[2; HEADER]), Some("keys.unknown_id"));
    }

    proptest! {
        #[test]
        fn opens_only_in_its_place(plain: Vec<u8>, number: u32, other: u32, last: bool, text in ".{0,9}") {
            let keys = LocalKeys::for_tests().unwrap();
            let segments = Segments::new(&keys, &text).unwrap();
            let mut sealed = Vec::new();
            segments.seal(number, last, &plain, &mut sealed).unwrap();
            let mut opened = Vec::new();
            segments.open(number, last, &sealed, &mut opened).unwrap();
            prop_assert_eq!(&opened, &plain);
            prop_assert!(segments.open(number, !last, &sealed, &mut opened).is_err());
            prop_assert!(other == number || segments.open(other, last, &sealed, &mut opened).is_err());
            let elsewhere = Segments::of_header(&keys, &format!("{text}."), segments.header()).unwrap();
            prop_assert!(elsewhere.open(number, last, &sealed, &mut opened).is_err());
            let twin = Segments::new(&keys, &text).unwrap();
            prop_assert!(twin.open(number, last, &sealed, &mut opened).is_err());
            prop_assert_eq!(opened, plain);
        }

        #[test]
        fn no_changed_bit_opens(plain: Vec<u8>, place: proptest::sample::Index, bit in 0u32..8) {
            let keys = LocalKeys::for_tests().unwrap();
            let segments = Segments::new(&keys, "c").unwrap();
            let mut sealed = Vec::new();
            segments.seal(0, true, &plain, &mut sealed).unwrap();
            let at = place.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!(segments.open(0, true, &sealed, &mut Vec::new()).is_err());
            prop_assert!(segments.open(0, true, &sealed[..at], &mut Vec::new()).is_err());
        }
    }
}

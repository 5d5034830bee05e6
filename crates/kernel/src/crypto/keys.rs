//! Where keys come from: the [`KeyProvider`] port, and [`LocalKeys`], a key file on this machine.
//!
//! A deployment that must use a certified module (密码机) implements the port; everything else only sees the port.
//! Three kinds of keys: SM4 data keys for envelopes, several of them so that they can be rotated; one 32-byte key for
//! blind indexes; one SM2 key that signs the daily root of the event chain.
//!
//! Invariants: a key is wiped when dropped and never printed; weak, published or test keys are refused from a file; a
//! data key is never removed, because values sealed with it must open; the key file is readable by its owner alone,
//! and is written whole or not at all.
//!
//! A running server keeps the keys it has read: after `rotate` on the file, restart every server before the next one
//! writes.
//!
//! ```
//! use kernel::crypto::{KeyProvider, LocalKeys, verify_signature};
//!
//! let keys = LocalKeys::for_tests()?;
//! let signature = keys.sign(b"root of 2026-11-22")?;
//! assert!(verify_signature(&keys.public_key(), b"root of 2026-11-22", &signature));
//! assert!(!verify_signature(&keys.public_key(), b"root of 2026-11-23", &signature));
//! # Ok::<(), kernel::crypto::KeyError>(())
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use rand::TryRng;
use rand::rngs::SysRng;
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

mod error;
mod file;
#[cfg(test)]
mod tests;

pub use error::KeyError;

/// An SM4 key for envelopes.
pub type DataKey = Zeroizing<[u8; 16]>;
/// An HMAC-SM3 key for blind indexes.
pub type IndexKey = Zeroizing<[u8; 32]>;

/// The signer's identity of GM/T 0009 when none is agreed.
const SIGNER_ID: &str = "1234567812345678";
/// Keys that have been published: RFC 8998 and GB/T 32918.5.
const PUBLISHED: [&[u8]; 2] = [
    &[0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10],
    &[
        0x39, 0x45, 0x20, 0x8f, 0x7b, 0x21, 0x44, 0xb1, 0x3f, 0x36, 0xe3, 0x8a, 0xc6, 0xd3, 0x9f, 0x95, //
        0x88, 0x93, 0x93, 0x69, 0x28, 0x60, 0xb5, 0x1a, 0x42, 0xfb, 0x81, 0xef, 0x4d, 0xf7, 0xc5, 0xb8,
    ],
];
const TEST_DATA_KEY: [u8; 16] = *b"test data key 01";
const TEST_INDEX_KEY: [u8; 32] = *b"test index key, never in service";
const TEST_SIGNING_KEY: [u8; 32] = *b"test signing key, not in service";

/// The port to whatever holds the keys: the local file, or a hardware module.
///
/// Key ids and the index key are read at start-up, so asking for them cannot fail; the rest may.
pub trait KeyProvider: Send + Sync {
    /// The id of the data key that new values are sealed with.
    fn current_data_key_id(&self) -> u32;

    /// A data key by its id.
    fn data_key(&self, id: u32) -> Result<DataKey, KeyError>;

    /// The key of the blind indexes.
    fn index_key(&self) -> IndexKey;

    /// Signs a message (the daily root) with SM2 and SM3; the answer is r ‖ s.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError>;

    /// The public key that belongs to [`KeyProvider::sign`], uncompressed (`04` ‖ x ‖ y).
    fn public_key(&self) -> [u8; 65];

    /// Whether these keys are for demonstration or tests; a server in production refuses them.
    fn is_demo(&self) -> bool;
}

/// Whether `signature` (r ‖ s) over `message` was made with the private key of `public_key`.
pub fn verify_signature(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = VerifyingKey::from_sec1_bytes(SIGNER_ID, public_key);
    let signature = Signature::from_slice(signature);
    key.and_then(|key| key.verify(message, &signature?)).is_ok()
}

/// Keys held in memory, read from a key file.
pub struct LocalKeys {
    material: Material,
    public_key: [u8; 65],
    path: Option<PathBuf>,
}

/// What a key file holds.
struct Material {
    demo: bool,
    current: u32,
    data_keys: BTreeMap<u32, DataKey>,
    index_key: IndexKey,
    signing_key: Zeroizing<[u8; 32]>,
}

impl LocalKeys {
    /// Reads the key file, or makes one with random keys when there is none. `demo` marks a new file only; the mark
    /// of an existing one is told by [`KeyProvider::is_demo`].
    ///
    /// Fails when the file is readable by others, damaged, of an unknown version, or holds a weak key.
    pub fn load_or_create(path: &Path, demo: bool) -> Result<Self, KeyError> {
        let material = match file::read(path)? {
            Some(material) => material,
            None => file::create(path, &Material::random(demo)?)?,
        };
        Self::from_material(material, Some(path.to_owned()))
    }

    /// Fixed keys for tests, in memory only; a key file that holds one of them is refused.
    pub fn for_tests() -> Result<Self, KeyError> {
        let material = Material {
            demo: true,
            current: 1,
            data_keys: BTreeMap::from([(1, DataKey::new(TEST_DATA_KEY))]),
            index_key: IndexKey::new(TEST_INDEX_KEY),
            signing_key: Zeroizing::new(TEST_SIGNING_KEY),
        };
        Self::from_material(material, None)
    }

    /// Adds a random data key, writes the file, makes the key current and returns its id. Keys that another process
    /// has added in the meantime are kept.
    pub fn rotate(&mut self) -> Result<u32, KeyError> {
        match &self.path {
            Some(path) => self.material = file::update(path, Material::add_data_key)?,
            None => self.material.add_data_key()?,
        }
        Ok(self.material.current)
    }

    /// The ids of all data keys, oldest first.
    pub fn data_key_ids(&self) -> impl Iterator<Item = u32> {
        self.material.data_keys.keys().copied()
    }

    fn from_material(material: Material, path: Option<PathBuf>) -> Result<Self, KeyError> {
        let signer = signer(&material.signing_key)?;
        let public_key = signer.verifying_key().to_sec1_bytes();
        let public_key = <[u8; 65]>::try_from(&*public_key).map_err(|_| KeyError::Signing)?;
        Ok(Self { material, public_key, path })
    }
}

impl KeyProvider for LocalKeys {
    fn current_data_key_id(&self) -> u32 {
        self.material.current
    }

    fn data_key(&self, id: u32) -> Result<DataKey, KeyError> {
        let key = self.material.data_keys.get(&id);
        key.cloned().ok_or(KeyError::UnknownId(id))
    }

    fn index_key(&self) -> IndexKey {
        self.material.index_key.clone()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        let signature = signer(&self.material.signing_key)?.try_sign(message);
        Ok(signature.map_err(|_| KeyError::Signing)?.to_bytes().into())
    }

    fn public_key(&self) -> [u8; 65] {
        self.public_key
    }

    fn is_demo(&self) -> bool {
        self.material.demo
    }
}

impl fmt::Debug for LocalKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKeys")
            .field("demo", &self.material.demo)
            .field("current", &self.material.current)
            .finish_non_exhaustive()
    }
}

impl Material {
    fn random(demo: bool) -> Result<Self, KeyError> {
        Ok(Self {
            demo,
            current: 1,
            data_keys: BTreeMap::from([(1, random(|_| true)?)]),
            index_key: random(|_| true)?,
            signing_key: random(|key| signer(key).is_ok())?,
        })
    }

    fn add_data_key(&mut self) -> Result<(), KeyError> {
        let newest = self.data_keys.keys().next_back().copied().unwrap_or(0);
        let id = newest.checked_add(1).ok_or(KeyError::UnknownId(newest))?;
        self.data_keys.insert(id, random(|_| true)?);
        self.current = id;
        Ok(())
    }

    /// Refuses keys that anyone could know or guess.
    fn check(&self) -> Result<(), KeyError> {
        let mut seen: Vec<&[u8]> = Vec::new();
        for (id, key) in &self.data_keys {
            if *id == 0 || is_weak(key.as_slice()) || seen.contains(&key.as_slice()) {
                return Err(KeyError::Weak("data_keys"));
            }
            seen.push(key.as_slice());
        }
        if is_weak(self.index_key.as_slice()) {
            return Err(KeyError::Weak("index_key"));
        }
        if is_weak(self.signing_key.as_slice()) || signer(&self.signing_key).is_err() {
            return Err(KeyError::Weak("signing_key"));
        }
        self.data_keys.get(&self.current).map(|_| ()).ok_or(KeyError::UnknownId(self.current))
    }
}

/// Whether a key is published, a test key, or made of so few different bytes that no random source made it.
fn is_weak(key: &[u8]) -> bool {
    let known = PUBLISHED.contains(&key) || [&TEST_DATA_KEY[..], &TEST_INDEX_KEY, &TEST_SIGNING_KEY].contains(&key);
    let mut bytes = Zeroizing::new(key.to_vec());
    bytes.sort_unstable();
    bytes.dedup();
    // Counting bytes (00 01 02 …) pass the count of different bytes, but have one step only.
    let steps = || key.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]));
    let even = steps().min() == steps().max();
    // Of 16 random bytes, fewer than 9 different ones come about once in some 10¹⁰ keys.
    known || even || bytes.len() < 9
}

fn random<const N: usize>(usable: impl Fn(&[u8; N]) -> bool) -> Result<Zeroizing<[u8; N]>, KeyError> {
    let mut key = Zeroizing::new([0; N]);
    loop {
        SysRng.try_fill_bytes(key.as_mut_slice()).map_err(|_| KeyError::Random)?;
        if !is_weak(key.as_slice()) && usable(&key) {
            return Ok(key);
        }
    }
}

/// The signing key of a secret; it must sign and verify once before it is used.
fn signer(secret: &[u8; 32]) -> Result<SigningKey, KeyError> {
    let key = SigningKey::from_slice(SIGNER_ID, secret).map_err(|_| KeyError::Signing)?;
    let signature = key.try_sign(b"self-test").map_err(|_| KeyError::Signing)?;
    let verified = key.verifying_key().verify(b"self-test", &signature);
    verified.map(|()| key).map_err(|_| KeyError::Signing)
}

//! The second line: who says that the first line is so.

use std::io::{BufRead, BufReader, Read};

use memchr::memchr;
use openssl::sha::{Sha256, sha256};
use serde::Deserialize;
use sm2::dsa::signature::Verifier;
use sm2::dsa::{Signature, VerifyingKey};

use crate::{Fault, Unverified};

/// Says what is signed.
const DOMAIN: &[u8] = b"zhigong.publication.v1\0";
/// The signer's identity of GM/T 0009 when none is agreed.
const SIGNER_ID: &str = "1234567812345678";
/// Bytes that are read at a time.
const PIECE: usize = 1 << 16;
/// Bytes that a second line can have.
const LONGEST: u64 = 4_096;

/// A file whose seal is good.
#[derive(Debug)]
pub struct Sealed {
    /// Bytes of the first line, without its end.
    pub length: u64,
    /// SHA-256 of the first line, hexadecimal.
    pub hash: String,
    /// The public key of the seal, hexadecimal.
    pub signer: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seal {
    hash: String,
    public_key: String,
    signature: String,
}

/// Reads a file from its beginning to its end and checks hash and signature.
///
/// # Errors
/// [`Fault::Lines`], [`Fault::Hash`], [`Fault::Signature`]; what stops the reading.
pub fn open(file: impl Read, signer: Option<&[u8]>) -> Result<Sealed, Unverified> {
    let mut file = BufReader::with_capacity(PIECE, file);
    let (hash, length) = first_line(&mut file)?;
    let mut seal = Vec::new();
    file.take(LONGEST).read_to_end(&mut seal)?;
    let seal = seal.strip_suffix(b"\n").filter(|line| !line.contains(&b'\n')).ok_or(Fault::Lines)?;
    let seal: Seal = serde_json::from_slice(seal).map_err(|_| Fault::Hash)?;
    if hex::encode(hash) != seal.hash {
        return Err(Fault::Hash.into());
    }
    let key = hex::decode(&seal.public_key).map_err(|_| Fault::Signature)?;
    let signature = hex::decode(&seal.signature).map_err(|_| Fault::Signature)?;
    let expected = signer.is_none_or(|signer| signer == key);
    if !expected || !sm2_signed(&key, &[DOMAIN, &hash].concat(), &signature) {
        return Err(Fault::Signature.into());
    }
    Ok(Sealed { length, hash: seal.hash, signer: seal.public_key })
}

/// Hash and length of everything up to the first end of a line.
fn first_line(file: &mut impl BufRead) -> Result<([u8; 32], u64), Unverified> {
    let (mut hash, mut length) = (Sha256::new(), 0);
    loop {
        let piece = file.fill_buf()?;
        if piece.is_empty() {
            return Err(Fault::Lines.into());
        }
        let end = memchr(b'\n', piece);
        let (line, _) = piece.split_at(end.unwrap_or(piece.len()));
        hash.update(line);
        length += line.len() as u64;
        let read = line.len() + usize::from(end.is_some());
        file.consume(read);
        if end.is_some() {
            return Ok((hash.finish(), length));
        }
    }
}

/// Whether an SM2 signature (r ‖ s, with SM3) is good.
pub(crate) fn sm2_signed(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = VerifyingKey::from_sec1_bytes(SIGNER_ID, key);
    let signature = Signature::from_slice(signature);
    key.and_then(|key| key.verify(message, &signature?)).is_ok()
}

/// A reader that hashes what it hands on.
pub(crate) struct Hashing<R> {
    from: R,
    hash: Sha256,
}

impl<R: Read> Hashing<R> {
    pub(crate) fn new(from: R) -> Self {
        Self { from, hash: Sha256::new() }
    }

    /// SHA-256 of what was read, hexadecimal.
    pub(crate) fn finish(self) -> String {
        hex::encode(self.hash.finish())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.from.read(into)?;
        self.hash.update(into.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// The hash of nothing but this, for a key or an instrument, hexadecimal.
pub(crate) fn hash_of(bytes: &[u8]) -> String {
    hex::encode(sha256(bytes))
}

//! The second line: who says that the first line is so.

use openssl::sha::sha256;
use serde::Deserialize;
use sm2::dsa::signature::Verifier;
use sm2::dsa::{Signature, VerifyingKey};

use crate::Fault;

/// Says what is signed.
const DOMAIN: &[u8] = b"zhigong.publication.v1\0";
/// The signer's identity of GM/T 0009 when none is agreed.
const SIGNER_ID: &str = "1234567812345678";

/// A file whose seal is good.
#[derive(Debug)]
pub struct Sealed<'a> {
    /// The first line.
    pub publication: &'a [u8],
    /// Its SHA-256, hexadecimal.
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

/// Takes a file apart and checks hash and signature.
///
/// # Errors
/// [`Fault::Lines`], [`Fault::Hash`], [`Fault::Signature`].
pub fn open<'a>(file: &'a [u8], signer: Option<&[u8]>) -> Result<Sealed<'a>, Fault> {
    let file = file.strip_suffix(b"\n").ok_or(Fault::Lines)?;
    let mut lines = file.split(|byte| *byte == b'\n');
    let (Some(publication), Some(seal), None) = (lines.next(), lines.next(), lines.next()) else {
        return Err(Fault::Lines);
    };
    let seal: Seal = serde_json::from_slice(seal).map_err(|_| Fault::Hash)?;
    let hash = sha256(publication);
    if hex::encode(hash) != seal.hash {
        return Err(Fault::Hash);
    }
    let key = hex::decode(&seal.public_key).map_err(|_| Fault::Signature)?;
    let signature = hex::decode(&seal.signature).map_err(|_| Fault::Signature)?;
    let expected = signer.is_none_or(|signer| signer == key);
    if !expected || !sm2_signed(&key, &[DOMAIN, &hash].concat(), &signature) {
        return Err(Fault::Signature);
    }
    Ok(Sealed { publication, hash: seal.hash, signer: seal.public_key })
}

/// Whether an SM2 signature (r ‖ s, with SM3) is good.
pub(crate) fn sm2_signed(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = VerifyingKey::from_sec1_bytes(SIGNER_ID, key);
    let signature = Signature::from_slice(signature);
    key.and_then(|key| key.verify(message, &signature?)).is_ok()
}

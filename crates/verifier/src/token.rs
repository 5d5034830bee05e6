//! Tokens: each stands for one draw, and for nobody.

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::{Padding, Rsa};
use openssl::sha::sha256;
use openssl::sign::{RsaPssSaltlen, Verifier};

use crate::Fault;
use crate::form::{Instrument, Publication};
use crate::seal::sm2_signed;

const RANDOM: usize = 32;
const DOMAIN: &[u8] = b"zhigong.ballot.token.v1\0";
const MESSAGE: usize = RANDOM + 24 + RANDOM;
const RECEIPT: &[u8] = b"zhigong.ballot.receipt.v1\0";
const SALT: i32 = 48;

/// Who signed.
enum Key {
    /// RSASSA-PSS with SHA-384: what an unblinded signature of RFC 9474 is.
    Rsa(PKey<openssl::pkey::Public>),
    /// SM2 receipts of one box.
    Sm2 { key: Vec<u8>, poll: Vec<u8> },
}

/// Checks the key against the instrument, then every token.
///
/// # Errors
/// [`Fault::Key`], [`Fault::TokenOrder`], [`Fault::Token`].
pub fn check(publication: &Publication, instrument: &Instrument) -> Result<(), Fault> {
    let bytes = lower_hex(&publication.public_key).ok_or(Fault::Key)?;
    if hex::encode(sha256(&bytes)) != instrument.key_hash {
        return Err(Fault::Key);
    }
    let key = match instrument.issuer.as_str() {
        "blind_rsa" => Key::Rsa(rsa(&bytes).ok_or(Fault::Key)?),
        "separated" => {
            let poll = hex::decode(publication.poll_id.replace('-', "")).map_err(|_| Fault::Key)?;
            Key::Sm2 { key: bytes, poll }
        }
        _ => return Err(Fault::Key),
    };
    let mut last: &str = "";
    for (place, (message, signature)) in publication.tokens.iter().enumerate() {
        if message.as_str() <= last {
            return Err(Fault::TokenOrder(place + 1));
        }
        last = message;
        let (message, signature) = lower_hex(message).zip(lower_hex(signature)).ok_or(Fault::Token(place + 1))?;
        let shape = message.len() == MESSAGE && message.get(RANDOM..RANDOM + DOMAIN.len()) == Some(DOMAIN);
        if !shape || !key.signed(&message, &signature) {
            return Err(Fault::Token(place + 1));
        }
    }
    Ok(())
}

fn rsa(spki: &[u8]) -> Option<PKey<openssl::pkey::Public>> {
    let key = Rsa::public_key_from_der(spki).ok()?;
    let whole = key.size() == 256 && key.e().to_vec() == [1, 0, 1];
    if whole { PKey::from_rsa(key).ok() } else { None }
}

impl Key {
    fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa(key) => pss(key, message, signature).unwrap_or(false),
            Self::Sm2 { key, poll } => sm2_signed(key, &[RECEIPT, poll.as_slice(), message].concat(), signature),
        }
    }
}

fn pss(
    key: &PKey<openssl::pkey::Public>,
    message: &[u8],
    signature: &[u8],
) -> Result<bool, openssl::error::ErrorStack> {
    let mut verifier = Verifier::new(MessageDigest::sha384(), key)?;
    verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
    verifier.set_rsa_mgf1_md(MessageDigest::sha384())?;
    verifier.set_rsa_pss_saltlen(RsaPssSaltlen::custom(SALT))?;
    verifier.verify_oneshot(signature, message)
}

/// Bytes in small hexadecimal letters: one writing for one value.
pub(crate) fn lower_hex(text: &str) -> Option<Vec<u8>> {
    let small = text.bytes().all(|sign| matches!(sign, b'0'..=b'9' | b'a'..=b'f'));
    if small { hex::decode(text).ok() } else { None }
}

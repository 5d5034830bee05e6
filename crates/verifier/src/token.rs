//! Tokens: each stands for one draw, and for nobody.

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Verifier};

use crate::Fault;
use crate::form::{Head, Instrument};
use crate::seal::{hash_of, sm2_signed};

const RANDOM: usize = 32;
const DOMAIN: &[u8] = b"zhigong.ballot.token.v1\0";
const MESSAGE: usize = RANDOM + 24 + RANDOM;
const RECEIPT: &[u8] = b"zhigong.ballot.receipt.v1\0";
const SALT: i32 = 48;
/// Tokens for which a thread is not worth while.
const SMALLEST: usize = 64;
/// Tokens that are held at a time.
const PORTION: usize = 1_024;

/// Who signed.
enum Key {
    /// RSASSA-PSS with SHA-384: what an unblinded signature of RFC 9474 is.
    Rsa(PKey<openssl::pkey::Public>),
    /// SM2 receipts of one box.
    Sm2 { key: Vec<u8>, poll: Vec<u8> },
}

/// Tokens as they come.
pub struct Tokens {
    key: Key,
    /// Whether signatures are checked, or only the order.
    signatures: bool,
    last: String,
    came: usize,
    /// Those whose signatures are still to be checked.
    portion: Vec<(String, String)>,
}

impl Tokens {
    /// Checks the key against the instrument.
    ///
    /// # Errors
    /// [`Fault::Key`].
    pub fn new(head: &Head, instrument: &Instrument, signatures: bool) -> Result<Self, Fault> {
        let bytes = lower_hex(&head.public_key).ok_or(Fault::Key)?;
        if hash_of(&bytes) != instrument.key_hash {
            return Err(Fault::Key);
        }
        let key = match instrument.issuer.as_str() {
            "blind_rsa" => Key::Rsa(rsa(&bytes).ok_or(Fault::Key)?),
            "separated" => {
                let poll = hex::decode(head.poll_id.replace('-', "")).map_err(|_| Fault::Key)?;
                Key::Sm2 { key: bytes, poll }
            }
            _ => return Err(Fault::Key),
        };
        Ok(Self { key, signatures, last: String::new(), came: 0, portion: Vec::with_capacity(PORTION) })
    }

    /// Takes the next one.
    ///
    /// # Errors
    /// [`Fault::TokenOrder`], [`Fault::Token`].
    pub fn add(&mut self, message: &str, signature: &str) -> Result<(), Fault> {
        self.came += 1;
        if message <= self.last.as_str() {
            return Err(Fault::TokenOrder(self.came));
        }
        message.clone_into(&mut self.last);
        if !self.signatures {
            return Ok(());
        }
        self.portion.push((message.to_owned(), signature.to_owned()));
        if self.portion.len() < PORTION { Ok(()) } else { self.check() }
    }

    /// Checks the rest; answers how many there were.
    ///
    /// # Errors
    /// [`Fault::Token`].
    pub fn end(mut self) -> Result<u64, Fault> {
        self.check()?;
        Ok(self.came as u64)
    }

    /// Each signature by itself takes longer than all the counting: every core takes a part, and the first fault counts.
    fn check(&mut self) -> Result<(), Fault> {
        let before = self.came - self.portion.len();
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let size = self.portion.len().div_ceil(cores).max(SMALLEST);
        let key = &self.key;
        let bad = std::thread::scope(|scope| {
            let parts = self.portion.chunks(size).enumerate();
            let threads: Vec<_> = parts
                .map(|(number, part)| {
                    scope.spawn(move || part.iter().position(|one| !key.good(one)).map(|at| number * size + at))
                })
                .collect();
            // A thread that did not come to its end has found nothing good.
            let found =
                threads.into_iter().enumerate().map(|(number, thread)| thread.join().unwrap_or(Some(number * size)));
            found.flatten().min()
        });
        self.portion.clear();
        bad.map_or(Ok(()), |place| Err(Fault::Token(before + place + 1)))
    }
}

fn rsa(spki: &[u8]) -> Option<PKey<openssl::pkey::Public>> {
    let key = Rsa::public_key_from_der(spki).ok()?;
    let whole = key.size() == 256 && key.e().to_vec() == [1, 0, 1];
    if whole { PKey::from_rsa(key).ok() } else { None }
}

impl Key {
    /// Whether a token has the shape of one and is signed.
    fn good(&self, (message, signature): &(String, String)) -> bool {
        let Some((message, signature)) = lower_hex(message).zip(lower_hex(signature)) else { return false };
        let shape = message.len() == MESSAGE && message.get(RANDOM..RANDOM + DOMAIN.len()) == Some(DOMAIN);
        shape && self.signed(&message, &signature)
    }

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

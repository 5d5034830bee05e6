//! The voter's half of RFC 9474: blind a message, unblind the answer.
//!
//! The browser has its own (`web/shared/ballot`); this one serves simulation, tests and those who recount. It works on
//! prepared messages: [`TokenMessage`](super::token::TokenMessage) carries its random prefix already.
//!
//! Not for a server that blinds for others: the numbers here are not kept from a neighbour's clock.

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::sha::{Sha384, sha384};
use rand::Rng;
use zeroize::Zeroizing;

use super::issuer::{BallotVerifier, BlindRsaVerifier, IssueError};

/// Bytes of SHA-384.
const HASH: usize = 48;
/// Bytes of the salt: those of the hash.
const SALT: usize = HASH;

/// What goes to the issuer, and what stays with the voter.
pub struct Blinded {
    /// For the issuer.
    pub request: Vec<u8>,
    /// Undoes the blinding; whoever has it can join draw and cast.
    pub inverse: Zeroizing<Vec<u8>>,
}

/// Blinds a prepared message.
///
/// # Errors
/// A fault of the library.
pub fn blind(key: &BlindRsaVerifier, message: &[u8]) -> Result<Blinded, IssueError> {
    let mut salt = [0; SALT];
    rand::rng().fill_bytes(&mut salt);
    let (mut factor, zero) = (BigNum::new()?, BigNum::new()?);
    loop {
        key.modulus().rand_range(&mut factor)?;
        // A factor that has no inverse would be a multiple of p or q: nobody meets one by chance.
        if factor.ucmp(&zero).is_gt() {
            return blind_with(key, message, &salt, &factor);
        }
    }
}

/// The request of somebody who hides nothing: the answer is the signature itself, like one that was blinded and
/// unblinded. For those who sign tokens by the hundred thousand to measure something.
///
/// # Errors
/// A fault of the library.
pub fn unhidden(key: &BlindRsaVerifier, message: &[u8]) -> Result<Vec<u8>, IssueError> {
    let mut salt = [0; SALT];
    rand::rng().fill_bytes(&mut salt);
    let encoded = BigNum::from_slice(&encode(message, &salt, key.modulus().num_bits())?)?;
    padded(&encoded, key)
}

/// Unblinds an answer and checks it.
///
/// # Errors
/// [`IssueError::Signature`] when the answer was made with another key or for another request.
pub fn finalize(key: &BlindRsaVerifier, message: &[u8], answer: &[u8], inverse: &[u8]) -> Result<Vec<u8>, IssueError> {
    let signature = unblind(key, answer, inverse)?;
    if key.verify(message, &signature) { Ok(signature) } else { Err(IssueError::Signature) }
}

pub(super) fn unblind(key: &BlindRsaVerifier, answer: &[u8], inverse: &[u8]) -> Result<Vec<u8>, IssueError> {
    if !key.holds(answer)? || !key.holds(inverse)? {
        return Err(IssueError::Signature);
    }
    let (answer, inverse) = (BigNum::from_slice(answer)?, BigNum::from_slice(inverse)?);
    let (mut product, mut context) = (BigNum::new()?, BigNumContext::new()?);
    product.mod_mul(&answer, &inverse, key.modulus(), &mut context)?;
    padded(&product, key)
}

pub(super) fn blind_with(
    key: &BlindRsaVerifier,
    message: &[u8],
    salt: &[u8],
    factor: &BigNumRef,
) -> Result<Blinded, IssueError> {
    let encoded = BigNum::from_slice(&encode(message, salt, key.modulus().num_bits())?)?;
    let raised = BigNum::from_slice(&key.raise(&padded(factor, key)?)?)?;
    let (mut request, mut inverse, mut context) = (BigNum::new()?, BigNum::new()?, BigNumContext::new()?);
    request.mod_mul(&encoded, &raised, key.modulus(), &mut context)?;
    inverse.mod_inverse(factor, key.modulus(), &mut context)?;
    Ok(Blinded { request: padded(&request, key)?, inverse: Zeroizing::new(padded(&inverse, key)?) })
}

fn padded(number: &BigNumRef, key: &BlindRsaVerifier) -> Result<Vec<u8>, IssueError> {
    Ok(number.to_vec_padded(i32::try_from(key.bytes()).unwrap_or(-1))?)
}

/// EMSA-PSS-ENCODE of RFC 8017, section 9.1.1, for a modulus of so many bits: one bit less is encoded.
fn encode(message: &[u8], salt: &[u8], modulus_bits: i32) -> Result<Vec<u8>, IssueError> {
    let bits = usize::try_from(modulus_bits).unwrap_or_default().saturating_sub(1);
    let length = bits.div_ceil(8);
    let zeros = length.checked_sub(HASH + salt.len() + 2).ok_or(IssueError::Key)?;
    let mut hash = Sha384::new();
    hash.update(&[0; 8]);
    hash.update(&sha384(message));
    hash.update(salt);
    let hash = hash.finish();
    let mut encoded = vec![0; zeros];
    encoded.push(1);
    encoded.extend_from_slice(salt);
    let mask = mgf1(&hash, encoded.len());
    for (byte, mask) in encoded.iter_mut().zip(mask) {
        *byte ^= mask;
    }
    if let Some(first) = encoded.first_mut() {
        *first &= 0xff >> (8 * length - bits);
    }
    encoded.extend_from_slice(&hash);
    encoded.push(0xbc);
    Ok(encoded)
}

/// MGF1 of RFC 8017, section B.2.1, with SHA-384.
fn mgf1(seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::with_capacity(length + HASH);
    for counter in 0_u32.. {
        if mask.len() >= length {
            break;
        }
        mask.extend_from_slice(&sha384(&[seed, &counter.to_be_bytes()].concat()));
    }
    mask.truncate(length);
    mask
}

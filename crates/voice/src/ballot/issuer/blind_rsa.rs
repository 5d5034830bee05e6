//! Blind RSA signatures by RFC 9474, variant RSABSSA-SHA384-PSS-Randomized, with RSA-2048.
//!
//! Why this variant: the RFC names it as the one to take unless a signature must be deterministic (section 5). Its
//! random prefix of 32 bytes makes every signed message unpredictable, so that blindness holds even if the issuer chose
//! its key maliciously, whatever the rest of the message is; the salt of 48 bytes is that of ordinary RSASSA-PSS, so any
//! auditor can check a token with `openssl dgst -sha384 -sigopt rsa_padding_mode:pss`.
//!
//! Why OpenSSL: the private operation of the crate `rsa` leaks by its timing (RUSTSEC-2023-0071). OpenSSL blinds it with
//! random numbers of its own (on unless switched off) and is about ten times faster.
//!
//! The private operation is the bare one: no padding, since the padding was made by the voter and is hidden. Every
//! answer is checked with the public key before it leaves (RFC 9474, section 4.3): an answer computed wrongly would
//! give away a factor of the modulus.

use std::fmt;

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private, Public};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Verifier};
use zeroize::Zeroizing;

use super::{BallotIssuer, BallotVerifier, IssueError, IssuerKind};

/// Bits of the modulus.
pub const KEY_BITS: u32 = 2048;
/// Bytes of the modulus, of a draw request, of an answer and of a signature.
pub const KEY_BYTES: usize = 256;
/// Bytes of a public key as SPKI in DER; always the same for this size and exponent.
pub const SPKI_BYTES: usize = 294;
/// Bytes of the salt of PSS: those of SHA-384.
pub(crate) const SALT_BYTES: usize = 48;
/// The only public exponent that is taken.
const EXPONENT: u32 = 65_537;

/// The public half: checks tokens.
#[derive(Clone)]
pub struct BlindRsaVerifier {
    key: PKey<Public>,
    rsa: Rsa<Public>,
    spki: Vec<u8>,
}

impl BlindRsaVerifier {
    /// Reads a public key.
    ///
    /// # Errors
    /// [`IssueError::Key`] unless it is RSA-2048 with the exponent 65537 in the one canonical writing: two writings of
    /// one key would have two hashes.
    pub fn from_spki(spki: &[u8]) -> Result<Self, IssueError> {
        let rsa = Rsa::public_key_from_der(spki).map_err(|_| IssueError::Key)?;
        let verifier = Self::over(rsa)?;
        let plain = BigNum::from_u32(EXPONENT)?;
        let good = verifier.spki == spki && spki.len() == SPKI_BYTES && verifier.rsa.e() == &*plain;
        let whole = verifier.rsa.n().num_bits() == i32::try_from(KEY_BITS).unwrap_or_default();
        if good && whole && verifier.rsa.n().is_bit_set(0) { Ok(verifier) } else { Err(IssueError::Key) }
    }

    /// A key of any size, as the vectors of the RFC have them.
    pub(crate) fn over(rsa: Rsa<Public>) -> Result<Self, IssueError> {
        let spki = rsa.public_key_to_der()?;
        Ok(Self { key: PKey::from_rsa(rsa.clone())?, rsa, spki })
    }

    /// Bytes of the modulus.
    pub(crate) fn bytes(&self) -> usize {
        self.rsa.size() as usize
    }

    pub(crate) fn modulus(&self) -> &BigNumRef {
        self.rsa.n()
    }

    /// The public operation on a number of full length: x to the power of e.
    pub(crate) fn raise(&self, number: &[u8]) -> Result<Vec<u8>, IssueError> {
        let mut raised = BigNum::new()?;
        let (number, mut context) = (BigNum::from_slice(number)?, BigNumContext::new()?);
        raised.mod_exp(&number, self.rsa.e(), self.rsa.n(), &mut context)?;
        Ok(raised.to_vec_padded(self.rsa.size().cast_signed())?)
    }

    /// Whether these bytes are a number below the modulus, in full length.
    pub(crate) fn holds(&self, number: &[u8]) -> Result<bool, IssueError> {
        Ok(number.len() == self.bytes() && BigNum::from_slice(number)?.ucmp(self.rsa.n()).is_lt())
    }

    pub(crate) fn check(&self, message: &[u8], signature: &[u8], salt_bytes: usize) -> Result<bool, IssueError> {
        if !self.holds(signature)? {
            return Ok(false);
        }
        let mut verifier = Verifier::new(MessageDigest::sha384(), &self.key)?;
        verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
        verifier.set_rsa_mgf1_md(MessageDigest::sha384())?;
        verifier.set_rsa_pss_saltlen(RsaPssSaltlen::custom(i32::try_from(salt_bytes).unwrap_or(-1)))?;
        Ok(verifier.verify_oneshot(signature, message)?)
    }
}

impl BallotVerifier for BlindRsaVerifier {
    fn kind(&self) -> IssuerKind {
        IssuerKind::BlindRsa
    }

    fn public_key(&self) -> &[u8] {
        &self.spki
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.check(message, signature, SALT_BYTES).unwrap_or(false)
    }
}

impl fmt::Debug for BlindRsaVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BlindRsaVerifier").field(&self.key_hash()).finish()
    }
}

/// The issuer that cannot see what it signs; see the module.
pub struct BlindRsa {
    private: Rsa<Private>,
    public: BlindRsaVerifier,
}

impl BlindRsa {
    /// A new key. Takes about 0.2 s of one core: call it from a blocking thread and outside any transaction.
    ///
    /// # Errors
    /// A fault of the library.
    pub fn generate() -> Result<Self, IssueError> {
        Self::over(Rsa::generate(KEY_BITS)?)
    }

    /// Reads a private key (PKCS #1, DER), as [`BlindRsa::private_der`] writes it.
    ///
    /// # Errors
    /// [`IssueError::Key`] for anything but a key of the right size and exponent.
    pub fn from_private_der(der: &[u8]) -> Result<Self, IssueError> {
        let issuer = Self::over(Rsa::private_key_from_der(der).map_err(|_| IssueError::Key)?)?;
        BlindRsaVerifier::from_spki(&issuer.public.spki)?;
        Ok(issuer)
    }

    /// A key of any size, as the vectors of the RFC have them.
    fn over(private: Rsa<Private>) -> Result<Self, IssueError> {
        let public = Rsa::from_public_components(private.n().to_owned()?, private.e().to_owned()?)?;
        Ok(Self { private, public: BlindRsaVerifier::over(public)? })
    }

    /// The private key (PKCS #1, DER), wiped when dropped; only to be sealed.
    ///
    /// # Errors
    /// A fault of the library.
    pub fn private_der(&self) -> Result<Zeroizing<Vec<u8>>, IssueError> {
        Ok(Zeroizing::new(self.private.private_key_to_der()?))
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> &BlindRsaVerifier {
        &self.public
    }
}

impl BallotVerifier for BlindRsa {
    fn kind(&self) -> IssuerKind {
        self.public.kind()
    }

    fn public_key(&self) -> &[u8] {
        self.public.public_key()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public.verify(message, signature)
    }
}

impl BallotIssuer for BlindRsa {
    fn issue(&self, request: &[u8]) -> Result<Vec<u8>, IssueError> {
        if !self.public.holds(request)? {
            return Err(IssueError::Request);
        }
        let mut signature = vec![0; self.public.bytes()];
        self.private.private_encrypt(request, &mut signature, Padding::NONE)?;
        if self.public.raise(&signature)? == request { Ok(signature) } else { Err(IssueError::Signature) }
    }
}

impl fmt::Debug for BlindRsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BlindRsa").field(&self.key_hash()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

//! Where the sealed values of an account belong, and how codes are kept.
//!
//! ```
//! use kernel::crypto::LocalKeys;
//! use kernel::id::Ids;
//! use registry::account::vault;
//! use registry::person::phone::Phone;
//!
//! let keys = LocalKeys::for_tests()?;
//! let (account, phone) = (Ids::random(), Phone::parse("13800001234")?);
//! let sealed = vault::seal_phone(&keys, account, &phone)?;
//! assert_eq!(vault::open_phone(&keys, account, &sealed)?, "13800001234");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use kernel::crypto::{KeyProvider, blind_index, open, seal};
use kernel::{Error, Id, Result};

use crate::person::phone::Phone;
use crate::person::vault::{open_text, seal_text};

/// Seals an account's phone.
///
/// # Errors
/// When the key cannot be had.
pub fn seal_phone(keys: &dyn KeyProvider, account: Id, phone: &Phone) -> Result<Vec<u8>> {
    seal_text(keys, &format!("account.phone:{account}"), phone.as_str())
}

/// Opens an account's phone.
///
/// # Errors
/// When the bytes were changed or belong to another account.
pub fn open_phone(keys: &dyn KeyProvider, account: Id, sealed: &[u8]) -> Result<String> {
    open_text(keys, &format!("account.phone:{account}"), sealed)
}

/// The blind index of a phone as accounts are looked up by it.
#[must_use]
pub fn phone_digest(keys: &dyn KeyProvider, phone: &Phone) -> Vec<u8> {
    blind_index(keys, "account.phone", phone.as_str()).to_vec()
}

/// What is kept of a code: six digits alone could be tried out, so the index key goes in.
#[must_use]
pub(super) fn code_hash(keys: &dyn KeyProvider, phone_digest: &[u8], code: &str) -> Vec<u8> {
    let phone: String = phone_digest.iter().map(|byte| format!("{byte:02x}")).collect();
    blind_index(keys, "sign_in_code.code", &format!("{phone}:{code}")).to_vec()
}

/// What failures of a login that nobody has are counted under.
#[must_use]
pub(super) fn login_digest(keys: &dyn KeyProvider, login: &str) -> Vec<u8> {
    blind_index(keys, "login_failure.login", login).to_vec()
}

/// Seals the secret of an account's second factor.
///
/// # Errors
/// When the key cannot be had.
pub(super) fn seal_totp(keys: &dyn KeyProvider, account: Id, secret: &[u8; 20]) -> Result<Vec<u8>> {
    seal(keys, &format!("account.totp:{account}"), secret).map_err(Error::internal)
}

/// Opens the secret of an account's second factor.
///
/// # Errors
/// When the bytes were changed or belong to another account.
pub(super) fn open_totp(keys: &dyn KeyProvider, account: Id, sealed: &[u8]) -> Result<[u8; 20]> {
    let plain = open(keys, &format!("account.totp:{account}"), sealed).map_err(Error::internal)?;
    plain.as_slice().try_into().map_err(|_| Error::internal("a sealed secret has another length"))
}

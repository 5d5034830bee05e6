//! Where the sealed values of a person belong: one context per column and row,
//! and one blind index per column. Whoever writes a person's ID number or phone
//! goes through here, so that it can be opened and found again.
//!
//! ```
//! use kernel::crypto::LocalKeys;
//! use kernel::id::Ids;
//! use registry::person::vault;
//!
//! let keys = LocalKeys::for_tests()?;
//! let person = Ids::random();
//! let sealed = vault::seal_id_number(&keys, person, "110101199003074557")?;
//! assert_eq!(vault::open_id_number(&keys, person, &sealed)?, "110101199003074557");
//! assert_eq!(vault::id_number_digest(&keys, "110101199003074557").len(), 32);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use kernel::crypto::{KeyProvider, blind_index, open, seal};
use kernel::{Error, Id, Result};

use super::phone::Phone;

/// Seals a normalised ID number for its person.
///
/// # Errors
/// When the key cannot be had.
pub fn seal_id_number(keys: &dyn KeyProvider, person: Id, normalized: &str) -> Result<Vec<u8>> {
    seal_text(keys, &format!("person.id_number:{person}"), normalized)
}

/// Opens a person's ID number.
///
/// # Errors
/// When the bytes were changed or belong to somebody else.
pub fn open_id_number(keys: &dyn KeyProvider, person: Id, sealed: &[u8]) -> Result<String> {
    open_text(keys, &format!("person.id_number:{person}"), sealed)
}

/// The blind index of a normalised ID number.
#[must_use]
pub fn id_number_digest(keys: &dyn KeyProvider, normalized: &str) -> Vec<u8> {
    blind_index(keys, "person.id_number", normalized).to_vec()
}

/// Seals a person's phone.
///
/// # Errors
/// When the key cannot be had.
pub fn seal_phone(keys: &dyn KeyProvider, person: Id, phone: &Phone) -> Result<Vec<u8>> {
    seal_text(keys, &format!("person.phone:{person}"), phone.as_str())
}

/// Opens a person's phone.
///
/// # Errors
/// When the bytes were changed or belong to somebody else.
pub fn open_phone(keys: &dyn KeyProvider, person: Id, sealed: &[u8]) -> Result<String> {
    open_text(keys, &format!("person.phone:{person}"), sealed)
}

/// The blind index of a person's phone.
#[must_use]
pub fn phone_digest(keys: &dyn KeyProvider, phone: &Phone) -> Vec<u8> {
    blind_index(keys, "person.phone", phone.as_str()).to_vec()
}

/// Seals a text for one place, `table.column:row`.
///
/// # Errors
/// When the key cannot be had.
pub fn seal_text(keys: &dyn KeyProvider, context: &str, text: &str) -> Result<Vec<u8>> {
    seal(keys, context, text.as_bytes()).map_err(Error::internal)
}

/// Opens a text sealed for one place.
///
/// # Errors
/// When the bytes were changed or belong to another place.
pub fn open_text(keys: &dyn KeyProvider, context: &str, sealed: &[u8]) -> Result<String> {
    let plain = open(keys, context, sealed).map_err(Error::internal)?;
    String::from_utf8(plain.to_vec()).map_err(|_| Error::internal("a sealed text is not UTF-8"))
}

//! Where the sealed values of a merchant belong.

use kernel::crypto::{KeyProvider, blind_index};
use kernel::{Id, Result};
use registry::person::phone::Phone;
use registry::person::vault::{open_text, seal_text};

use super::rules::BankNumber;

/// Seals the number of a bank account for its row.
///
/// # Errors
/// When the key cannot be had.
pub fn seal_bank(keys: &dyn KeyProvider, bank: Id, number: &BankNumber) -> Result<Vec<u8>> {
    seal_text(keys, &format!("merchant_bank.number:{bank}"), number.as_str())
}

/// Opens the number of a bank account: for a bank file alone.
///
/// # Errors
/// When the bytes were changed or belong to another row.
pub fn open_bank(keys: &dyn KeyProvider, bank: Id, sealed: &[u8]) -> Result<String> {
    open_text(keys, &format!("merchant_bank.number:{bank}"), sealed)
}

/// The blind index of a bank account's number.
#[must_use]
pub fn bank_digest(keys: &dyn KeyProvider, number: &BankNumber) -> Vec<u8> {
    blind_index(keys, "merchant_bank.number", number.as_str()).to_vec()
}

/// Seals the phone of a merchant's contact.
///
/// # Errors
/// When the key cannot be had.
pub fn seal_phone(keys: &dyn KeyProvider, merchant: Id, phone: &Phone) -> Result<Vec<u8>> {
    seal_text(keys, &format!("merchant.contact_phone:{merchant}"), phone.as_str())
}

/// Opens the phone of a merchant's contact.
///
/// # Errors
/// When the bytes were changed or belong to another row.
pub fn open_phone(keys: &dyn KeyProvider, merchant: Id, sealed: &[u8]) -> Result<String> {
    open_text(keys, &format!("merchant.contact_phone:{merchant}"), sealed)
}

//! The caller's own side: the account that takes over, and what its holder says.

use kernel::{Id, Result, Tx};
use sea_orm::EntityTrait;

use super::{OWN_KNOWN, OWN_PHONE, TAIL_FORMAT, rules, tries};
use crate::account::{consent, entity as account, vault};
use crate::person::name::clean_name;
use crate::person::phone::Phone;

/// What the holder says, of a form that can be true.
pub(super) struct Said {
    pub name: String,
    pub tail: String,
}

/// Reads it without the database; a slip of the pen here is no guess and is not counted.
///
/// # Errors
/// `name.*`, `takeover.tail`, `consent.version`.
pub(super) fn said(name: &str, id_tail: &str, consent_version: &str) -> Result<Said> {
    let name = clean_name(name)?;
    let tail = rules::tail(id_tail).ok_or_else(|| TAIL_FORMAT.refusal().on("id_tail"))?;
    consent::check(consent_version)?;
    Ok(Said { name, tail })
}

/// The account that takes over.
pub(super) struct Own {
    pub account: Id,
    pub phone: Phone,
}

/// The caller's account, if it may guess at all today.
///
/// # Errors
/// `takeover.known`, `takeover.phone`, `takeover.locked`.
pub(super) async fn load(tx: &Tx) -> Result<Own> {
    let id = tx.caller().account()?;
    let row = account::Entity::find_by_id(id).one(tx).await?.ok_or_else(kernel::Error::not_found)?;
    if row.person_id.is_some() {
        return Err(OWN_KNOWN.refusal().into());
    }
    let sealed = row.phone_sealed.ok_or_else(|| OWN_PHONE.refusal())?;
    let phone = Phone::parse(&vault::open_phone(tx.app().keys.as_ref(), id, &sealed)?)?;
    if let Some(until) = tries::locked_until(tx, id, tx.today()).await? {
        return Err(tries::locked(until).into());
    }
    Ok(Own { account: id, phone })
}

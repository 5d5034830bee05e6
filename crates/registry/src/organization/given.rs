//! What people type about a union beside its name and code, as it is kept; empty is none.

use kernel::Refusal;

use super::{ORGANIZATION_EMPLOYEES, ORGANIZATION_PHONE, rules};
use crate::person::name::{clean_name, clean_text};

/// Most employees that can be declared; the city has fewer people.
const MOST_EMPLOYEES: i64 = 10_000_000;

/// A declared number of employees.
///
/// # Errors
/// `organization.employees`.
pub fn employees(number: i64) -> Result<i64, Refusal> {
    let fits = (0..=MOST_EMPLOYEES).contains(&number);
    if fits { Ok(number) } else { Err(ORGANIZATION_EMPLOYEES.refusal().on("employees_declared")) }
}

/// A contact's name.
///
/// # Errors
/// `name.*`.
pub fn contact_name(raw: Option<&str>) -> Result<Option<String>, Refusal> {
    let refused = |fault| Refusal::from(fault).on("contact_name");
    filled(raw).map(clean_name).transpose().map_err(refused)
}

/// A contact's phone.
///
/// # Errors
/// `organization.phone`.
pub fn contact_phone(raw: Option<&str>) -> Result<Option<String>, Refusal> {
    let read = |text| rules::contact_phone(text).ok_or_else(|| ORGANIZATION_PHONE.refusal().on("contact_phone"));
    filled(raw).map(read).transpose()
}

/// An address.
///
/// # Errors
/// `text.*`.
pub fn address(raw: Option<&str>) -> Result<Option<String>, Refusal> {
    let refused = |fault| Refusal::from(fault).on("address");
    filled(raw).map(|text| clean_text(text, 200)).transpose().map_err(refused)
}

fn filled(raw: Option<&str>) -> Option<&str> {
    raw.map(str::trim).filter(|text| !text.is_empty())
}

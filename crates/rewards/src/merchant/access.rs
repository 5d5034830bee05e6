//! Permissions about merchants, disputes and settlement, and who has them.
//!
//! Contracts are kept by city and county; money is paid out by the city alone, since the custody account is the city's.
//! Who may propose may not release: the tables demand two different people, not two roles.

use kernel::access::{Permission, Policy};

/// Read merchants with their contracts.
pub const MERCHANT_READ: Permission = Permission("merchant.read");
/// Enter merchants, their shops and bank accounts.
pub const MERCHANT_KEEP: Permission = Permission("merchant.keep");
/// Approve contracts and bank accounts entered by others; suspend and end contracts.
pub const MERCHANT_APPROVE: Permission = Permission("merchant.approve");
/// Decide what comes of disputes about payments.
pub const DISPUTE_DECIDE: Permission = Permission("dispute.decide");
/// Read statements of merchants and settlements.
pub const SETTLEMENT_READ: Permission = Permission("settlement.read");
/// Make and check settlements, take the bank file, upload what the bank says, propose corrections.
pub const SETTLEMENT_RUN: Permission = Permission("settlement.run");
/// Release settlements and corrections that another person made.
pub const SETTLEMENT_APPROVE: Permission = Permission("settlement.approve");
/// Read what the points of the unions below moved, as figures.
pub const SPENDING_READ: Permission = Permission("spending.read");

const KEEPS: &[Permission] = &[MERCHANT_READ, MERCHANT_KEEP, MERCHANT_APPROVE, DISPUTE_DECIDE, SPENDING_READ];

/// Adds to the registry's roles what they may do here.
#[must_use]
pub fn policy(policy: Policy) -> Policy {
    policy
        .allow("city_officer", KEEPS)
        .allow("city_officer", &[SETTLEMENT_READ, SETTLEMENT_RUN, SETTLEMENT_APPROVE])
        .allow("county_officer", KEEPS)
        .allow("town_officer", &[SPENDING_READ])
        .allow("chair", &[SPENDING_READ])
        .allow("audit_admin", &[SETTLEMENT_READ])
}

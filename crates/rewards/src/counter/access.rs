//! Permissions about paying, and who has them. Whoever pays, and whoever works in a shop, needs none: the one has his own
//! wallet, the other is a cashier ([`crate::cashier`]).

use kernel::access::{Permission, Policy};

/// Read what is worth a look: payments that lie close together, by shop and by union, without names.
pub const FLAG_READ: Permission = Permission("spend_flag.read");
/// Let a member's wallet stand still, and free it.
pub const WALLET_FREEZE: Permission = Permission("wallet.freeze");

/// Adds to the registry's roles what they may do here.
#[must_use]
pub fn policy(policy: Policy) -> Policy {
    policy
        .allow("city_officer", &[FLAG_READ, WALLET_FREEZE])
        .allow("county_officer", &[WALLET_FREEZE])
        .allow("audit_director", &[FLAG_READ])
        .allow("audit_admin", &[FLAG_READ])
}

//! Permissions of this floor, and which of the registry's roles have them.

use kernel::access::Policy;

/// Adds to the registry's roles what they may do here.
#[must_use]
pub fn policy(policy: Policy) -> Policy {
    policy
}

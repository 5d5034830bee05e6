//! Permissions of this floor, and which of the registry's roles have them.

use kernel::access::Policy;

/// Adds to the registry's roles what they may do here.
#[must_use]
pub fn policy(policy: Policy) -> Policy {
    // One slice a line.
    let policy = crate::counter::access::policy(policy);
    let policy = crate::merchant::access::policy(policy);
    policy
}

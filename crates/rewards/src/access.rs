//! Permissions of this floor, and which of the registry's roles have them.
//!
//! Who asks for money is not who approves it: a chair and her deputy, or two officers of a level, are two. The account at
//! the bank is the city's: only its officers enter its lines and close months. The director of the audit committee
//! (经审委主任) reads everything about money at her level and below, and moves none.

use kernel::access::{Permission, Policy, Role};

// Points, one slice a block.

/// Read budgets, batches and point rules: figures, not persons.
pub const POINTS_READ: Permission = Permission("points.read");
/// Make batches and point rules for a union.
pub const POINTS_ISSUE: Permission = Permission("points.issue");
/// Approve money that somebody else asked for.
pub const POINTS_APPROVE: Permission = Permission("points.approve");
/// Read the ledger, prove accounts, read proofs and closed months.
pub const POINTS_AUDIT: Permission = Permission("points.audit");
/// Close a month of the city's books, and open a book again that stands still.
pub const POINTS_CLOSE: Permission = Permission("points.close");
/// Open budgets of a union, and ask to return what is left of them.
pub const BUDGET_KEEP: Permission = Permission("budget.keep");
/// Enter lines of the city's account at the bank, match them to budgets, keep books of entrusted money.
pub const BANK_KEEP: Permission = Permission("bank.keep");

const POINTS: &[Permission] = &[POINTS_READ, POINTS_ISSUE, POINTS_APPROVE, BUDGET_KEEP];

/// The director of the audit committee of a union.
pub const AUDIT_DIRECTOR: Role =
    Role { name: "audit_director", label: "经审委主任", levels: &[], exclusive: false };

/// Adds to the registry's roles what they may do here.
#[must_use]
pub fn policy(policy: Policy) -> Policy {
    // One slice a line.
    let policy = crate::counter::access::policy(policy);
    let policy = crate::merchant::access::policy(policy);
    // What waits, one slice a line.
    let policy = policy.waits(crate::points::approval::source());
    let policy = policy.waits(crate::merchant::source());
    let policy = policy.waits(crate::settlement::source());
    let policy = policy.waits(crate::dispute::source());
    let policy = policy.waits(crate::points::audit::stop::source());
    let policy = policy.waits(crate::points::bank::balance::source());
    points(policy)
}

fn points(policy: Policy) -> Policy {
    policy
        .role(AUDIT_DIRECTOR)
        .allow("audit_director", &[POINTS_READ, POINTS_AUDIT])
        .allow("city_officer", POINTS)
        .allow("city_officer", &[POINTS_AUDIT, POINTS_CLOSE, BANK_KEEP])
        .allow("county_officer", POINTS)
        .allow("county_officer", &[POINTS_AUDIT])
        .allow("town_officer", POINTS)
        .allow("town_officer", &[POINTS_AUDIT])
        .allow("chair", POINTS)
        .allow("vice_chair", POINTS)
}

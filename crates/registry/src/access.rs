//! Roles and permissions of the registry.
//!
//! Upper levels see figures, not persons: a city or county officer runs the tree,
//! and reads the members' list only with the extra role of a member registrar.
//! The three administrators of 等保 level 3 (系统 / 安全 / 审计) exclude each other
//! and hold no business permission; the security administrator reads the names of
//! unions, since he grants roles on them.

mod matrix;

use kernel::access::{Permission, Policy, Role};

pub use matrix::{Visitor, matrix};

macro_rules! permissions {
    ($( $(#[$doc:meta])+ $name:ident = $text:literal; )+) => {
        $( $(#[$doc])+ pub const $name: Permission = Permission($text); )+
    };
}

permissions! {
    /// Read unions below.
    ORGANIZATION_READ = "organization.read";
    /// Propose a new union.
    ORGANIZATION_FOUND = "organization.found";
    /// Approve or return the founding of a union.
    ORGANIZATION_APPROVE = "organization.approve";
    /// Change a union's name, contact, officers, place; dissolve it.
    ORGANIZATION_CHANGE = "organization.change";
    /// Keep a union's own contact data and its joining link.
    ORGANIZATION_KEEP = "organization.keep";
    /// Enter and end the delegates of a union, read who they are.
    DELEGATE_KEEP = "delegate.keep";
    /// Read members, masked.
    MEMBER_READ = "member.read";
    /// See one ID or phone number in full, with a reason.
    MEMBER_REVEAL = "member.reveal";
    /// End or retain a membership.
    MEMBER_END = "member.end";
    /// Import a roster of members, see its faults.
    MEMBER_IMPORT = "member.import";
    /// Take a list of members out, masked, with a reason.
    MEMBER_EXPORT = "member.export";
    /// Hand out a one-time code with which a member on the roster takes over his record.
    MEMBER_HAND_OVER = "member.hand_over";
    /// Import a register of unions, employers and officers.
    REGISTER_IMPORT = "register.import";
    /// Read applications to join.
    APPLICATION_READ = "application.read";
    /// Approve or return applications to join.
    APPLICATION_DECIDE = "application.decide";
    /// Hand an application from the pool (周转库) to a union.
    APPLICATION_DISPATCH = "application.dispatch";
    /// Read figures.
    FIGURES_READ = "figures.read";
    /// Check a rule over people and read how many it covers: a figure, never who.
    SEGMENT_READ = "segment.read";
    /// Read role grants.
    ROLE_READ = "role.read";
    /// Grant and revoke roles.
    ROLE_GRANT = "role.grant";
    /// Read staff accounts.
    ACCOUNT_READ = "account.read";
    /// Create, reset, unlock and disable staff accounts.
    ACCOUNT_MANAGE = "account.manage";
    /// Read events.
    EVENT_READ = "event.read";
    /// Verify the chain of events.
    EVENT_VERIFY = "event.verify";
    /// Read dated parameters.
    PARAMETER_READ = "parameter.read";
    /// Add dated parameters and calendar days.
    PARAMETER_CHANGE = "parameter.change";
}

const CITY: &[&str] = &["city_federation"];
const COUNTY: &[&str] = &["county_federation"];
const TOWN: &[&str] = &["town_federation", "town_joint"];
const BASE: &[&str] = &["grassroots", "joint_grassroots", "industry", "trade", "town_joint"];
const ABOVE_BASE: &[&str] = &["city_federation", "county_federation", "town_federation", "town_joint"];

/// Every role of the registry.
pub const ROLES: [Role; 9] = [
    Role { name: "city_officer", label: "市总工会干部", levels: CITY, exclusive: false },
    Role { name: "county_officer", label: "县级总工会干部", levels: COUNTY, exclusive: false },
    Role { name: "town_officer", label: "镇街工会干部", levels: TOWN, exclusive: false },
    Role { name: "member_registrar", label: "会籍管理员", levels: ABOVE_BASE, exclusive: false },
    Role { name: "chair", label: "工会主席", levels: BASE, exclusive: false },
    Role { name: "vice_chair", label: "工会副主席", levels: BASE, exclusive: false },
    Role { name: "system_admin", label: "系统管理员", levels: CITY, exclusive: true },
    Role { name: "security_admin", label: "安全管理员", levels: CITY, exclusive: true },
    Role { name: "audit_admin", label: "审计管理员", levels: CITY, exclusive: true },
];

const OFFICER: &[Permission] = &[
    REGISTER_IMPORT,
    ORGANIZATION_READ,
    ORGANIZATION_FOUND,
    ORGANIZATION_APPROVE,
    ORGANIZATION_CHANGE,
    ORGANIZATION_KEEP,
    FIGURES_READ,
    SEGMENT_READ,
];
const REGISTRAR: &[Permission] = &[
    ORGANIZATION_READ,
    MEMBER_READ,
    MEMBER_REVEAL,
    MEMBER_END,
    MEMBER_IMPORT,
    MEMBER_EXPORT,
    MEMBER_HAND_OVER,
    APPLICATION_READ,
    APPLICATION_DECIDE,
    APPLICATION_DISPATCH,
    FIGURES_READ,
];
const CHAIR: &[Permission] = &[
    ORGANIZATION_READ,
    ORGANIZATION_KEEP,
    DELEGATE_KEEP,
    MEMBER_READ,
    MEMBER_REVEAL,
    MEMBER_END,
    MEMBER_IMPORT,
    MEMBER_EXPORT,
    MEMBER_HAND_OVER,
    APPLICATION_READ,
    APPLICATION_DECIDE,
    FIGURES_READ,
    SEGMENT_READ,
];
const VICE_CHAIR: &[Permission] =
    &[ORGANIZATION_READ, DELEGATE_KEEP, MEMBER_READ, APPLICATION_READ, APPLICATION_DECIDE, FIGURES_READ];

/// Adds the registry's roles and what they may do.
#[must_use]
pub fn policy(policy: Policy) -> Policy {
    let policy = ROLES.into_iter().fold(policy, Policy::role);
    policy
        .allow("city_officer", OFFICER)
        .allow("city_officer", &[PARAMETER_READ])
        .allow("county_officer", OFFICER)
        .allow("county_officer", &[PARAMETER_READ])
        .allow("town_officer", OFFICER)
        .allow("town_officer", REGISTRAR)
        .allow("member_registrar", REGISTRAR)
        .allow("chair", CHAIR)
        .allow("vice_chair", VICE_CHAIR)
        .allow("system_admin", &[ACCOUNT_READ, ACCOUNT_MANAGE, PARAMETER_READ, PARAMETER_CHANGE])
        .allow("security_admin", &[ACCOUNT_READ, ROLE_READ, ROLE_GRANT, ORGANIZATION_READ])
        .allow("audit_admin", &[EVENT_READ, EVENT_VERIFY, ROLE_READ, ACCOUNT_READ])
}

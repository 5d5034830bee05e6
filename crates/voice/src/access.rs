//! Permissions of this floor, and which of the registry's roles have them.
//!
//! A chair starts the evaluation of himself and never chooses who rates him: the electorate's rule belongs to the level
//! above. Officers start campaigns over the unions below them. Nobody may read who voted, or how: there is no such
//! permission.

use kernel::access::{Permission, Policy};

/// Read evaluations, their state and how many may vote.
pub const EVALUATION_READ: Permission = Permission("evaluation.read");
/// Start, adjust, open or withdraw an evaluation of a union.
pub const EVALUATION_START: Permission = Permission("evaluation.start");
/// Answer opinions and file plans of rectification for a union.
pub const EVALUATION_ANSWER: Permission = Permission("evaluation.answer");
/// Open the sealed ballots of a closed evaluation and compare them with what was published: for the level above.
pub const EVALUATION_AUDIT: Permission = Permission("evaluation.audit");
/// Start evaluations of many unions at once, and say who may vote in a single one.
pub const CAMPAIGN_START: Permission = Permission("campaign.start");
/// Keep the list of government departments that members evaluate.
pub const DEPARTMENT_KEEP: Permission = Permission("department.keep");
/// Keep the budget items of a union: what was planned, spent and achieved.
pub const FUND_KEEP: Permission = Permission("fund.keep");
/// Add versions of schemes: what is asked, of whom, for how long.
pub const SCHEME_CHANGE: Permission = Permission("scheme.change");

const OFFICER: &[Permission] = &[EVALUATION_READ, EVALUATION_START, CAMPAIGN_START, DEPARTMENT_KEEP, FUND_KEEP];

/// Adds to the registry's roles what they may do here.
#[must_use]
pub fn policy(policy: Policy) -> Policy {
    policy
        .allow("city_officer", OFFICER)
        .allow("city_officer", &[EVALUATION_AUDIT, SCHEME_CHANGE])
        .allow("county_officer", OFFICER)
        .allow("county_officer", &[EVALUATION_AUDIT])
        .allow("town_officer", OFFICER)
        .allow("chair", &[EVALUATION_READ, EVALUATION_START, EVALUATION_ANSWER, FUND_KEEP])
        .allow("vice_chair", &[EVALUATION_READ])
}

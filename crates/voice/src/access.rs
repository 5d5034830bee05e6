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
/// File plans of rectification for a union.
pub const EVALUATION_ANSWER: Permission = Permission("evaluation.answer");
/// Answer, merge or refuse opinions about one's own union, never from above.
pub const OPINION_ANSWER: Permission = Permission("opinion.answer");
/// Read all opinions of the unions below, and decide whether a text is hidden from members: for the level above.
pub const OPINION_MODERATE: Permission = Permission("opinion.moderate");
/// Open the sealed ballots of a closed evaluation and compare them with what was published: for the level above.
pub const EVALUATION_AUDIT: Permission = Permission("evaluation.audit");
/// Give a union below more time for what it must do.
pub const DUTY_EXTEND: Permission = Permission("duty.extend");
/// Look for oneself whether a union below put right what was found.
pub const RECTIFICATION_REVIEW: Permission = Permission("rectification.review");
/// Enter that a member takes a ballot on paper: for those who know the members by name.
pub const PAPER_HAND_OUT: Permission = Permission("paper.hand_out");
/// Print ballots on paper, and enter those that come back.
pub const PAPER_ENTER: Permission = Permission("paper.enter");
/// Start evaluations of many unions at once, and say who may vote in a single one.
pub const CAMPAIGN_START: Permission = Permission("campaign.start");
/// Keep the list of government departments that members evaluate.
pub const DEPARTMENT_KEEP: Permission = Permission("department.keep");
/// Keep the budget items of a union: what was planned, spent and achieved.
pub const FUND_KEEP: Permission = Permission("fund.keep");
/// Add versions of schemes: what is asked, of whom, for how long.
pub const SCHEME_CHANGE: Permission = Permission("scheme.change");

const OFFICER: &[Permission] =
    &[EVALUATION_READ, EVALUATION_START, CAMPAIGN_START, DEPARTMENT_KEEP, DUTY_EXTEND, RECTIFICATION_REVIEW, FUND_KEEP];
const PAPER: &[Permission] = &[PAPER_ENTER, PAPER_HAND_OUT];

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
        // Officers answer what members say in evaluations that their own level runs.
        .allow("city_officer", &[OPINION_ANSWER, OPINION_MODERATE])
        .allow("county_officer", &[OPINION_ANSWER, OPINION_MODERATE])
        .allow("town_officer", &[OPINION_ANSWER, OPINION_MODERATE])
        .allow("chair", &[OPINION_ANSWER])
        .allow("vice_chair", &[EVALUATION_READ])
        .allow("city_officer", &[PAPER_ENTER])
        .allow("county_officer", &[PAPER_ENTER])
        .allow("town_officer", PAPER)
        .allow("chair", PAPER)
        .allow("vice_chair", PAPER)
}

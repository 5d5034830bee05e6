//! Points of unions: where the money comes from, who gets it, and the proof that it is all there.
//!
//! A union opens a *budget* for a year and a purpose ([`budget`]). Money comes into it from a *bank line* ([`bank`]), and
//! goes to members by a *batch* ([`issue`]) or by a *rule* that answers events ([`rule`]); what nobody spends comes back
//! ([`expiry`]). The money itself is the ledger's alone: everything here orders it and points to its transfers.
//!
//! Invariants:
//! * nobody issues above a budget: what was released is promised out of it (`reserved_cents`), in one statement that sees
//!   what is there, and the floor of the budget's account stands behind it;
//! * a bank line stands behind one top-up at the most, a person gets a batch once, a rule answers an event once: unique
//!   indexes, and orders whose ids follow from what they are for ([`key`]);
//! * who asks for money does not approve it: one approval by another person at least, more by the amount ([`approval`]);
//! * an event that gives nothing leaves a row that says why.

pub mod approval;
pub mod audit;
pub mod bank;
pub mod book;
pub mod budget;
pub mod day;
pub mod expiry;
pub mod issue;
pub mod key;
mod limit;
mod paper;
mod parameters;
pub mod purpose;
pub mod rule;
mod table;
mod text;
pub mod wallet;

use kernel::Routes;
use kernel::error::RefusalKind;
use kernel::job::Jobs;

pub use parameters::PARAMETERS;

/// Every route of the slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .merge(purpose::routes())
        .merge(book::routes())
        .merge(budget::routes())
        .merge(bank::routes())
        .merge(approval::routes())
        .merge(issue::routes())
        .merge(rule::routes())
        .merge(expiry::routes())
        .merge(audit::routes())
        .merge(day::routes())
        .merge(wallet::routes())
}

/// What the slice carries out beside the requests.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    audit::jobs(expiry::jobs(rule::jobs(issue::jobs(jobs))))
}

/// Every refusal of the slice.
#[must_use]
pub fn refusals() -> Vec<&'static RefusalKind> {
    [
        approval::REFUSALS,
        audit::REFUSALS,
        audit::stop::REFUSALS,
        bank::REFUSALS,
        bank::balance::REFUSALS,
        bank::outgoing::REFUSALS,
        book::REFUSALS,
        budget::REFUSALS,
        issue::REFUSALS,
        issue::correction::REFUSALS,
        issue::evidence::REFUSALS,
        rule::REFUSALS,
        table::REFUSALS,
        text::REFUSALS,
    ]
    .concat()
}

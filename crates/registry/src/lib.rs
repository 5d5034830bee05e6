//! The first floor above the kernel: who exists (divisions, unions, employers,
//! persons), who belongs (memberships, officers) and who may act (accounts,
//! roles). `member` is the slice to copy as an example.
#![forbid(unsafe_code)]

pub mod access;
pub mod account;
pub mod codes;
pub mod delegate;
pub mod division;
pub mod employer;
pub mod export;
pub mod import;
pub mod member;
pub mod organization;
pub mod parameters;
pub mod person;
pub mod schema;
pub mod segment;
pub mod staff;
pub mod system;
pub mod takeover;
pub mod testing;
pub mod todo;

use kernel::Routes;
use kernel::error::RefusalKind;

pub use schema::migrations;

/// Every route of the registry.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("registry")
        .merge(division::routes())
        .merge(organization::routes())
        .merge(delegate::routes())
        .merge(employer::routes())
        .merge(export::routes())
        .merge(import::routes())
        .merge(person::routes())
        .merge(member::routes())
        .merge(segment::routes())
        .merge(account::routes())
        .merge(staff::routes())
        .merge(system::routes())
        .merge(takeover::routes())
        .merge(todo::routes())
}

/// What the registry carries out beside the requests.
#[must_use]
pub fn jobs(jobs: kernel::job::Jobs) -> kernel::job::Jobs {
    export::jobs(employer::jobs(import::jobs::jobs(member::overdue::jobs(jobs))))
}

/// Every refusal of the registry, for the code list.
#[must_use]
pub fn refusals() -> Vec<&'static RefusalKind> {
    [
        // One slice a line, so that slices can be added side by side.
        account::REFUSALS,
        delegate::REFUSALS,
        employer::REFUSALS,
        export::REFUSALS,
        import::REFUSALS,
        import::register::REFUSALS,
        member::REFUSALS,
        organization::REFUSALS,
        person::REFUSALS,
        person::mandate::REFUSALS,
        segment::REFUSALS,
        staff::REFUSALS,
        system::REFUSALS,
        takeover::REFUSALS,
    ]
    .concat()
}

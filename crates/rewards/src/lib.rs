//! Points that pay: a double-entry ledger, and on top of it what unions issue, merchants take and the city settles.
#![forbid(unsafe_code)]

pub mod access;
pub mod cashier;
pub mod counter;
pub mod dispute;
pub mod ledger;
pub mod merchant;
pub mod parameters;
pub mod points;
pub mod schema;
pub mod settlement;
mod sheets;
pub mod shop;
pub mod testing;

use kernel::Routes;
use kernel::error::RefusalKind;
use kernel::job::Jobs;

pub use access::policy;
pub use parameters::parameters;
pub use points::audit::stop::watch::watch;
pub use schema::migrations;

/// Every route of the floor.
#[must_use]
pub fn routes() -> Routes {
    // One slice a line, so that slices can be added side by side.
    Routes::new("rewards")
        .merge(merchant::routes())
        .merge(shop::routes())
        .merge(cashier::routes())
        .merge(counter::routes())
        .merge(dispute::routes())
        .merge(points::routes())
        .merge(settlement::routes())
}

/// What the floor carries out beside the requests.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    // One slice a line.
    let jobs = settlement::jobs(jobs);
    let jobs = counter::jobs(jobs);
    points::jobs(ledger::jobs(jobs))
}

/// Every refusal of the floor, for the code list.
#[must_use]
pub fn refusals() -> Vec<&'static RefusalKind> {
    [
        // One slice a line.
        cashier::REFUSALS,
        counter::REFUSALS,
        dispute::REFUSALS,
        ledger::REFUSALS,
        merchant::REFUSALS,
        points::refusals().as_slice(),
        settlement::REFUSALS,
        shop::REFUSALS,
    ]
    .concat()
}

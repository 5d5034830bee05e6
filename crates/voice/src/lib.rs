//! What members say, and what comes of it: duty reports with evaluation, opinions
//! and rectification (述职评议), and consultation (问卷、征集).
#![forbid(unsafe_code)]

pub mod access;
pub mod appraisal;
pub mod ballot;
pub mod consultation;
pub mod department;
pub mod duty;
pub mod fund;
pub mod honesty;
pub mod instrument;
pub mod opinion;
pub mod paper;
pub mod parameters;
pub mod poll;
pub mod rectification;
pub mod reminder;
pub mod report;
pub mod result;
pub mod schema;
pub mod scheme;
pub mod testing;

use kernel::Routes;
use kernel::error::RefusalKind;

pub use access::policy;
pub use parameters::PARAMETERS;
pub use schema::migrations;

/// Every route of the floor.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("voice")
        .merge(scheme::routes())
        .merge(appraisal::routes())
        .merge(poll::routes())
        .merge(opinion::routes())
        .merge(report::routes())
        .merge(result::routes())
        .merge(duty::routes())
        .merge(rectification::routes())
        .merge(reminder::routes())
        .merge(paper::routes())
        .merge(honesty::routes())
        .merge(fund::routes())
        .merge(consultation::routes())
        .merge(department::routes())
}

/// What the floor carries out beside the requests.
#[must_use]
pub fn jobs(jobs: kernel::job::Jobs) -> kernel::job::Jobs {
    let jobs = appraisal::jobs(poll::jobs(ballot::key::jobs(jobs)));
    let jobs = reminder::jobs(rectification::jobs(opinion::jobs(duty::jobs(jobs))));
    consultation::jobs(jobs)
}

/// Every refusal of the floor, for the code list.
#[must_use]
pub fn refusals() -> Vec<&'static RefusalKind> {
    [
        // One slice a line, so that slices can be added side by side.
        appraisal::REFUSALS,
        ballot::REFUSALS,
        consultation::REFUSALS,
        department::REFUSALS,
        duty::REFUSALS,
        fund::REFUSALS,
        instrument::answer::REFUSALS,
        instrument::check::REFUSALS,
        opinion::REFUSALS,
        paper::REFUSALS,
        poll::REFUSALS,
        rectification::REFUSALS,
        report::REFUSALS,
        result::REFUSALS,
        scheme::REFUSALS,
    ]
    .concat()
}

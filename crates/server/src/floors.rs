//! The floors of the house in their order: what the program is made of. A new
//! crate is added here once, and its tables, routes, roles and refusals are part
//! of everything.

use std::sync::Arc;

use kernel::access::Policy;
use kernel::error::RefusalKind;
use kernel::job::{self, Jobs};
use kernel::notice::{self, SmsPort};
use kernel::parameter::Parameter;
use kernel::{Migration, Routes};

/// Every schema step; a floor's tables refer only to tables of floors before it.
pub fn migrations() -> Vec<Migration> {
    [kernel::schema::migrations(), registry::migrations(), voice::migrations(), rewards::migrations()].concat()
}

/// Every route.
pub fn routes() -> Routes {
    registry::routes().merge(voice::routes()).merge(rewards::routes())
}

/// Every dated parameter; first values are written where there are none.
pub fn parameters() -> Vec<Parameter> {
    let rewards = rewards::parameters();
    [kernel::parameter::KERNEL, registry::parameters::PARAMETERS, voice::PARAMETERS, rewards.as_slice()].concat()
}

/// What is carried out beside the requests.
pub fn jobs(sms: Arc<dyn SmsPort>) -> Jobs {
    rewards::jobs(voice::jobs(registry::jobs(notice::deliver_sms(job::housekeeping(Jobs::new()), sms))))
}

/// Every role and what it may do.
pub fn policy() -> Policy {
    rewards::policy(voice::policy(registry::access::policy(Policy::new())))
}

/// Every refusal, for the code list.
pub fn refusals() -> Vec<&'static RefusalKind> {
    [registry::codes::all(), voice::refusals(), rewards::refusals()].concat()
}

//! The floors of the house in their order: what the program is made of. A new
//! crate is added here once, and its tables, routes, roles and refusals are part
//! of everything.

use kernel::access::Policy;
use kernel::{Migration, Routes};

/// Every schema step; a floor's tables refer only to tables of floors before it.
pub fn migrations() -> Vec<Migration> {
    [kernel::schema::migrations(), registry::migrations()].concat()
}

/// Every route.
pub fn routes() -> Routes {
    registry::routes()
}

/// Every role and what it may do.
pub fn policy() -> Policy {
    registry::access::policy(Policy::new())
}

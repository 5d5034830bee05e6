//! Persons: one record each, whoever they are to the federation.

pub mod entity;
pub mod index_entity;
pub mod mandate_entity;

use kernel::Routes;

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("person")
}

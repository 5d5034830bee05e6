//! Persons: one record each, whoever they are to the federation.

pub mod entity;
pub mod id_number;
pub mod index_entity;
pub mod mandate_entity;
pub mod name;
pub mod phone;

use kernel::Routes;

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("person")
}

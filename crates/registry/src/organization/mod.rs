//! Unions: the tree from the city federation down to the shop floor.

pub mod employer_link;
pub mod entity;
pub mod join_link_entity;
pub mod officer_entity;

use kernel::Routes;

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("organization")
}

//! Membership and joining.

pub mod application_entity;
pub mod draft_entity;
pub mod entity;

use kernel::Routes;

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("member")
}

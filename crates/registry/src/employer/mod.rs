//! Employers, by unified social credit code (GB 32100).

pub mod entity;
pub mod uscc;

use kernel::Routes;

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("employer")
}

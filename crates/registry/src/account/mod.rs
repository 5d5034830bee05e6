//! Accounts and sign-in.

pub mod code_entity;
pub mod consent_entity;
pub mod entity;

use kernel::Routes;

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("account")
}

//! The divisions of the city (GB/T 2260 and GB/T 10114), as dated rows.

pub mod data;
pub mod entity;

use kernel::Routes;

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("division")
}

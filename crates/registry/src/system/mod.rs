//! Rooms of the administrators: events, parameters, calendar, messages.

use kernel::Routes;

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("system")
}

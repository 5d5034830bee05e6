//! Tables of the floor.

use kernel::Migration;

/// All steps, oldest first.
#[must_use]
pub fn migrations() -> Vec<Migration> {
    Vec::new()
}

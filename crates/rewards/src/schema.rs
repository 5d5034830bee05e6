//! Tables of the floor. Money stands in the ledger alone; what other slices keep points to its transfers.

mod ledger;
mod points;

use kernel::Migration;

/// All steps, oldest first.
#[must_use]
pub fn migrations() -> Vec<Migration> {
    vec![
        // One slice a line.
        Migration { name: "rewards_0001_ledger", sql: ledger::LEDGER },
        Migration { name: "rewards_0002_points", sql: points::POINTS },
    ]
}

//! What is published of every day of the ledger: one root a book, for everybody, without signing in
//! ([`crate::ledger::day`] says how it is made). Figures alone: no person, no amount, no account.
//!
//! Whoever writes a root down can tell later whether a member's slip ([`crate::points::wallet`]) is in it.

mod list;
mod row;
mod show;

use kernel::Routes;

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .get("/api/points/days", "Lists the sealed days of the ledger, newest first")
        .public()
        .runs(list::list)
        .get("/api/points/days/{day}", "Shows what was sealed of a day of the ledger")
        .public()
        .runs(show::show)
}

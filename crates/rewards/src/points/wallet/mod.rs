//! A member's own points: what she has, what ends when, where each came from and where each went.
//!
//! Who she is follows from her session alone; no address names a person.

mod entries;
mod lots;
mod show;
mod slip;
mod statement;
mod statement_file;

use kernel::{Cx, Error, Id, Result, Routes};

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .get("/api/wallet", "Shows the caller's own points")
        .signed_in()
        .runs(show::show)
        .get("/api/wallet/entries", "Lists what came into the caller's own wallet and went out of it")
        .signed_in()
        .runs(entries::entries)
        .get("/api/wallet/statement", "Tells a month of the caller's own points")
        .signed_in()
        .runs(statement::statement)
        .download("/api/wallet/statement/file", "Hands out a month of the caller's own points")
        .signed_in()
        .sends(statement_file::file)
        .get("/api/wallet/slips/{transfer_id}", "Shows slips of the caller's own transfer and of what went back of it")
        .signed_in()
        .runs(slip::slips)
}

/// The person of the caller.
///
/// # Errors
/// `auth.required`; `not_found` for an account that is nobody's yet.
fn own(cx: &Cx) -> Result<Id> {
    cx.caller.account()?;
    cx.caller.person_id().ok_or_else(Error::not_found)
}

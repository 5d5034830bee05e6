//! Lines of money that went out at the bank. They move nothing in the ledger: what the bank paid to merchants is told by its
//! answer to a settlement (`settlement::reconcile`), and what went back to a funder is matched here to the line that paid
//! it. A line that is neither is what somebody has to explain, and shows in the proof against the bank.
//!
//! Invariants (triggers and keys of the tables): a line is never changed; it pays one request to return money, of its book
//! and to the fen, and a request is paid once.

mod add;
pub mod entity;
mod list;
mod pay;

use kernel::Routes;

use crate::access::BANK_KEEP;

pub use add::{enter, find, says};

kernel::refusals! {
    /// The line or the request was matched before, they are of two books, of two amounts, or the request is not approved.
    BANK_OUTGOING_FITS = "bank_outgoing.fits", CONFLICT, "这笔支出和这笔退回对不上：金额、账套要一致，退回要已经审批，而且都还没有对应过；请刷新页面后再选。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .get("/api/points/bank-outgoing", "Lists money that went out at the bank")
        .requires(BANK_KEEP)
        .runs(list::list)
        .post("/api/points/bank-outgoing", "Enters a line of money that went out at the bank")
        .requires(BANK_KEEP)
        .runs(add::add)
        .post(
            "/api/points/bank-outgoing/{outgoing_id}/match",
            "Matches money that went out to a request to return money",
        )
        .requires(BANK_KEEP)
        .runs(pay::pay)
}

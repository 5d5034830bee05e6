//! What was at the bank when a day ended, by book: what the ledger is held against (`audit::compare`).
//!
//! A balance comes from the column of an uploaded file, or an officer types it and another person looks at it beside the
//! bank's own paper (`check`). It is put right by a new one that names the old one and says why, and counts
//! until the new one was looked at.
//!
//! Invariants (keys, CHECKs and triggers of the table): a balance is never changed, only looked at, once, and by another
//! person than who typed it; a day of a book has one balance of a number.

mod check;
mod correct;
mod enter;
pub mod entity;
mod list;
pub mod rules;
mod waiting;

use kernel::Routes;

use crate::access::{BANK_KEEP, POINTS_AUDIT};

pub use enter::{Told, enter_told};
pub use list::{BankBalanceRow, Standing, standing};
pub use waiting::source;

kernel::refusals! {
    /// The day has a balance.
    BANK_BALANCE_KNOWN = "bank_balance.known", CONFLICT, "这一天已经登记过银行余额；金额不对的，请在那一条上选“更正”。";
    /// The balance was put right meanwhile.
    BANK_BALANCE_REPLACED = "bank_balance.replaced", CONFLICT, "这条余额已经有人更正过，请刷新页面，在最新的一条上办理。";
    /// The balance was looked at or put right meanwhile, or the bank's file says it.
    BANK_BALANCE_CHECKED = "bank_balance.checked", CONFLICT, "这条余额不用再复核：已经有人复核或者更正过，请刷新页面查看。";
    /// Who typed it does not look at it.
    BANK_BALANCE_OWN = "bank_balance.own", FORBIDDEN, "自己登记的银行余额不能自己复核，请另一位同志对照银行对账单复核。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .get("/api/points/bank-balances", "Lists what was at the bank when days ended")
        .requires(BANK_KEEP)
        .runs(list::list)
        .post("/api/points/bank-balances", "Enters what was at the bank when a day ended")
        .requires(BANK_KEEP)
        .runs(enter::enter)
        .post("/api/points/bank-balances/{balance_id}/correct", "Puts a balance right by a new one")
        .requires(BANK_KEEP)
        .runs(correct::correct)
        .post(
            "/api/points/bank-balances/{balance_id}/check",
            "Says that a balance typed by another person is the bank's",
        )
        .requires(POINTS_AUDIT)
        .runs(check::check)
}

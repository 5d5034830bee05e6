//! What the bank says of its account: money that came in, on which every top-up stands; money that went out ([`outgoing`]);
//! and what was there when a day ended ([`balance`]). Entered one by one, or uploaded as the bank gives it out.
//!
//! A line has a number that the bank gave it, once in a book: the same file twice adds nothing, and a line that says
//! something else under a known number is refused. A line of a file that has no number gets one from day, amount, payer and
//! its place among its equals ([`rules::number`]). Lines are never changed.

mod add;
pub mod balance;
pub mod entity;
mod list;
pub mod outgoing;
pub mod rules;
mod template;
mod upload;

use kernel::Routes;

use crate::access::BANK_KEEP;

pub use add::{enter, find};
pub use list::payouts_back;
pub use upload::RowFault;

/// Whether a row of `bank_line` is a payment to a merchant that came back: the settlement knows it by its answer of the bank,
/// of the same amount and number, or with the reference of the payment. The ledger owes it to the merchant again, and it is
/// no money for a budget.
pub const PAYOUT_BACK: &str = "EXISTS (SELECT 1 FROM bank_statement_line l JOIN settlement_item i ON i.id = l.item_id
    WHERE i.book_id = bank_line.book_id AND l.class = 'returned' AND l.cents = bank_line.amount_cents
        AND ((l.serial <> '' AND l.serial = bank_line.number) OR bank_line.note LIKE '%' || l.reference || '%'))";

/// What uploaded files of the bank are for.
pub const PURPOSE: &str = "points.bank";

kernel::refusals! {
    /// A line with this number says something else.
    BANK_LINE_OTHER = "bank_line.other", CONFLICT, "这个流水号已经登记过，但日期、金额或对方户名不同，请核对银行流水。";
    /// A line with this number is there.
    BANK_LINE_KNOWN = "bank_line.known", CONFLICT, "这个流水号已经登记过，不用再登记。";
    /// The line is a payment to a merchant that came back.
    BANK_LINE_PAYOUT_BACK = "bank_line.payout_back", CONFLICT, "这笔收入是结算付款退回来的钱，已经重新记为应付商户，不能记入预算；请选择另一笔。";
    /// The number, day, amount or other party cannot be taken.
    BANK_LINE_FORM = "bank_line.form", UNPROCESSABLE_ENTITY, "流水的内容填写不对，请按提示改正后再登记。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .get("/api/points/bank-lines", "Lists lines of the bank account")
        .requires(BANK_KEEP)
        .runs(list::list)
        .post("/api/points/bank-lines", "Enters a line of the bank account")
        .requires(BANK_KEEP)
        .runs(add::add)
        .upload("/api/points/bank-lines/files", "Takes a file of the bank with its lines")
        .requires(BANK_KEEP)
        .receives(upload::upload)
        .download("/api/points/bank-lines/template/{format}", "Hands out an empty table for lines of the bank")
        .requires(BANK_KEEP)
        .sends(template::template)
        .merge(outgoing::routes())
        .merge(balance::routes())
}

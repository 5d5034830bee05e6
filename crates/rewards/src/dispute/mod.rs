//! Disputes (争议) about payments: a member or a merchant says what is wrong, the other side answers, the union that
//! contracts decides by a day.
//!
//! The clock counts working days (a dated parameter) and prints how its last day came about. The merchant sees the
//! payment and what is said, never who the member is.
//!
//! A decision moves no points by itself: where it is *refund*, it says how much and by when (a dated parameter), and the
//! shop refunds as always, also when the days for that are over. Until so much went back, the merchant and the member see
//! it as open, and the union once its day is over ([`refund`]).
//!
//! Invariants: one open dispute a payment; what was said, and what was decided, is never changed; no decision sends back
//! more than is left of the payment; only the member who paid, the merchant that was paid and the union that contracts see
//! it.

mod answer;
pub mod entity;
mod find;
mod list;
mod open;
pub mod refund;
mod refund_entity;
mod rules;
mod settle;
mod show;
mod waiting;
mod word_entity;
mod words;

use kernel::Routes;

use crate::merchant::access::{DISPUTE_DECIDE, MERCHANT_READ};

pub use waiting::source;

kernel::refusals! {
    /// The payment has an open dispute.
    DISPUTE_TWICE = "dispute.twice", CONFLICT, "这笔支付已经有一个争议在处理，请打开它补充说明。";
    /// The payment is too old.
    DISPUTE_OLD = "dispute.old", UNPROCESSABLE_ENTITY, "这笔支付已经超过可以提出争议的期限，请直接联系门店或者所在工会。";
    /// The dispute is over.
    DISPUTE_CLOSED = "dispute.closed", CONFLICT, "这个争议已经办结或者撤回，请刷新页面看结果。";
    /// The merchant has not answered, and its days are not over.
    DISPUTE_WAIT = "dispute.wait", CONFLICT, "商户和会员还没有都说明情况，请等对方答复，或者到期以后再决定。";
    /// Nothing, or more than is left of the payment, would go back.
    DISPUTE_AMOUNT = "dispute.amount", UNPROCESSABLE_ENTITY, "退款金额要大于零，并且不超过这笔支付还能退的积分；已经全部退过的，请选别的处理结果。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("dispute")
        .post("/api/disputes", "Disputes a payment, as the member who paid or the merchant that was paid")
        .signed_in()
        .runs(open::open)
        .get("/api/disputes", "Lists the caller's own disputes, the newest first")
        .signed_in()
        .runs(list::mine)
        .get("/api/shop/merchants/{merchant_id}/disputes", "Lists disputes about a merchant, for its manager")
        .signed_in()
        .runs(list::of_merchant)
        .get("/api/desk-disputes", "Lists disputes in the caller's scope, by their last days")
        .requires(MERCHANT_READ)
        .runs(list::desk)
        .get("/api/disputes/{dispute_id}", "Shows a dispute with everything that was said")
        .signed_in()
        .runs(show::show)
        .post("/api/disputes/{dispute_id}/answer", "Adds what one side says")
        .signed_in()
        .runs(answer::answer)
        .post("/api/disputes/{dispute_id}/withdraw", "Withdraws the caller's own dispute")
        .signed_in()
        .runs(answer::withdraw)
        .post("/api/disputes/{dispute_id}/settle", "Decides what comes of a dispute")
        .requires(DISPUTE_DECIDE)
        .runs(settle::settle)
}

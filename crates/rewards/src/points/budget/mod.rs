//! Budgets: a union's money for a year and a purpose, and how it comes in and goes back.
//!
//! Money comes in by a bank line that somebody matched (`top_up`) and somebody else approved, and goes back to where it
//! came from the same way (`give_back`; a line of the bank then shows that it was paid, [`backs`]), or to another budget of
//! its book (`allocate`). What a released batch is going to
//! issue, and what is asked to leave, is promised out of the budget ([`reserve`]), so that nobody else can issue it
//! meanwhile.
//!
//! Invariants:
//! * one budget of a union, year and purpose in a book: a unique index;
//! * one statement compares what is promised with what is there and promises more: of a hundred who ask at once for a
//!   budget of sixty, sixty get it;
//! * a bank line is matched once, and only in full.

mod allocate;
pub mod allocated;
pub mod allocation_entity;
pub mod backs;
mod carry_out;
pub mod entity;
pub mod figures;
pub mod funding_entity;
mod give_back;
mod list;
pub mod one;
mod open;
mod reach;
mod reserve;
pub mod rules;
mod top_up;

use kernel::Routes;

use crate::access::{BANK_KEEP, BUDGET_KEEP, POINTS_READ};

pub use allocated::{allocation_returned, carry_out_allocation};
pub use carry_out::{carry_out, returned};
pub use list::{BudgetRow, shaped};
pub use open::{NewBudget, enter};
pub use reach::load;
pub use reserve::{release, reserve};
pub use top_up::enter as enter_top_up;

kernel::refusals! {
    /// The union has a budget for this year and purpose.
    BUDGET_TWICE = "budget.twice", CONFLICT, "这一年这个用途已经开过预算，请打开它继续办理。";
    /// The year is neither last year, this one nor the next.
    BUDGET_YEAR = "budget.year", UNPROCESSABLE_ENTITY, "预算年度只能是去年、今年或明年，请重新选择。";
    /// There is no such purpose.
    BUDGET_PURPOSE = "budget.purpose", UNPROCESSABLE_ENTITY, "没有这个用途，请从列表里选择。";
    /// Less is left in the budget than is asked for.
    BUDGET_SHORT = "budget.short", CONFLICT, "预算余额不够：请减少金额，或者先请市总工会把到账的经费记入这个预算。";
    /// Both budgets are the same one.
    BUDGET_SAME = "budget.same", UNPROCESSABLE_ENTITY, "调出和调入是同一本预算，请选择另一本预算。";
    /// The budgets belong to two books.
    BUDGET_OTHER_BOOK = "budget.other_book", UNPROCESSABLE_ENTITY, "这两本预算不在同一本账里，钱不能跨账套调剂，请选择同一账套的预算。";
    /// The bank line was matched before.
    BUDGET_LINE_MATCHED = "budget.line_matched", CONFLICT, "这笔银行流水已经对应过预算，请刷新页面后选择另一笔。";
    /// The bank line belongs to another book than the budget.
    BUDGET_LINE_BOOK = "budget.line_book", UNPROCESSABLE_ENTITY, "这笔银行流水和这个预算不在同一本账里，请重新选择预算。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .get("/api/points/budgets", "Lists budgets in the caller's scope")
        .requires(POINTS_READ)
        .runs(list::list)
        .post("/api/points/budgets", "Opens a budget of a union for a year and a purpose")
        .requires(BUDGET_KEEP)
        .runs(open::open)
        .get("/api/points/budgets/{budget_id}", "Shows a budget with what came in, went out and is promised")
        .requires(POINTS_READ)
        .runs(one::one)
        .post("/api/points/budgets/{budget_id}/give-back", "Asks to return the rest of a budget to where it came from")
        .requires(BUDGET_KEEP)
        .runs(give_back::give_back)
        .post("/api/points/budgets/{budget_id}/allocate", "Asks to move money to another budget of the same book")
        .requires(BUDGET_KEEP)
        .runs(allocate::allocate)
        .get(
            "/api/points/give-backs",
            "Lists money that went back out of a book, with the lines of the bank that paid it",
        )
        .requires(BANK_KEEP)
        .runs(backs::list)
        .post("/api/points/bank-lines/{bank_line_id}/match", "Asks to put a bank line into a budget")
        .requires(BANK_KEEP)
        .runs(top_up::top_up)
}

//! Statements and settlement (对账、结算): what merchants took, and how they are paid.
//!
//! *Statements.* After midnight a day of a book is cut at a number of its transfers ([`cut`]); what merchants took
//! between two cuts is their statement of that day, by shop and by the union whose points were spent. Nothing ever falls
//! behind a cut: what is late, a refund above all, stands in the next statement. A statement can be computed again from
//! the ledger at any time and gives the same bytes.
//!
//! *Settlement.* What a merchant is owed is the sum of its statements up to a day less what was paid to it. An officer
//! locks a settlement, it is checked against the ledger, another person releases it, the bank file is taken (with a
//! reason, since it holds whole account numbers), and what the bank says comes back as a file. Lines that agree are paid
//! at once: the ledger moves the amount from the merchant to custody in the same transaction. What does not agree is a
//! difference with a to-do; money moves by it only when a second person says so.
//!
//! Invariants (constraints and triggers of the tables):
//! * the lines of a statement sum to it, and it to the ledger, without a fen of rest;
//! * a merchant has one settlement under way in a book; an item is paid once and returned once, under ids of transfers
//!   that were made with the item, so that a crash between bank file and payment changes nothing;
//! * who made or checked a settlement does not release it; who proposed a correction does not decide it;
//! * statements, payments and what the bank said are never changed.

mod approve;
mod bank_file;
mod bank_read;
mod check;
pub mod classify;
pub mod cut;
mod difference;
pub mod difference_entity;
mod drop;
mod effect;
pub mod entity;
mod find;
mod gather;
pub mod item_entity;
mod list;
mod make;
mod one;
mod owed;
mod prove;
mod reconcile;
mod rules;
pub mod statement_entity;
mod statement_file;
pub mod statement_line_entity;
mod statement_list;
mod statement_show;
mod waiting;

use kernel::Routes;
use kernel::app::App;
use kernel::job::{Every, Jobs};

use crate::merchant::access::{SETTLEMENT_APPROVE, SETTLEMENT_READ, SETTLEMENT_RUN};

pub use waiting::source;

kernel::refusals! {
    /// The day is not over, or its statements are not made yet.
    SETTLEMENT_DAY = "settlement.day", UNPROCESSABLE_ENTITY, "只能结算到昨天或者更早，当天的对账单要到次日才出；请改选日期。";
    /// Nobody is owed anything up to that day.
    SETTLEMENT_NOTHING = "settlement.nothing", CONFLICT, "到这一天没有可以结算的商户：可能都已结清，或者已在另一批结算中。";
    /// What is asked does not fit the state of the settlement.
    SETTLEMENT_STATE = "settlement.state", CONFLICT, "这批结算现在的状态不能这样办，请刷新页面看最新状态。";
    /// The person who made or checked it may not release it; who proposed a correction may not decide it.
    SETTLEMENT_OWN = "settlement.own", FORBIDDEN, "不能批准自己制单、核对或者提出的内容，请由另一位有权限的同志办理。";
    /// The settlement does not agree with the ledger.
    SETTLEMENT_CHECK = "settlement.check", CONFLICT, "这批结算和账本对不上，请作废以后重新制单；仍不一致的，请告诉系统管理员。";
    /// The very same file of the bank was uploaded before.
    SETTLEMENT_FILE_TWICE = "settlement.file_twice", CONFLICT, "这份银行回单已经上传过，没有重复处理；请看核对结果。";
    /// The file of the bank has no row, too many rows, or no heading that is known.
    SETTLEMENT_FILE = "settlement.file", UNPROCESSABLE_ENTITY, "没有认出银行回单，请检查有没有付款编号、金额、状态这几列。";
    /// The difference was dealt with meanwhile.
    SETTLEMENT_DIFFERENCE = "settlement.difference", CONFLICT, "这条差异已经有人办过，请刷新页面看结果。";
    /// What is proposed does not fit the difference.
    SETTLEMENT_ACTION = "settlement.action", UNPROCESSABLE_ENTITY, "这种差异不能这样处理，请按页面给出的办法选择。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    settlements(statements(Routes::new("settlement")))
}

fn statements(routes: Routes) -> Routes {
    routes
        .get("/api/merchants/{merchant_id}/statements", "Lists daily statements of a merchant, the newest first")
        .signed_in()
        .runs(statement_list::list)
        .get("/api/statements/{statement_id}", "Shows a daily statement by shop and issuing union")
        .signed_in()
        .runs(statement_show::show)
        .download("/api/statements/{statement_id}/file", "Hands out a daily statement, the same bytes each time")
        .signed_in()
        .sends(statement_file::file)
        .get("/api/statements/{statement_id}/proof", "Computes a statement again from the ledger and compares")
        .requires(SETTLEMENT_READ)
        .runs(prove::prove)
}

fn settlements(routes: Routes) -> Routes {
    routes
        .get("/api/settlements", "Lists settlements, the newest first")
        .requires(SETTLEMENT_READ)
        .runs(list::list)
        .get("/api/settlement-owed", "Tells what each merchant is owed up to a day")
        .requires(SETTLEMENT_READ)
        .runs(owed::owed)
        .post("/api/settlements", "Locks a settlement of what merchants are owed up to a day")
        .requires(SETTLEMENT_RUN)
        .runs(make::make)
        .get("/api/settlements/{settlement_id}", "Shows a settlement with items, differences and what the bank said")
        .requires(SETTLEMENT_READ)
        .runs(one::one)
        .post("/api/settlements/{settlement_id}/check", "Checks a settlement against the ledger")
        .requires(SETTLEMENT_RUN)
        .runs(check::check)
        .post("/api/settlements/{settlement_id}/approve", "Releases a settlement that other people made and checked")
        .requires(SETTLEMENT_APPROVE)
        .runs(approve::approve)
        .post("/api/settlements/{settlement_id}/drop", "Drops a settlement of which no bank file was taken")
        .requires(SETTLEMENT_RUN)
        .runs(drop::drop)
        .download("/api/settlements/{settlement_id}/bank-file", "Hands out the bank file; logged with its reason")
        .requires(SETTLEMENT_RUN)
        .sends(bank_file::bank_file)
        .upload("/api/settlements/{settlement_id}/bank-statement", "Reconciles what the bank says")
        .requires(SETTLEMENT_RUN)
        .receives(reconcile::reconcile)
        .post("/api/settlement-differences/{difference_id}/propose", "Proposes what is done about a difference")
        .requires(SETTLEMENT_RUN)
        .runs(difference::propose)
        .post("/api/settlement-differences/{difference_id}/decide", "Decides a correction that another person proposed")
        .requires(SETTLEMENT_APPROVE)
        .runs(difference::decide)
}

/// Days of the books are cut after midnight, and whenever one was missed.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.every("settlement.cut", Every::Minutes(10), |app: App| async move { cut::round(&app).await.map(|_| ()) })
}

//! For those who audit: the daily proof, closed months, and the way from any cent to its approval, evidence and bank line.
//!
//! * Every night it is written down that the ledger holds what it owes ([`proof`]), and what was at the bank when a day ended
//!   is held against what the ledger says must be there ([`compare`]).
//! * A month that is over is closed ([`close`]): its figures and their digest are never changed (a trigger), and whoever
//!   doubts them computes them again from the transfers ([`close::verify`]).
//! * An auditor that never sleeps looks at what moved, and stops a book whose figures do not agree ([`stop`]).
//! * Any account can be proven: its balance against its history, transfer by transfer ([`prove`]).
//!
//! A wallet has no name here: an auditor follows money, not a person.

mod account;
mod accounts;
pub mod close;
pub mod compare;
pub mod month;
pub mod proof;
pub mod prove;
pub mod reach;
mod statement;
mod statement_file;
pub mod stop;
pub mod sums;
mod trail;
mod transfer;

use kernel::Routes;
use kernel::app::App;
use kernel::job::{Every, Jobs};

use crate::access::{POINTS_AUDIT, POINTS_CLOSE, POINTS_READ};

kernel::refusals! {
    /// The text is no month.
    MONTH_FORM = "points_month.form", UNPROCESSABLE_ENTITY, "月份请写成 2026-11 的样子。";
    /// The month is not over, or one before it is still open.
    MONTH_OPEN = "points_month.open", CONFLICT, "这个月还没有结束，或者前面的月份还没有结账，请按月份顺序办理。";
    /// The month is closed.
    MONTH_CLOSED = "points_month.closed", CONFLICT, "这个月已经结账，数字不能再改，请查看结账结果。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .get("/api/points/proof", "Compares what the ledger holds with what it owes, and with what the bank says")
        .requires(POINTS_AUDIT)
        .runs(proof::proof)
        .get("/api/points/months", "Lists closed months")
        .requires(POINTS_AUDIT)
        .runs(close::list)
        .post("/api/points/months/{month}/close", "Closes a month that is over")
        .requires(POINTS_CLOSE)
        .runs(close::close)
        .get("/api/points/months/{month}/verify", "Computes the figures of a closed month again")
        .requires(POINTS_AUDIT)
        .runs(close::verify)
        .get("/api/points/statement", "Tells a month of a union's budgets")
        .requires(POINTS_READ)
        .runs(statement::statement)
        .download("/api/points/statement/file", "Hands out a month of a union's budgets")
        .requires(POINTS_READ)
        .sends(statement_file::file)
        .get("/api/ledger/accounts", "Lists accounts of the ledger")
        .requires(POINTS_AUDIT)
        .runs(accounts::accounts)
        .get("/api/ledger/accounts/{account_id}", "Shows an account of the ledger")
        .requires(POINTS_AUDIT)
        .runs(account::account)
        .get("/api/ledger/accounts/{account_id}/entries", "Lists what came into an account and went out of it")
        .requires(POINTS_AUDIT)
        .runs(account::entries)
        .get("/api/ledger/accounts/{account_id}/prove", "Proves the balance of an account against its history")
        .requires(POINTS_AUDIT)
        .runs(prove::prove)
        .get("/api/ledger/transfers/{transfer_id}", "Shows a transfer with its approval, evidence and bank line")
        .requires(POINTS_AUDIT)
        .runs(transfer::transfer)
        .merge(stop::routes())
}

/// What the slice carries out beside the requests.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    stop::jobs(jobs)
        .every("points.proof", Every::daily(0, 40), |app: App| async move { proof::write(&app).await.map(|_| ()) })
}

//! Results (评议结果): counted from the ballots, shown once, and recountable by anybody.
//!
//! * [`tally`]: counting, in whole numbers that every program reproduces;
//! * [`gate`]: what may be shown: nothing under five ballots, the whole exactly once, no small subgroup;
//!   [`groups`]: by the answer to one question what each scale came to, where an instrument has a breakdown;
//! * [`file`](mod@file): the published file: signed tokens, commitments and their root, one sorted column a question;
//!   [`line`](mod@line): how it is written without being held in memory;
//! * [`publish()`]: counts, gates, writes the file and the row, once;
//! * [`audit`]: the committee of the level above opens whole ballots against what was published; `audits` lists who did.
//!
//! The file is checked by programs that share nothing with this slice: the crate `zhigong-verifier` and
//! `web/shared/verify`.
//!
//! Invariants: no counter is stored, a result is a function of the ballots; a publication is never changed (triggers of
//! the table); before it nothing is told, and of fewer than five ballots nothing ever is.

pub mod audit;
mod audits;
pub mod block;
mod compare;
pub mod entity;
mod export;
pub mod file;
pub mod gate;
pub mod groups;
pub mod line;
mod list;
pub(crate) mod publish;
pub(crate) mod receipt;
#[cfg(test)]
pub(crate) mod sample;
mod show;
pub mod tally;
#[cfg(test)]
mod tests;
pub mod tokens;

use kernel::Routes;

use crate::access::EVALUATION_AUDIT;

pub use publish::{Outcome, publish};

/// What the file of a publication is for.
const PURPOSE: &str = "publication";

kernel::refusals! {
    /// The result is not out: the vote is on, or its last ballots are being shuffled in.
    RESULT_EARLY = "result.early", CONFLICT, "评议还没有结束，截止以后才统计并公布结果，请到时再来查看。";
    /// Fewer than five ballots came; nothing of them is told.
    RESULT_TOO_FEW = "result.too_few", NOT_FOUND, "这次评议收到的票太少，为保护投票人不公布结果；下次可以与其他工会联合评议。";
    /// What was typed is no tracker and no commitment.
    RECEIPT_FORM = "receipt.form", UNPROCESSABLE_ENTITY, "回执码是 12 位字母和数字，请对照投票完成页面重新填写。";
    /// No counted ballot has this tracker.
    RECEIPT_UNKNOWN = "receipt.unknown", NOT_FOUND, "已公布的票里没有这个回执码，请核对后再查；确认无误的，请拨打 12351 反映。";
    /// No counted ballot has this tracker, and some were left over at the close and destroyed.
    RECEIPT_LEFT_OVER = "receipt.left_over", NOT_FOUND, "已公布的票里没有这个回执码。这次截止时剩下不足 5 张票，没有别的票可以混在一起，为保密已经销毁、没有计入，您的票可能就在里面，不是您操作有误。请再核对一遍回执码有没有输错。";
    /// An audit needs a reason.
    AUDIT_REASON = "audit.reason", UNPROCESSABLE_ENTITY, "请写明开封复核的原因，2 到 200 字。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("result")
        .get("/api/results", "Lists published results, newest first")
        .public()
        .runs(list::list)
        .get("/api/evaluations/{evaluation_id}/result", "Shows the published result of an evaluation")
        .public()
        .runs(show::show)
        .download("/api/evaluations/{evaluation_id}/file", "Sends the published file, for anybody to recount")
        .public()
        .sends(export::export)
        .get(
            "/api/evaluations/{evaluation_id}/receipt",
            "Proves that a ballot is counted, by its tracker or commitment",
        )
        .anonymous()
        .runs(receipt::receipt)
        .post(
            "/api/evaluations/{evaluation_id}/audit",
            "Opens the ballots against what was published; tells only whether it fits",
        )
        .requires(EVALUATION_AUDIT)
        .runs(audit::audit)
        .get("/api/evaluations/{evaluation_id}/audits", "Lists who opened the ballots, when, why, and what came of it")
        .requires(EVALUATION_AUDIT)
        .runs(audits::audits)
}

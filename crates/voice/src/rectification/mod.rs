//! Rectification (整改): what an evaluation found is promised to be put right, and those who rated are asked whether it
//! was.
//!
//! A *problem* comes from the published ratings, from an opinion, from the chair himself or from the level above. The
//! *plan* (整改方案) promises a measure, an owner and a last day for each; it is due the same day next month. With it an
//! *item* (整改事项) begins for each problem: one attempt, a duty of its own. Evidence is entered, the item is *claimed*,
//! and the [`closure`] vote asks the electorate again. What is fixed is settled; what is not runs again as another
//! attempt. After the rounds that the parameter allows, and where fewer than five answered, the level above looks for
//! itself and says what it found. When every problem is fixed the rectification closes.
//!
//! Invariants:
//! * one rectification of an evaluation; a question or an opinion is one problem of it (unique constraints);
//! * one attempt at a problem runs at a time (unique index), and states only go forward (triggers);
//! * nothing that was filed is changed or deleted (triggers): a later plan stands beside the former one;
//! * the last day of what runs is a [`duty`](crate::duty): the plan cannot move it, only the level above can;
//! * everything but names and evidence is public, from the day on which it happened, what is overdue included.
//!
//! ```no_run
//! use voice::rectification::problem::{self, Source};
//!
//! # async fn example(tx: kernel::Tx, evaluation: kernel::Id, union: kernel::Id, opinion: kernel::Id) -> kernel::Result<()> {
//! problem::add(&tx, evaluation, union, Source::Opinion(opinion), "宿舍热水供应不足").await?;
//! # Ok(()) }
//! ```

mod case;
pub mod closure;
pub mod entity;
mod evidence;
pub mod evidence_entity;
pub mod file_entity;
mod found;
mod history;
pub mod item_entity;
mod list;
pub mod measure_entity;
mod plan;
pub mod plan_entity;
pub mod problem;
pub mod problem_entity;
mod review;
pub mod review_entity;
pub mod round;
mod rows;
pub mod rules;
mod settle;
mod show;

use kernel::Routes;
use kernel::app::App;
use kernel::job::{Every, Jobs};

use crate::access::{EVALUATION_READ, EVALUATION_START, RECTIFICATION_REVIEW};

kernel::refusals! {
    /// The voting is not over, so nothing can be put right yet.
    RECTIFICATION_EARLY = "rectification.early", CONFLICT, "这次评议还没有公布结果，公布后才能开展整改。";
    /// Nothing was found that must be put right.
    RECTIFICATION_NONE = "rectification.none", CONFLICT, "这次评议没有需要整改的问题；如有发现，请先添加问题。";
    /// Those above do not write a union's plan.
    RECTIFICATION_OWN = "rectification.own", FORBIDDEN, "整改由本工会办理，上级可以补充问题、延长期限和核查；请联系该工会。";
    /// Only the level above looks for itself.
    RECTIFICATION_ABOVE = "rectification.above", FORBIDDEN, "核查由上一级工会办理，请联系上一级工会。";
    /// Somebody else filed a plan meanwhile.
    RECTIFICATION_CHANGED = "rectification.changed", CONFLICT, "整改方案刚刚有新的版本，请刷新页面核对后再提交。";
    /// The plan does not answer every problem once.
    RECTIFICATION_PLAN = "rectification.plan", UNPROCESSABLE_ENTITY, "整改方案要逐个回应还没整改的问题，每个问题写一条措施；请刷新页面核对问题清单。";
    /// Words are missing, too long, or hold signs that are not allowed.
    RECTIFICATION_TEXT = "rectification.text", UNPROCESSABLE_ENTITY, "内容太短、太长或有特殊符号，请改好后再提交。";
    /// The last day of a promise is too near or too far.
    RECTIFICATION_DUE = "rectification.due", UNPROCESSABLE_ENTITY, "整改期限不在允许的天数之内，请重新选择。";
    /// The last day of what runs already was changed in a plan.
    RECTIFICATION_DUE_RUNNING = "rectification.due_running", UNPROCESSABLE_ENTITY, "已经在办的事项，期限只能由上级工会延长；请保留原来的期限，再联系上级说明理由。";
    /// The attempt is not in the state that this needs.
    RECTIFICATION_ITEM_STATE = "rectification.item_state", CONFLICT, "这一项现在的状态不能办这件事，请刷新页面查看最新状态。";
    /// Evidence is neither a picture nor a PDF.
    RECTIFICATION_FILE = "rectification.file", UNPROCESSABLE_ENTITY, "佐证材料请用图片（JPG、PNG、WebP）或 PDF，每个不超过 10 MB。";
    /// Too many files at once.
    RECTIFICATION_FILES = "rectification.files", UNPROCESSABLE_ENTITY, "一次最多附 9 个文件，请分几次提交。";
    /// Nothing is said to be done that could be asked about.
    CLOSURE_NONE = "closure.none", CONFLICT, "还没有报告完成的事项，请先报告整改完成，再请会员回访。";
    /// The electorate is being asked already.
    CLOSURE_ASKED = "closure.asked", CONFLICT, "回访正在进行，请等这次回访结束。";
    /// The round is not counted, or fewer than five answered.
    CLOSURE_EARLY = "closure.early", CONFLICT, "这次回访还没有结束，或者不足 5 票不公布；请在整改页面查看进展。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("rectification")
        .get("/api/evaluations/{evaluation_id}/rectification", "Shows what was found and whether it was put right")
        .public()
        .runs(show::show)
        .post("/api/evaluations/{evaluation_id}/rectification/problems", "Adds a problem by hand")
        .requires(EVALUATION_START)
        .runs(problem::add_by_hand)
        .post("/api/evaluations/{evaluation_id}/rectification/plan", "Files a plan or a later version of it")
        .requires(EVALUATION_START)
        .runs(plan::file)
        .upload("/api/evaluations/{evaluation_id}/rectification/files", "Takes a picture or PDF as evidence")
        .requires(EVALUATION_START)
        .receives(evidence::upload)
        .post("/api/evaluations/{evaluation_id}/rectification/ask", "Asks the electorate about what is said to be done")
        .requires(EVALUATION_START)
        .runs(closure::ask)
        .download("/api/closures/{poll_id}/file", "Sends the published file of a closure vote")
        .public()
        .sends(closure::export)
        .get("/api/closures/{poll_id}/receipt", "Proves that a ballot was counted in a closure vote")
        .anonymous()
        .runs(closure::receipt)
        .post("/api/rectifications/items/{item_id}/evidence", "Enters what was done, and that it is done")
        .requires(EVALUATION_START)
        .runs(evidence::enter)
        .post("/api/rectifications/items/{item_id}/review", "Enters what the level above found")
        .requires(RECTIFICATION_REVIEW)
        .runs(review::review)
        .download("/api/rectifications/files/{file_id}", "Sends a file of evidence to members and staff")
        .signed_in()
        .sends(evidence::download)
        .get("/api/rectifications", "Lists rectifications in the caller's scope, newest first")
        .requires(EVALUATION_READ)
        .runs(list::list)
        .get("/api/rectifications/reviews", "Lists what waits for a finding of the level above")
        .requires(RECTIFICATION_REVIEW)
        .runs(review::queue)
}

/// Adds the round that finds problems, asks the electorate and counts.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.every("rectification.round", Every::Minutes(1), |app: App| async move { round::round(&app).await })
}

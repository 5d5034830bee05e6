//! Batches: points for many at once.
//!
//! A batch is *prepared* first: who gets how much stands in its lines, taken from members that were named
//! (`create`, `activity`), from a list that was uploaded (`list`) or from a rule over the members of the union
//! (`segment`). Whoever made it looks at the preview and submits it; somebody else approves, which promises the whole sum
//! out of the budget ([`release`]); then a job issues line by line ([`run`]).
//!
//! Invariants:
//! * a person is one line of a batch (primary key), and a line is one order of the ledger, whose id follows from batch
//!   and person: a process killed at any moment goes on where it was, and nobody gets a batch twice;
//! * a chunk is one transaction behind a *fence*: orders, lines, counts and what is promised change together;
//! * what was released is not changed: triggers;
//! * when the budget does not suffice after all, the batch stops with the rest not issued, and says so;
//! * what was issued wrongly is taken back by another pair of people ([`correction`]);
//! * the papers behind a batch are added and never taken away ([`evidence`]).

mod batch;
pub mod batch_entity;
mod cancel;
pub mod correction;
mod create;
mod error_file;
pub mod evidence;
mod faults;
mod fence;
pub mod figures;
mod lines;
mod list;
pub mod one;
mod people;
pub mod prepare;
mod read;
mod release;
pub mod report;
pub mod rules;
pub mod run;
mod submit;
mod tell;
mod upload;
mod uses;

use kernel::Routes;
use kernel::app::App;
use kernel::job::Jobs;
use kernel::{Id, job};

use crate::access::{POINTS_ISSUE, POINTS_READ};

pub use batch::load;
pub use create::{NewBatch, enter};
pub use release::{release, returned};

/// What uploaded lists are for.
pub const PURPOSE: &str = "points.list";
/// The job that prepares a batch.
pub const PREPARE: &str = "issue.prepare";
/// The job that issues a batch.
pub const RUN: &str = "issue.run";

kernel::refusals! {
    /// The batch is in another state than this step needs.
    BATCH_STATE = "issue.state", CONFLICT, "这一批现在不能这样办，请刷新页面，看看它到了哪一步。";
    /// Nobody would get anything.
    BATCH_NOBODY = "issue.nobody", CONFLICT, "这一批没有可以发放的人，请检查名单或条件。";
    /// The last day lies too near or too far.
    BATCH_EXPIRES = "issue.expires", UNPROCESSABLE_ENTITY, "到期日要晚于今天，并且在十年以内，请重新选择。";
    /// Nobody, or too many, were named one by one.
    BATCH_PEOPLE = "issue.people", UNPROCESSABLE_ENTITY, "请选 1 到 500 位会员；更多的人，请上传名单或者按条件发放。";
    /// Somebody named is no member of the union.
    BATCH_MEMBER = "issue.member", UNPROCESSABLE_ENTITY, "选中的人里有的已经不是本工会会员，请刷新名单后重新选择。";
    /// A field of a batch does not suit its kind.
    BATCH_KIND = "issue.kind", UNPROCESSABLE_ENTITY, "发放方式和填写的内容对不上，请回到上一步重新选择。";
    /// A row names nobody who is a member here.
    LIST_NOT_MEMBER = "issue_list.not_member", UNPROCESSABLE_ENTITY, "姓名和证件号码（或手机号）对不上本工会的会员，请核对后重新填写。";
    /// A row says no amount.
    LIST_AMOUNT = "issue_list.amount", UNPROCESSABLE_ENTITY, "积分数额看不懂，请只写大于零的数字，最多两位小数。";
    /// A row has neither an ID number nor a phone.
    LIST_NUMBER = "issue_list.number", UNPROCESSABLE_ENTITY, "请填写证件号码或者手机号，用来对应会员本人。";
    /// Somebody stands in the list twice.
    LIST_TWICE = "issue_list.twice", UNPROCESSABLE_ENTITY, "这个人在名单里已经出现过，一批只发一次，请合并成一行。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .get("/api/points/batches", "Lists batches in the caller's scope")
        .requires(POINTS_READ)
        .runs(list::list)
        .post("/api/points/batches", "Makes a batch and prepares who gets how much")
        .requires(POINTS_ISSUE)
        .runs(create::create)
        .upload("/api/points/batches/files", "Takes a list of people and amounts")
        .requires(POINTS_ISSUE)
        .receives(upload::upload)
        .download("/api/points/batches/template/{format}", "Hands out an empty list")
        .requires(POINTS_ISSUE)
        .sends(upload::template)
        .get("/api/points/batches/people", "Lists members of a union to choose from")
        .requires(POINTS_ISSUE)
        .runs(people::people)
        .get("/api/points/batches/uses", "Lists what became of the points of each batch")
        .requires(POINTS_READ)
        .runs(uses::uses)
        .download("/api/points/batches/uses/{format}", "Hands out what became of the points of each batch")
        .requires(POINTS_READ)
        .sends(uses::file)
        .get("/api/points/batches/{batch_id}", "Shows a batch with its progress")
        .requires(POINTS_READ)
        .runs(one::one)
        .get("/api/points/batches/{batch_id}/lines", "Lists who gets how much")
        .requires(POINTS_ISSUE)
        .runs(lines::lines)
        .get("/api/points/batches/{batch_id}/faults", "Lists rows of the list that cannot be taken")
        .requires(POINTS_ISSUE)
        .runs(faults::faults)
        .download("/api/points/batches/{batch_id}/faults/{format}", "Hands out rows that cannot be taken, to be mended")
        .requires(POINTS_ISSUE)
        .sends(error_file::error_file)
        .get("/api/points/batches/{batch_id}/report", "Tells what became of the points of a batch")
        .requires(POINTS_READ)
        .runs(report::report)
        .post("/api/points/batches/{batch_id}/submit", "Submits a prepared batch for approval")
        .requires(POINTS_ISSUE)
        .runs(submit::submit)
        .post("/api/points/batches/{batch_id}/withdraw", "Withdraws a batch that was not released")
        .requires(POINTS_ISSUE)
        .runs(cancel::withdraw)
        .merge(correction::routes())
        .merge(evidence::routes())
}

/// What the slice carries out beside the requests.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    correction::jobs(jobs)
        .on(PREPARE, |app: App, id: Id| async move { prepare::carry(&app, id).await })
        .on(RUN, |app: App, id: Id| async move { run::carry(&app, id).await })
}

/// The job of a kind for a batch; the version makes it another one when it is tried again.
fn job_of(kind: &str, row: &batch_entity::Model) -> kernel::Result<job::New> {
    Ok(job::New::of(kind, row.id)?.once(format!("{kind}.{}.{}", row.id, row.version)))
}

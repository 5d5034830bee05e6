//! Corrections: points of a batch that were issued wrongly are taken back.
//!
//! Whoever issues for the union asks, with a reason, for all of a batch or for named people of it (`ask`), after a look
//! at what can still come back (`look`). Another person approves, more levels the more it is; then a job goes through
//! the lines ([`run`]). Of a lot that nobody touched the issue is reversed; of one that was spent in part what is left and
//! not held comes back. Both are one reversal of the ledger that points to the issue. What was spent is not asked back.
//!
//! Invariants:
//! * a batch has one correction under way: a unique index; of two who ask at once one is told so;
//! * an issue is reversed once, in whole or in part, whatever happens to the process: the ledger's unique index, and
//!   orders whose ids follow from correction and person;
//! * a chunk is one transaction behind a *fence*: orders, lines, counts and position change together;
//! * what became of a line is never changed: triggers.

mod ask;
pub mod entity;
mod lines;
mod list;
mod look;
mod release;
pub mod rules;
pub mod run;
mod withdraw;

use kernel::app::App;
use kernel::job::Jobs;
use kernel::{Error, Id, Result, Routes, job};
use sea_orm::{ConnectionTrait, EntityTrait, Statement};

use crate::access::{POINTS_ISSUE, POINTS_READ};

pub use release::{release, returned};

/// The job that takes points back.
pub const RUN: &str = "issue.correct";

kernel::refusals! {
    /// A correction of the batch is under way.
    CORRECTION_OPEN = "issue_correction.open", CONFLICT, "这一批已经有一次收回正在办理，请等它办完，再申请下一次。";
    /// Nothing can come back.
    CORRECTION_NOTHING = "issue_correction.nothing", CONFLICT, "这些积分已经用完、到期或者收回过，没有可以收回的，不用再申请。";
    /// The correction is in another state than this step needs.
    CORRECTION_STATE = "issue_correction.state", CONFLICT, "这次收回现在不能这样办，请刷新页面，看看它到了哪一步。";
    /// Neither all of a batch nor people who got something of it were named, or too many.
    CORRECTION_PEOPLE = "issue_correction.people", UNPROCESSABLE_ENTITY, "请在已经发到的人里选 1 到 500 位；要收回更多人的，请选择整批收回。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .get("/api/points/batches/{batch_id}/corrections", "Lists what was asked back of a batch, and what came of it")
        .requires(POINTS_READ)
        .runs(list::list)
        .post("/api/points/batches/{batch_id}/corrections", "Asks to take points of a batch back")
        .requires(POINTS_ISSUE)
        .runs(ask::ask)
        .post(
            "/api/points/batches/{batch_id}/corrections/look",
            "Tells how much of a batch could come back; changes nothing",
        )
        .requires(POINTS_ISSUE)
        .runs(look::look)
        .get("/api/points/corrections/{correction_id}/lines", "Lists what became of each line that was asked back")
        .requires(POINTS_ISSUE)
        .runs(lines::lines)
        .post("/api/points/corrections/{correction_id}/withdraw", "Withdraws what was asked back and is not approved")
        .requires(POINTS_ISSUE)
        .runs(withdraw::withdraw)
}

/// What the slice carries out beside the requests.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.on(RUN, |app: App, id: Id| async move { run::carry(&app, id).await })
}

/// A correction.
///
/// # Errors
/// `not_found`; the database.
pub async fn load(conn: &impl ConnectionTrait, id: Id) -> Result<entity::Model> {
    entity::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)
}

/// The correction by which a transfer took points back.
///
/// # Errors
/// The database.
pub async fn of_transfer(conn: &impl ConnectionTrait, transfer: Id) -> Result<Option<entity::Model>> {
    let sql = "SELECT correction_id FROM issue_correction_line WHERE transfer_id = $1";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [transfer.into()]);
    match conn.query_one_raw(statement).await? {
        Some(row) => load(conn, row.try_get("", "correction_id")?).await.map(Some),
        None => Ok(None),
    }
}

/// The job of a correction; the version makes it another one when it is tried again.
fn job_of(row: &entity::Model) -> Result<job::New> {
    Ok(job::New::of(RUN, row.id)?.once(format!("{RUN}.{}.{}", row.id, row.version)))
}

/// Whether a statement that demanded a state changed its row.
fn moved(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(CORRECTION_STATE.refusal().into()) }
}

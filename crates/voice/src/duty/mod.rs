//! Duties (应办事项): what a union must do by a day, and who hears of it when it does not.
//!
//! A slice that asks something of a union begins a duty and says when it is done, or not owed any more ([`begin`],
//! [`done`], [`cancel`]); the clock, the lists and the telling are here. Where a duty stands is worked out from its days at
//! every look ([`standing`]), so that what became overdue is seen at once. A round each minute tells the level above, and
//! after `duty.escalate_days` more the next one, and the next.
//!
//! Invariants, each behind a constraint or a trigger of the tables:
//! * one duty for a kind and subject; it is never deleted, and done or cancelled once, on the day on which that is entered;
//!   what is cancelled counts as neither done nor overdue;
//! * its last day only moves later: by an extension from the level above, with a reason, or because the table of
//!   holidays changed. A day once told is never taken back, also when the new table would make it earlier;
//! * a level is told once for each last day (primary key of `duty_told`), however many rounds run, however they end.
//!
//! ```no_run
//! use voice::duty::{self, DutyKind, NewDuty};
//!
//! # async fn example(tx: kernel::Tx, evaluation_id: kernel::Id, union: kernel::Id, case: kernel::Id) -> kernel::Result<()> {
//! let due = kernel::calendar::load(&tx).await?.due_next_month(tx.today());
//! let plan = NewDuty { evaluation_id, organization_id: union, kind: DutyKind::Plan, subject_id: case, due };
//! duty::begin(&tx, plan).await?;
//! assert!(duty::done(&tx, DutyKind::Plan, case).await?);
//! # Ok(()) }
//! ```

mod begin;
pub mod entity;
mod extend;
pub mod extension_entity;
pub(crate) mod list;
pub mod recount;
pub mod rules;
pub mod tell;

use kernel::Routes;
use kernel::app::App;
use kernel::job::{Every, Jobs};

use crate::access::{DUTY_EXTEND, EVALUATION_READ};

pub use begin::{NewDuty, begin, cancel, done};
pub use rules::{DutyKind, End, Standing, standing};

kernel::refusals! {
    /// The duty is done, so it needs no more time.
    DUTY_DONE = "duty.done", CONFLICT, "这件事已经办结，不用再延期；请刷新页面查看。";
    /// The duty is not owed any more, so it needs no more time.
    DUTY_CANCELLED = "duty.cancelled", CONFLICT, "这件事已经取消，不用再办，也不用延期；请刷新页面查看。";
    /// Only the level above gives more time.
    DUTY_ABOVE = "duty.above", FORBIDDEN, "延期由上一级工会决定，请向上一级工会说明情况。";
    /// The new last day is not later, or too late.
    DUTY_EXTENSION = "duty.extension", UNPROCESSABLE_ENTITY, "延期后的日期要晚于现在的到期日，也不能延得太久，请重新选择。";
    /// An extension comes without its reason.
    DUTY_REASON = "duty.reason", UNPROCESSABLE_ENTITY, "请写明延期的理由（2 到 200 字），下级工会能看到。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("duty")
        .get("/api/duties", "Lists what unions in the caller's scope must do, what is due first comes first")
        .requires(EVALUATION_READ)
        .runs(list::list)
        .get("/api/duties/figures", "Tells how many duties are on time, due soon, overdue and done")
        .requires(EVALUATION_READ)
        .runs(list::figures)
        .post("/api/duties/{duty_id}/extend", "Gives a union more time, with a reason")
        .requires(DUTY_EXTEND)
        .runs(extend::extend)
}

/// Adds the round that tells the levels above, and the daily look at the table of holidays.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.every("duty.tell", Every::Minutes(1), |app: App| async move { tell::round(&app).await.map(|_| ()) }).every(
        "duty.recount",
        Every::daily(4, 40),
        |app: App| async move { recount::recount(&app).await.map(|_| ()) },
    )
}

//! Reminders (提醒): whoever has not drawn a ballot yet is told in time, seldom, and not at night.
//!
//! Invariants:
//! * only electors who have an account and have not drawn (`elector` without `draw` of the rating poll) are told; who drew
//!   is looked up in the transaction that sends, not when the round was planned;
//! * an evaluation has at most three rounds (primary key of `reminder_round`): at the opening, in the middle, before the
//!   end; how many and when are dated parameters;
//! * a round reaches an account once, however often it is cut off or taken up: a chunk moves `cursor` and sends, or does
//!   neither, and `notice_once` knows the event of the round;
//! * nobody sees who was reminded; how many were told is kept so that it does not tell how many drew: who drew before
//!   the round counts as told.

pub mod entity;
mod plan;
mod round;
pub mod rules;
pub mod send;
mod show;

use kernel::Routes;
use kernel::app::App;
use kernel::job::{Every, Jobs};

use crate::access::EVALUATION_READ;

pub use round::round;

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("reminder")
        .get("/api/evaluations/{evaluation_id}/reminders", "Tells how many electors could be reminded, in figures")
        .requires(EVALUATION_READ)
        .runs(show::show)
}

/// Adds the round that plans and begins, and the sending.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.on(send::SEND, |app: App, which: send::Which| async move { send::carry(&app, &which).await }).every(
        "reminder.round",
        Every::Minutes(1),
        |app: App| async move { round(&app).await },
    )
}

//! The auditor and its breaker: a book whose figures do not agree stands still, until two people open it again.
//!
//! * The auditor ([`watch`](mod@watch)) looks every twenty seconds, beside the workers, so that no long job holds it up: at everything
//!   that moved since its last look, and at the sum of each book. What moved, and balances that break the sum, stop the book
//!   at the next look. In between it walks over all rows for a few seconds each time: a single row that nobody touches is
//!   seen within one walk, and how long the last whole one took stands beside the daily proof.
//! * A look reads one snapshot, so that what it finds was there at one moment. Then the book stands still (`trip`): its
//!   orders are refused as `ledger.stopped` and leave nothing, and everything is still read.
//! * Nobody writes a difference off: an adjustment is a transfer, and no transfer mends a row that somebody changed. The
//!   rows are put right (from a backup, by the administrator), and the whole ledger is proven.
//! * One person asks for the opening, with a reason (`ask`); the whole proof is made (`prove`); when it is sound,
//!   another person opens (`reopen`). What a look finds meanwhile makes the proof void.
//!
//! Invariants (constraints and triggers of the tables): a book has one open stop; who asked does not open; none is opened
//! without a sound proof; a stop is never deleted, and never changed when it is over; nothing comes into a stopped book.

mod ask;
pub mod entity;
mod prove;
mod reopen;
mod show;
mod trip;
mod waiting;
pub mod watch;

use kernel::app::App;
use kernel::job::Jobs;
use kernel::{Id, Result, Routes};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::access::POINTS_CLOSE;

pub use show::{BookStop, StopFault, of_book};
pub use waiting::source;

kernel::refusals! {
    /// The book does not stand still.
    LEDGER_STOP_NONE = "ledger_stop.none", CONFLICT, "这本账没有暂停，或者已经恢复，请刷新页面查看。";
    /// The proof is sound; another person opens.
    LEDGER_STOP_PROVEN = "ledger_stop.proven", CONFLICT, "全部账目已经核对相符，不用再申请；请申请人以外的另一位同志复核后恢复。";
    /// The whole ledger has not been proven, or does not agree.
    LEDGER_STOP_UNPROVEN = "ledger_stop.unproven", CONFLICT, "全部账目还没有核对完，或者还有不符，不能恢复；请按备份改正后重新申请。";
    /// Who asked does not open.
    LEDGER_STOP_OWN = "ledger_stop.own", FORBIDDEN, "申请恢复的人不能自己恢复，请另一位有结账权限的同志复核后办理。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .post("/api/ledger/books/{book_id}/ask-reopen", "Asks that a book that stands still is opened again")
        .requires(POINTS_CLOSE)
        .runs(ask::ask)
        .post("/api/ledger/books/{book_id}/reopen", "Opens a book again that was proven")
        .requires(POINTS_CLOSE)
        .runs(reopen::reopen)
}

/// What the slice carries out beside the requests.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.on(prove::PROVE, |app: App, asked: prove::Asked| async move { prove::prove(&app, asked).await })
}

/// The stop of a book that stands still.
///
/// # Errors
/// The database.
pub async fn open_stop(conn: &impl ConnectionTrait, book_id: Id) -> Result<Option<entity::Model>> {
    let rows = entity::Entity::find().filter(entity::Column::BookId.eq(book_id));
    Ok(rows.filter(entity::Column::ReopenedAt.is_null()).one(conn).await?)
}

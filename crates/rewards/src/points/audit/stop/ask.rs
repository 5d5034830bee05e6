//! Somebody asks that a book that stands still is opened again: the whole ledger is proven, and then it is another
//! person's turn.

use kernel::event::Event;
use kernel::{Cx, Error, Result, job};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::prove::{Asked, PROVE};
use super::show::{BookStop, of_book};
use super::{LEDGER_STOP_NONE, LEDGER_STOP_PROVEN, open_stop};
use crate::access::POINTS_CLOSE;
use crate::points::audit::reach;
use crate::points::text;

/// Which book, and why it may be opened.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BookReopenAsk {
    /// The book.
    pub book_id: Uuid,
    /// What was put right, and how.
    pub reason: String,
}

/// Asks for the opening, and has the whole ledger proven. Asked again while nothing is proven, or after a proof that was not
/// sound, it is proven again.
///
/// # Errors
/// `points.form`, `ledger_stop.none`, `ledger_stop.proven`, 404 for those who do not close the city's books; the database.
pub async fn ask(cx: Cx, input: BookReopenAsk) -> Result<BookStop> {
    let reason = text::line(&input.reason, "reason", "申请恢复的理由", 2, 200)?;
    let me = cx.caller.account()?;
    let tx = cx.begin().await?;
    let root = reach::root(&tx).await?;
    cx.caller.must(&tx, POINTS_CLOSE, root).await?;
    let row = open_stop(&tx, input.book_id).await?.ok_or_else(|| LEDGER_STOP_NONE.refusal())?;
    if row.proof_faulty == Some(0) {
        return Err(LEDGER_STOP_PROVEN.refusal().into());
    }
    let sql = "UPDATE ledger_stop SET asked_by = $3, asked_at = $4, asked_reason = $5, proven_at = NULL,
        proof_rows = NULL, proof_faulty = NULL, proof_found = NULL, version = version + 1
        WHERE id = $1 AND version = $2 AND reopened_at IS NULL";
    let values = [row.id.into(), row.version.into(), me.into(), tx.now().into(), reason.into()];
    if tx.execute_sql(sql, values).await? != 1 {
        return Err(Error::Contention);
    }
    let asked = Asked { stop_id: row.id, version: row.version + 1 };
    let once = format!("{PROVE}.{}.{}", asked.stop_id, asked.version);
    job::enqueue(&tx, job::New::of(PROVE, asked)?.once(once)).await?;
    tx.record(Event::of("ledger.reopen_asked", "ledger_book", input.book_id).at(root).with("stop_id", row.id)).await?;
    let answer = of_book(&cx, &tx, input.book_id).await?.ok_or_else(|| LEDGER_STOP_NONE.refusal())?;
    tx.commit(answer).await
}

//! Another person opens a book again that was proven.

use kernel::event::Event;
use kernel::{Cx, Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{LEDGER_STOP_NONE, LEDGER_STOP_OWN, LEDGER_STOP_UNPROVEN, open_stop, watch};
use crate::access::POINTS_CLOSE;
use crate::ledger;
use crate::points::audit::reach;

/// Which book.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BookReopen {
    /// Its id.
    pub book_id: Uuid,
}

/// The book goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BookReopened {
    /// Which.
    pub book_id: Uuid,
}

/// Opens a book again.
///
/// # Errors
/// `ledger_stop.none`, `ledger_stop.unproven`, `ledger_stop.own`, 404 for those who do not close the city's books; the
/// database.
pub async fn reopen(cx: Cx, input: BookReopen) -> Result<BookReopened> {
    let me = cx.caller.account()?;
    let tx = cx.begin().await?;
    let root = reach::root(&tx).await?;
    cx.caller.must(&tx, POINTS_CLOSE, root).await?;
    let row = open_stop(&tx, input.book_id).await?.ok_or_else(|| LEDGER_STOP_NONE.refusal())?;
    if row.proof_faulty != Some(0) {
        return Err(LEDGER_STOP_UNPROVEN.refusal().into());
    }
    if row.asked_by == Some(me) {
        return Err(LEDGER_STOP_OWN.refusal().into());
    }
    let sql = "UPDATE ledger_stop SET reopened_by = $3, reopened_at = $4, version = version + 1
        WHERE id = $1 AND version = $2 AND reopened_at IS NULL";
    let values = [row.id.into(), row.version.into(), me.into(), tx.now().into()];
    if tx.execute_sql(sql, values).await? != 1 || !ledger::let_go_on(&tx, input.book_id).await? {
        return Err(Error::Contention);
    }
    watch::forget(&tx, input.book_id).await?;
    let event = Event::of("ledger.reopened", "ledger_book", input.book_id).at(root);
    tx.record(event.with("stop_id", row.id).with("asked_by", row.asked_by)).await?;
    tx.commit(BookReopened { book_id: input.book_id }).await
}

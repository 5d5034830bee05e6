//! A stop as those see it who audit and who close.

use chrono::{DateTime, Utc};
use kernel::{Cx, Id, Result};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{entity, open_stop};
use crate::access::POINTS_CLOSE;
use crate::points::audit::reach;

/// Something that does not agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StopFault {
    /// The rule that is broken: `I1` to `I13`.
    pub rule: String,
    /// Which row, and how; for whoever puts it right.
    pub what: String,
}

/// Why a book stands still, and how far its opening is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BookStop {
    /// Since when.
    pub since: DateTime<Utc>,
    /// How much does not agree.
    pub faulty: i64,
    /// The first of it.
    pub found: Vec<StopFault>,
    /// When somebody asked for the opening.
    pub asked_at: Option<DateTime<Utc>>,
    /// Why.
    pub asked_reason: Option<String>,
    /// The caller asked himself.
    pub asked_by_me: bool,
    /// What the whole proof says.
    pub proof: Option<StopProof>,
    /// The caller may ask for the opening now.
    pub may_ask: bool,
    /// The caller may open now.
    pub may_reopen: bool,
}

/// What the whole proof said of a book that stands still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StopProof {
    /// When.
    pub at: DateTime<Utc>,
    /// Rows that were looked at.
    pub rows: i64,
    /// How much does not agree; nothing of it, and the book may be opened.
    pub faulty: i64,
    /// The first of it.
    pub found: Vec<StopFault>,
}

/// The stop of a book that stands still.
///
/// # Errors
/// The database.
pub async fn of_book(cx: &Cx, conn: &impl ConnectionTrait, book_id: Id) -> Result<Option<BookStop>> {
    match open_stop(conn, book_id).await? {
        Some(row) => {
            let may = cx.caller.may(conn, POINTS_CLOSE, reach::root(conn).await?).await?;
            shaped(row, may, cx.caller.account_id()).map(Some)
        }
        None => Ok(None),
    }
}

/// For somebody who may close the city's books, or not.
fn shaped(row: entity::Model, may: bool, me: Option<Id>) -> Result<BookStop> {
    let sound = row.proof_faulty == Some(0);
    let asked_by_me = row.asked_by.is_some() && row.asked_by == me;
    let proof = match (row.proven_at, row.proof_rows, row.proof_faulty, &row.proof_found) {
        (Some(at), Some(rows), Some(faulty), Some(found)) => {
            Some(StopProof { at, rows, faulty, found: serde_json::from_str(found)? })
        }
        _ => None,
    };
    Ok(BookStop {
        since: row.stopped_at,
        faulty: row.faulty,
        found: serde_json::from_str(&row.found)?,
        asked_at: row.asked_at,
        asked_reason: row.asked_reason,
        asked_by_me,
        proof,
        may_ask: may && !sound,
        may_reopen: may && sound && !asked_by_me,
    })
}

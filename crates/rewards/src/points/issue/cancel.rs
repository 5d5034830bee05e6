//! Withdraws a batch that was not released.

use kernel::approval;
use kernel::event::Event;
use kernel::{Cx, Error, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::batch::{held, moved};
use super::list::{BatchRow, shaped};
use super::load;
use crate::access::POINTS_ISSUE;
use crate::points::approval::BATCH;

/// Which batch.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BatchWithdraw {
    /// Its id.
    pub batch_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
}

/// Withdraws a batch.
///
/// # Errors
/// `issue.state`, 404 outside the caller's scope; the database.
pub async fn withdraw(cx: Cx, input: BatchWithdraw) -> Result<BatchRow> {
    let tx = cx.begin().await?;
    let row = held(&cx, &tx, POINTS_ISSUE, input.batch_id).await?;
    if row.state == "waiting" {
        approval::withdraw(&tx, BATCH, row.id).await?;
    }
    let sql = "UPDATE issue_batch SET state = 'withdrawn', ended_at = $3, version = version + 1
        WHERE id = $1 AND version = $2 AND state IN ('preparing', 'prepared', 'waiting', 'failed')";
    moved(tx.execute_sql(sql, [row.id.into(), input.version.into(), tx.now().into()]).await?)?;
    tx.record(Event::of("issue.withdrawn", "issue_batch", row.id).at(row.organization_id)).await?;
    let answer = shaped(&tx, vec![load(&tx, row.id).await?]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}

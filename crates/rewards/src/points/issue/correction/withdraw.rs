//! Withdraws what was asked back and is not approved.

use kernel::event::Event;
use kernel::{Cx, Result, approval};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ask::IssueCorrectionAsked;
use super::{load, moved};
use crate::access::POINTS_ISSUE;
use crate::points::approval::CORRECTION;

/// Which correction.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct IssueCorrectionWithdraw {
    /// Its id.
    pub correction_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
}

/// Withdraws a correction.
///
/// # Errors
/// `issue_correction.state`, 404 outside the caller's scope; the database.
pub async fn withdraw(cx: Cx, input: IssueCorrectionWithdraw) -> Result<IssueCorrectionAsked> {
    let tx = cx.begin().await?;
    let row = load(&tx, input.correction_id).await?;
    cx.caller.must(&tx, POINTS_ISSUE, row.organization_id).await?;
    let sql = "UPDATE issue_correction SET state = 'withdrawn', ended_at = $3, version = version + 1
        WHERE id = $1 AND version = $2 AND state = 'waiting'";
    moved(tx.execute_sql(sql, [row.id.into(), input.version.into(), tx.now().into()]).await?)?;
    approval::withdraw(&tx, CORRECTION, row.id).await?;
    tx.record(Event::of("issue_correction.withdrawn", "issue_correction", row.id).at(row.organization_id)).await?;
    tx.commit(IssueCorrectionAsked { id: row.id, people: row.people, amount_cents: row.amount_cents }).await
}

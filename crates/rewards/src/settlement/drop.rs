//! Drops a settlement before its bank file was taken; its merchants are owed as before.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{SETTLEMENT_STATE, find};
use crate::merchant::access::SETTLEMENT_RUN;
use crate::merchant::rules;

/// Which settlement, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SettlementDrop {
    /// Its id.
    pub settlement_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
    /// Why.
    pub reason: String,
}

/// Drops a settlement. Once the bank file was taken the bank may have paid: then only what the bank says counts.
///
/// # Errors
/// `merchant.form`, `settlement.state`, 404 outside the caller's scope; the database.
pub async fn drop(cx: Cx, input: SettlementDrop) -> Result<Done> {
    let reason = rules::reason(&input.reason)?;
    let by = cx.caller.account()?;
    let tx = cx.begin().await?;
    let row = find::kept(&cx, &tx, SETTLEMENT_RUN, input.settlement_id).await?;
    let sql = "UPDATE settlement SET state = 'dropped', dropped_by = $3, reason = $4, version = version + 1
        WHERE id = $1 AND version = $2 AND state IN ('locked', 'checked', 'approved')";
    if tx.execute_sql(sql, [row.id.into(), input.version.into(), by.into(), reason.into()]).await? != 1 {
        return Err(SETTLEMENT_STATE.refusal().into());
    }
    let sql = "UPDATE settlement_item SET state = 'released' WHERE settlement_id = $1 AND state = 'open'";
    tx.execute_sql(sql, [row.id.into()]).await?;
    tx.record(Event::of("settlement.dropped", "settlement", row.id).at(row.organization_id)).await?;
    tx.commit(Done {}).await
}

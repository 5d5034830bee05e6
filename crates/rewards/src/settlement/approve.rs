//! Releases a settlement: another person than those who made and checked it.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Result};

use super::check::{SettlementStep, seal_fits};
use super::{SETTLEMENT_CHECK, SETTLEMENT_OWN, SETTLEMENT_STATE, find};
use crate::merchant::access::SETTLEMENT_APPROVE;

/// Releases a settlement.
///
/// # Errors
/// `settlement.own`, `settlement.check`, `settlement.state`, 404 outside the caller's scope; the database.
pub async fn approve(cx: Cx, input: SettlementStep) -> Result<Done> {
    let by = cx.caller.account()?;
    let tx = cx.begin().await?;
    let row = find::kept(&cx, &tx, SETTLEMENT_APPROVE, input.settlement_id).await?;
    if row.made_by == by || row.checked_by == Some(by) {
        return Err(SETTLEMENT_OWN.refusal().into());
    }
    if !seal_fits(&row, &find::items(&tx, row.id).await?) {
        return Err(SETTLEMENT_CHECK.refusal().into());
    }
    let sql = "UPDATE settlement SET state = 'approved', approved_by = $3, approved_at = $4, version = version + 1
        WHERE id = $1 AND version = $2 AND state = 'checked'";
    if tx.execute_sql(sql, [row.id.into(), input.version.into(), by.into(), tx.now().into()]).await? != 1 {
        return Err(SETTLEMENT_STATE.refusal().into());
    }
    tx.record(Event::of("settlement.approved", "settlement", row.id).at(row.organization_id)).await?;
    tx.commit(Done {}).await
}

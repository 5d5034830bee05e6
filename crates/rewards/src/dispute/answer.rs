//! One side says something, or takes its dispute back.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::find::seen;
use super::rules::{DisputeSide, after_word};
use super::{DISPUTE_CLOSED, words};
use crate::merchant::access::DISPUTE_DECIDE;
use crate::merchant::rules::text;

/// What is said.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DisputeAnswer {
    /// In which dispute.
    pub dispute_id: Uuid,
    /// In words.
    pub said: String,
}

/// Which dispute.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DisputeInput {
    /// Its id.
    pub dispute_id: Uuid,
}

/// Adds what one side says.
///
/// # Errors
/// `merchant.form`, `dispute.closed`, 404 for everybody else; the database.
pub async fn answer(cx: Cx, input: DisputeAnswer) -> Result<Done> {
    let said = text(&input.said, "said", "情况说明", 2, 500)?;
    let tx = cx.begin().await?;
    let (row, side) = seen(&cx, &tx, input.dispute_id).await?;
    if side == DisputeSide::Union {
        cx.caller.must(&tx, DISPUTE_DECIDE, row.organization_id).await?;
    }
    let sql = "UPDATE dispute SET state = $2, version = version + 1 WHERE id = $1 AND state IN ('open', 'answered')";
    let state = after_word(&row.state, &row.side, side);
    if tx.execute_sql(sql, [row.id.into(), state.into()]).await? != 1 {
        return Err(DISPUTE_CLOSED.refusal().into());
    }
    words::add(&tx, row.id, side, said).await?;
    let event = Event::of("dispute.answered", "dispute", row.id).at(row.organization_id);
    let event = tx.record(event.with("side", side)).await?;
    words::tell(&tx, &row, side, "支付争议有新的说明", event).await?;
    tx.commit(Done {}).await
}

/// Takes the caller's own dispute back.
///
/// # Errors
/// `dispute.closed`, 404 for everybody who did not open it; the database.
pub async fn withdraw(cx: Cx, input: DisputeInput) -> Result<Done> {
    let account = cx.caller.account()?;
    let tx = cx.begin().await?;
    let (row, side) = seen(&cx, &tx, input.dispute_id).await?;
    if row.opened_by != account {
        return Err(Error::not_found());
    }
    let sql = "UPDATE dispute SET state = 'withdrawn', settled_by = $2, settled_at = $3, version = version + 1
        WHERE id = $1 AND state IN ('open', 'answered')";
    if tx.execute_sql(sql, [row.id.into(), account.into(), tx.now().into()]).await? != 1 {
        return Err(DISPUTE_CLOSED.refusal().into());
    }
    let event = tx.record(Event::of("dispute.withdrawn", "dispute", row.id).at(row.organization_id)).await?;
    words::tell(&tx, &row, side, "支付争议已撤回", event).await?;
    tx.commit(Done {}).await
}

//! The union that contracts decides what comes of a dispute.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Result};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{DisputeOutcome, DisputeSide, can_settle};
use super::{DISPUTE_CLOSED, DISPUTE_WAIT, entity, refund, words};
use crate::merchant::access::DISPUTE_DECIDE;
use crate::merchant::rules::text;

/// A decision, with its reason.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DisputeSettle {
    /// Of which dispute.
    pub dispute_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
    /// What comes of it.
    pub outcome: DisputeOutcome,
    /// Points to be refunded, in cents; all that is left of the payment unless told. Of an outcome *refund* alone.
    #[serde(default)]
    pub refund_cents: Option<i64>,
    /// Why, for both sides.
    pub said: String,
}

/// Decides a dispute, once the other side answered or its days are over.
///
/// # Errors
/// `merchant.form`, `dispute.wait`, `dispute.closed`, `dispute.amount`, 404 outside the caller's scope; the database.
pub async fn settle(cx: Cx, input: DisputeSettle) -> Result<Done> {
    let said = text(&input.said, "said", "处理意见", 2, 500)?;
    let by = cx.caller.account()?;
    let tx = cx.begin().await?;
    let row = entity::Entity::find_by_id(input.dispute_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    cx.caller.must(&tx, DISPUTE_DECIDE, row.organization_id).await?;
    if !["open", "answered"].contains(&row.state.as_str()) {
        return Err(DISPUTE_CLOSED.refusal().into());
    }
    if !can_settle(&row.state, row.due_on, tx.today()) {
        return Err(DISPUTE_WAIT.refusal().into());
    }
    let sql = "UPDATE dispute SET state = 'settled', outcome = $3, settled_by = $4, settled_at = $5,
        version = version + 1 WHERE id = $1 AND version = $2 AND state IN ('open', 'answered')";
    let values = [row.id.into(), input.version.into(), input.outcome.as_str().into(), by.into(), tx.now().into()];
    if tx.execute_sql(sql, values).await? != 1 {
        return Err(DISPUTE_CLOSED.refusal().into());
    }
    words::add(&tx, row.id, DisputeSide::Union, said).await?;
    let refund = match input.outcome {
        DisputeOutcome::Refund => Some(refund::decide(&tx, &row, input.refund_cents).await?),
        DisputeOutcome::NoChange | DisputeOutcome::Explained => None,
    };
    let mut event = Event::of("dispute.settled", "dispute", row.id).at(row.organization_id);
    event = event.with("outcome", input.outcome);
    if let Some(refund) = &refund {
        event = event.with("refund_cents", refund.amount_cents).with("refund_due_on", refund.due_on);
    }
    let event = tx.record(event).await?;
    let title = match &refund {
        Some(refund) => format!("支付争议已办结：门店在 {} 以前退款", refund.due_on),
        None => "支付争议已办结".to_owned(),
    };
    words::tell(&tx, &row, DisputeSide::Union, &title, event).await?;
    tx.commit(Done {}).await
}

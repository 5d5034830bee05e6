//! The seat of a delegate ends before the membership does.

use chrono::NaiveDate;
use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Result};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{DELEGATE_ENDED, entity, rules};
use crate::access::DELEGATE_KEEP;
use crate::organization::record;

/// The end of a seat.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DelegateEndInput {
    /// Of which union.
    pub id: Uuid,
    /// Which seat.
    pub delegate_id: Uuid,
    /// First day without it.
    pub on: NaiveDate,
    /// Why, 2 to 200 characters.
    pub reason: String,
}

/// Ends a seat; its days stay.
///
/// # Errors
/// `delegate.ended`, `delegate.day`, `delegate.reason`; 404 outside the caller's scope; the database.
pub async fn end(cx: Cx, input: DelegateEndInput) -> Result<Done> {
    let reason = rules::words(&input.reason, "reason")?;
    let tx = cx.begin().await?;
    let union = record::visible(&cx, &tx, input.id).await?;
    cx.caller.must(&tx, DELEGATE_KEEP, union.id).await?;
    let seat = entity::Entity::find_by_id(input.delegate_id).one(&tx).await?;
    let seat = seat.filter(|row| row.organization_id == union.id && row.valid_to.is_none());
    let seat = seat.ok_or_else(|| DELEGATE_ENDED.refusal())?;
    rules::may_end(input.on, seat.valid_from, tx.today())?;
    let sql = "UPDATE delegate SET valid_to = $2, end_reason = $3, ended_by = $4 WHERE id = $1 AND valid_to IS NULL";
    let by = cx.caller.account_id();
    if tx.execute_sql(sql, [seat.id.into(), input.on.into(), reason.into(), by.into()]).await? == 0 {
        return Err(DELEGATE_ENDED.refusal().into());
    }
    let event = Event::of("delegate.ended", "delegate", seat.id).with("membership_id", seat.membership_id);
    tx.record(event.with("on", input.on).at(union.id)).await?;
    tx.commit(Done {}).await
}

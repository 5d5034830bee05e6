//! Ends a membership: by the union with a reason, or by the member himself.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Result, Tx};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{MEMBERSHIP_ENDED, active_of, entity as membership, rules};
use crate::access::MEMBER_END;

/// How a membership ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndState {
    /// 退会.
    Left,
    /// 会籍保留 (工会法 art. 13).
    Retained,
}

/// Which membership ends, how and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EndInput {
    /// Id of the membership.
    pub id: Uuid,
    /// How.
    pub state: EndState,
    /// 2 to 200 characters.
    pub reason: String,
}

/// Why somebody leaves.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct LeaveInput {
    /// 2 to 200 characters.
    pub reason: String,
}

/// Ends or retains a membership.
///
/// # Errors
/// `reason.missing`, `not_found`, `membership.ended`.
pub async fn end(cx: Cx, input: EndInput) -> Result<Done> {
    let reason = rules::reason(&input.reason)?;
    let tx = cx.begin().await?;
    let row = membership::Entity::find_by_id(input.id).one(&tx).await?.ok_or_else(kernel::Error::not_found)?;
    cx.caller.must(&tx, MEMBER_END, row.organization_id).await?;
    close(&tx, row, input.state, reason).await?;
    tx.commit(Done {}).await
}

/// Leaves the union: one's own membership, at once, with a reason for the record.
///
/// # Errors
/// `reason.missing`, `membership.ended`.
pub async fn leave(cx: Cx, input: LeaveInput) -> Result<Done> {
    let reason = rules::reason(&input.reason)?;
    let tx = cx.begin().await?;
    let own = match cx.caller.person_id() {
        Some(person) => active_of(&tx, person).await?,
        None => None,
    };
    let row = own.ok_or_else(|| MEMBERSHIP_ENDED.refusal())?;
    close(&tx, row, EndState::Left, reason).await?;
    tx.commit(Done {}).await
}

async fn close(tx: &Tx, row: membership::Model, state: EndState, reason: String) -> Result<()> {
    if row.state != "active" {
        return Err(MEMBERSHIP_ENDED.refusal().into());
    }
    let (name, kind) = match state {
        EndState::Left => ("left", "membership.ended"),
        EndState::Retained => ("retained", "membership.retained"),
    };
    let (id, organization) = (row.id, row.organization_id);
    let mut change = row.into_active_model();
    change.state = Set(name.to_owned());
    change.ended_on = Set(Some(tx.today()));
    change.end_reason = Set(Some(reason));
    change.update(tx).await?;
    tx.record(Event::of(kind, "membership", id).at(organization)).await?;
    Ok(())
}

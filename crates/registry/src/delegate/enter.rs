//! A member was elected as a delegate.

use chrono::NaiveDate;
use kernel::event::Event;
use kernel::time::Day;
use kernel::{Cx, Id, Result, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{DELEGATE_PERSON, DELEGATE_TWICE, entity, rules};
use crate::access::DELEGATE_KEEP;
use crate::member::entity as membership;
use crate::organization::record;

/// A delegate to be entered.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DelegateEnterInput {
    /// Of which union.
    pub id: Uuid,
    /// The membership of who was elected.
    pub membership_id: Uuid,
    /// First day.
    pub from: NaiveDate,
    /// By which election, 2 to 200 characters.
    pub basis: String,
}

/// The seat.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DelegateEntered {
    /// Which.
    pub id: Uuid,
}

/// Enters a member of the union as a delegate.
///
/// # Errors
/// `delegate.*`, `organization.state`; 404 outside the caller's scope; the database.
pub async fn enter(cx: Cx, input: DelegateEnterInput) -> Result<DelegateEntered> {
    let basis = rules::words(&input.basis, "basis")?;
    let tx = cx.begin().await?;
    let union = record::visible(&cx, &tx, input.id).await?;
    cx.caller.must(&tx, DELEGATE_KEEP, union.id).await?;
    record::must_be_established(&union)?;
    let member = membership::Entity::find_by_id(input.membership_id).one(&tx).await?;
    let member = member.filter(|row| row.organization_id == union.id && row.state == "active");
    let member = member.ok_or_else(|| DELEGATE_PERSON.refusal().on("membership_id"))?;
    let last_end = last_end(&tx, member.id).await?;
    rules::may_begin(input.from, member.joined_on, last_end, tx.today())?;
    let id = tx.id();
    let row = entity::ActiveModel {
        id: Set(id),
        organization_id: Set(union.id),
        membership_id: Set(member.id),
        valid_from: Set(input.from),
        valid_to: Set(None),
        basis: Set(basis),
        end_reason: Set(None),
        entered_by: Set(cx.caller.account_id()),
        ended_by: Set(None),
    };
    let unless_there = OnConflict::new().do_nothing().to_owned();
    if entity::Entity::insert(row).on_conflict(unless_there).exec_without_returning(&tx).await? == 0 {
        return Err(DELEGATE_TWICE.refusal().on("membership_id").into());
    }
    let event = Event::of("delegate.entered", "delegate", id).with("membership_id", member.id);
    tx.record(event.with("from", input.from).at(union.id)).await?;
    tx.commit(DelegateEntered { id }).await
}

/// When the last seat of this membership ended, of those that have ended.
async fn last_end(tx: &Tx, membership: Id) -> Result<Option<Day>> {
    let rows = entity::Entity::find().filter(entity::Column::MembershipId.eq(membership)).all(tx).await?;
    Ok(rows.into_iter().filter_map(|row| row.valid_to).max())
}

//! Hands out a one-time code after the ID card was seen.

use chrono::{DateTime, Days, Utc};
use kernel::crypto::{KeyProvider, blind_index};
use kernel::event::Event;
use kernel::{Cx, Error, Result, Tx, parameter};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ID_UNSEEN, RECORD_HELD, hand_over_entity as hand_over, rules, settle};
use crate::access::MEMBER_HAND_OVER;
use crate::account::entity as account;
use crate::member::{MEMBERSHIP_ENDED, entity as membership};
use crate::organization::entity as organization;
use crate::parameters::TAKEOVER_CODE_DAYS;
use crate::person::entity as person;

/// For whose record.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct HandOverInput {
    /// Id of the membership.
    pub id: Uuid,
    /// The officer saw the member and her ID card.
    pub seen_id: bool,
}

/// A code to be handed over on a slip of paper.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HandOver {
    /// Shown once, kept nowhere.
    pub code: String,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    /// The member.
    pub name: String,
    /// Her union.
    pub organization_name: String,
}

/// Hands out a code; one that was open before ends. It also opens a record again that was closed to the phone.
///
/// # Errors
/// `handover.seen_id`, `not_found`, `membership.ended`, `handover.held`.
pub async fn issue(cx: Cx, input: HandOverInput) -> Result<HandOver> {
    if !input.seen_id {
        return Err(ID_UNSEEN.refusal().on("seen_id").into());
    }
    // The answer holds the code, so it is not kept for a repeated submit: that gets a new code, and the old one ends.
    let tx = cx.unclaimed().begin().await?;
    let row = membership::Entity::find_by_id(input.id).one(&tx).await?.ok_or_else(Error::not_found)?;
    cx.caller.must(&tx, MEMBER_HAND_OVER, row.organization_id).await?;
    if row.state != "active" {
        return Err(MEMBERSHIP_ENDED.refusal().into());
    }
    if account::Entity::find().filter(account::Column::PersonId.eq(row.person_id)).count(&tx).await? > 0 {
        return Err(RECORD_HELD.refusal().into());
    }
    let union = organization::Entity::find_by_id(row.organization_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let person = person::Entity::find_by_id(row.person_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    settle(&tx, row.person_id, "replaced").await?;
    let (code, expires_at) = open(&tx, &row, &union.division_code).await?;
    tx.commit(HandOver {
        code: rules::printed(&code),
        expires_at,
        name: person.name.unwrap_or_default(),
        organization_name: union.name,
    })
    .await
}

async fn open(tx: &Tx, row: &membership::Model, division: &str) -> Result<(String, DateTime<Utc>)> {
    let days = parameter::get_i64(tx, TAKEOVER_CODE_DAYS, division, tx.today()).await?;
    let last = tx.today() + Days::new(u64::try_from(days).map_err(Error::internal)?);
    let expires_at = rules::start_of(last + Days::new(1));
    let (id, code) = (tx.id(), rules::fresh_code());
    let new = hand_over::ActiveModel {
        id: Set(id),
        person_id: Set(row.person_id),
        membership_id: Set(row.id),
        code_digest: Set(Some(digest(tx.app().keys.as_ref(), &code))),
        issued_by: Set(tx.caller().account_id()),
        issued_at: Set(tx.now()),
        expires_at: Set(expires_at),
        wrong: Set(0),
        ended_at: Set(None),
        outcome: Set(None),
    };
    let insert = hand_over::Entity::insert(new).on_conflict_do_nothing();
    if !matches!(insert.exec_without_returning(tx).await?, sea_orm::TryInsertResult::Inserted(1)) {
        // The same code by chance, or another officer at the same moment: again.
        return Err(Error::Contention);
    }
    let event = Event::of("handover.issued", "membership", row.id).at(row.organization_id);
    tx.record(event.with("hand_over_id", id).with("expires_at", expires_at)).await?;
    Ok((code, expires_at))
}

/// What is kept of a code: the index key goes in, so that the table alone cannot be tried out.
pub(super) fn digest(keys: &dyn KeyProvider, code: &str) -> Vec<u8> {
    blind_index(keys, "hand_over.code", code).to_vec()
}

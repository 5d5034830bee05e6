//! Shows one number in full, with a reason. The look is an event, and the person
//! sees in "my data" who looked and why.

use kernel::{Cx, Result};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{VALUE_NONE, entity as membership, rules};
use crate::access::MEMBER_REVEAL;
use crate::person::entity as person;
use crate::person::reveal::{self, RevealField};

/// Whose number, which, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RevealInput {
    /// Id of the membership.
    pub id: Uuid,
    /// Which number.
    pub field: RevealField,
    /// 2 to 200 characters; the person can read it.
    pub reason: String,
}

/// The number in full.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Revealed {
    /// In full.
    pub value: String,
}

/// Shows one number in full and records who looked.
///
/// # Errors
/// `reason.missing`, `not_found`, `value.none`.
pub async fn reveal(cx: Cx, input: RevealInput) -> Result<Revealed> {
    let reason = rules::reason(&input.reason)?;
    // The answer holds the number, so it must not be kept for a repeated submit.
    let tx = cx.unclaimed().begin().await?;
    let row = membership::Entity::find_by_id(input.id).one(&tx).await?.ok_or_else(kernel::Error::not_found)?;
    cx.caller.must(&tx, MEMBER_REVEAL, row.organization_id).await?;
    let person = person::Entity::find_by_id(row.person_id).one(&tx).await?.ok_or_else(kernel::Error::not_found)?;
    let value = reveal::open(cx.app.keys.as_ref(), &person, input.field)?.ok_or_else(|| VALUE_NONE.refusal())?;
    reveal::record(&tx, person.id, Some(row.organization_id), input.field, &reason).await?;
    tx.commit(Revealed { value }).await
}

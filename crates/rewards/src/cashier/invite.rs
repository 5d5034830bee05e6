//! A manager makes a one-time code for a new cashier, or makes one invalid.

use chrono::{DateTime, Duration, Utc};
use kernel::crypto::blind_index;
use kernel::crypto::password::six_digit_code;
use kernel::event::Event;
use kernel::parameter;
use kernel::routes::Done;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::invitation_entity as entity;
use super::rules::{CashierRole, spaced};
use super::{CASHIER_ROLE, manager_of};
use crate::merchant::parameters::INVITATION_HOURS;
use crate::merchant::rules::text;
use crate::shop::entity as shop;

/// Whom to invite.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CashierInvite {
    /// For which merchant.
    pub merchant_id: Uuid,
    /// For one shop; for all of them unless told.
    #[serde(default)]
    pub shop_id: Option<Uuid>,
    /// As what.
    pub role: CashierRole,
    /// What he is called at the till: a first name, a number.
    pub label: String,
}

/// The code, shown once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CashierInvited {
    /// The invitation.
    pub id: Uuid,
    /// Twelve digits, to be entered on the other's own phone.
    pub code: String,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// Which code.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct InvitationInput {
    /// The invitation.
    pub invitation_id: Uuid,
}

/// Makes a one-time code.
///
/// # Errors
/// `merchant.form`, `cashier.role`, 404 elsewhere; the database.
pub async fn invite(cx: Cx, input: CashierInvite) -> Result<CashierInvited> {
    let label = text(&input.label, "label", "称呼", 1, 20)?;
    let code = format!("{}{}", six_digit_code(), six_digit_code());
    let tx = cx.begin().await?;
    let manager = manager_of(&cx, &tx, input.merchant_id).await?;
    let shop_id = reached(&tx, manager.shop_id, input.merchant_id, input.shop_id).await?;
    let hours = parameter::get_i64(&tx, INVITATION_HOURS, "", tx.today()).await?;
    let (id, expires_at) = (tx.id(), tx.now() + Duration::hours(hours));
    let row = entity::ActiveModel {
        id: Set(id),
        merchant_id: Set(input.merchant_id),
        shop_id: Set(shop_id),
        role: Set(input.role.as_str().to_owned()),
        label: Set(label),
        code_digest: Set(digest(&tx, &code)),
        invited_by: Set(cx.caller.account()?),
        invited_at: Set(tx.now()),
        expires_at: Set(expires_at),
        used_at: Set(None),
        used_by: Set(None),
        dropped_at: Set(None),
    };
    entity::Entity::insert(row).exec_without_returning(&tx).await?;
    let event = Event::of("cashier.invited", "merchant", input.merchant_id).with("invitation_id", id);
    tx.record(event.with("role", input.role).with("shop_id", shop_id)).await?;
    tx.commit(CashierInvited { id, code: spaced(&code), expires_at }).await
}

/// What is kept of a code.
pub(super) fn digest(tx: &Tx, code: &str) -> Vec<u8> {
    blind_index(tx.app().keys.as_ref(), "cashier_invitation.code", code).to_vec()
}

/// The shop of an invitation: a manager of one shop invites for that one alone.
async fn reached(tx: &Tx, own: Option<Id>, merchant: Id, asked: Option<Id>) -> Result<Option<Id>> {
    let wanted = asked.or(own);
    if let Some(own) = own
        && wanted != Some(own)
    {
        return Err(CASHIER_ROLE.refusal().on("shop_id").into());
    }
    let Some(id) = wanted else { return Ok(None) };
    let row = shop::Entity::find_by_id(id).one(tx).await?;
    row.filter(|row| row.merchant_id == merchant).map(|row| Some(row.id)).ok_or_else(Error::not_found)
}

/// Makes an unused code invalid; again does nothing.
///
/// # Errors
/// `cashier.role`, 404 elsewhere; the database.
pub async fn drop(cx: Cx, input: InvitationInput) -> Result<Done> {
    let tx = cx.begin().await?;
    let row = entity::Entity::find_by_id(input.invitation_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    manager_of(&cx, &tx, row.merchant_id).await?;
    let sql = "UPDATE cashier_invitation SET dropped_at = $2 WHERE id = $1 AND used_at IS NULL AND dropped_at IS NULL";
    if tx.execute_sql(sql, [row.id.into(), tx.now().into()]).await? == 1 {
        let event = Event::of("cashier.invitation_dropped", "merchant", row.merchant_id);
        tx.record(event.with("invitation_id", row.id)).await?;
    }
    tx.commit(Done {}).await
}

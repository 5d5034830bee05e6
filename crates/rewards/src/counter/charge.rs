//! A shop charges points, by a pay code or by four digits.

use kernel::{Cx, Id, Result};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::place::{self, Place};
use super::settle::{self, Act, By, Pay, Settled};
use super::show::{self, PaymentReceipt};
use super::{entity, payer, rules};
use crate::cashier::{self, CashierRole};

/// What is charged.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ChargeInput {
    /// The shop.
    pub shop_id: Uuid,
    /// Of this payment; made, and kept, before the first attempt.
    pub id: Uuid,
    /// The 18 digits of a pay code, or four digits.
    pub code: String,
    /// Points, in cents.
    pub points_cents: i64,
    /// Cash that was paid beside them, in cents; it is entered and not moved.
    #[serde(default)]
    pub cash_cents: i64,
    /// Number of the shop's own receipt.
    #[serde(default)]
    pub reference: Option<String>,
}

/// Charges a member who stands at the till.
///
/// # Errors
/// `counter.*`, `ledger.short`, `ledger.frozen`, `cashier.role`, `merchant.closed`, `shop.closed`; 404 for who does not work
/// there; `system.busy`; the database.
pub async fn charge(cx: Cx, input: ChargeInput) -> Result<PaymentReceipt> {
    let till = cashier::till(&cx, cx.read(), input.shop_id, CashierRole::Charge).await?;
    let place = place::open(&cx, input.shop_id).await?;
    let by = By { account: cx.caller.account_id(), cashier_id: Some(till.cashier_id), till_id: None };
    let settled = take(&cx, &place, input, by, till.cashier_id).await?;
    show::settled(cx.read(), settled, &place).await
}

/// Looks at the code and has the charge decided; the same charge again is answered as before, also when its code is no
/// longer good. `guesser` is whose wrong codes are counted.
pub(super) async fn take(cx: &Cx, place: &Place, input: ChargeInput, by: By, guesser: Id) -> Result<Settled> {
    rules::amounts(input.points_cents, input.cash_cents)?;
    let reference = rules::reference(input.reference.as_deref())?;
    let fingerprint = rules::fingerprint(&[
        "charge",
        &place.shop_id.to_string(),
        &input.code.replace([' ', '-'], ""),
        &input.points_cents.to_string(),
        &input.cash_cents.to_string(),
        reference.as_deref().unwrap_or_default(),
    ]);
    if let Some(known) = entity::Entity::find_by_id(input.id).one(cx.read()).await? {
        return Ok(settle::repeated(&known, &fingerprint)?);
    }
    let payer = payer::find(cx, &input.code, place.shop_id, input.points_cents, guesser).await?;
    let pay = Pay {
        id: input.id,
        fingerprint,
        channel: payer.channel,
        person_id: payer.person_id,
        source: Some(payer.source),
        merchant_id: place.merchant_id,
        merchant_account_id: place.account_id,
        shop_id: place.shop_id,
        shop_name: place.shop_name.clone(),
        by,
        points_cents: input.points_cents,
        cash_cents: input.cash_cents,
        reference,
    };
    settle::settle(cx, Act::Pay(pay)).await
}

//! A member pays at the shop whose sign she scanned.

use kernel::{Cx, Id, Result};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{self, Channel};
use super::settle::{self, Act, By, Pay};
use super::show::{self, PaymentReceipt};
use super::{COUNTER_NOBODY, entity, place};

/// What is paid, and where.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PayInput {
    /// Six digits of the sign, or the shop's id.
    pub shop: String,
    /// Of this payment; made, and kept, before the first attempt.
    pub id: Uuid,
    /// Points, in cents.
    pub points_cents: i64,
}

/// Pays with the caller's own points, of whatever books. The same again is answered as before.
///
/// # Errors
/// `counter.*`, `ledger.short`, `ledger.frozen`, `merchant.closed`, `shop.closed`; 404; `system.busy`; the database.
pub async fn pay(cx: Cx, input: PayInput) -> Result<PaymentReceipt> {
    let person_id = cx.caller.person_id().ok_or_else(|| COUNTER_NOBODY.refusal())?;
    rules::amounts(input.points_cents, 0)?;
    let place = match place::open_at(&cx, place::read(&input.shop)).await {
        Ok(place) => place,
        // What was paid before the shop closed is answered as before.
        Err(error) => return known(&cx, &input, person_id).await?.ok_or(error),
    };
    let pay = Pay {
        id: input.id,
        fingerprint: fingerprint(place.shop_id, person_id, input.points_cents),
        channel: Channel::Shop,
        person_id,
        source: None,
        merchant_id: place.merchant_id,
        merchant_account_id: place.account_id,
        shop_id: place.shop_id,
        shop_name: place.shop_name.clone(),
        by: By { account: cx.caller.account_id(), ..By::default() },
        points_cents: input.points_cents,
        cash_cents: 0,
        reference: None,
    };
    let settled = settle::settle(&cx, Act::Pay(pay)).await?;
    let whole = settled.fresh && !settled.split;
    let receipt = show::settled(cx.read(), settled, &place).await?;
    if whole { Ok(receipt) } else { show::to_payer(cx.read(), receipt).await }
}

fn fingerprint(shop_id: Id, person_id: Id, points_cents: i64) -> [u8; 32] {
    rules::fingerprint(&["pay", &shop_id.to_string(), &person_id.to_string(), &points_cents.to_string()])
}

/// The answer that this payment had.
async fn known(cx: &Cx, input: &PayInput, person_id: Id) -> Result<Option<PaymentReceipt>> {
    let Some(known) = entity::Entity::find_by_id(input.id).one(cx.read()).await? else { return Ok(None) };
    let fingerprint = fingerprint(place::of_sign(cx, &input.shop).await?, person_id, input.points_cents);
    let receipt = show::receipt(cx.read(), settle::repeated(&known, &fingerprint)?.payment).await?;
    show::to_payer(cx.read(), receipt).await.map(Some)
}

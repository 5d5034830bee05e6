//! A member pays at the shop whose sign she scanned.

use kernel::{Cx, Result};
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
    let shop_id = place::of_sign(&cx, &input.shop).await?;
    let fingerprint =
        rules::fingerprint(&["pay", &shop_id.to_string(), &person_id.to_string(), &input.points_cents.to_string()]);
    if let Some(known) = entity::Entity::find_by_id(input.id).one(cx.read()).await? {
        let receipt = show::receipt(cx.read(), settle::repeated(&known, &fingerprint)?.payment).await?;
        return show::to_payer(cx.read(), receipt).await;
    }
    let place = place::open(&cx, shop_id).await?;
    let pay = Pay {
        id: input.id,
        fingerprint,
        channel: Channel::Shop,
        person_id,
        source: None,
        merchant_id: place.merchant_id,
        merchant_account_id: place.account_id,
        shop_id,
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

//! What a till can ask.

use kernel::{Cx, Result};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::call::{PosCall, hear};
use crate::counter::charge::{self, ChargeInput};
use crate::counter::refund::{self, RefundInput};
use crate::counter::settle::{self, Act, By, Reverse};
use crate::counter::show::{self, PaymentReceipt};
use crate::counter::{POS_REFUND, entity, place, till_entity as till};

#[derive(Deserialize)]
struct Charge {
    id: Uuid,
    code: String,
    points_cents: i64,
    #[serde(default)]
    cash_cents: i64,
    #[serde(default)]
    reference: Option<String>,
}

#[derive(Deserialize)]
struct Which {
    id: Uuid,
}

#[derive(Deserialize)]
struct GiveBack {
    id: Uuid,
    payment_id: Uuid,
    points_cents: i64,
    #[serde(default)]
    cash_cents: i64,
    reason: String,
}

/// How a payment stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PosAnswer {
    /// `unknown` (it never arrived, so it can be sent again or reversed), or the state of the receipt.
    pub state: String,
    /// The receipt; absent when it is unknown.
    pub receipt: Option<PaymentReceipt>,
}

fn by(row: &till::Model) -> By {
    By { account: None, cashier_id: None, till_id: Some(row.id) }
}

async fn answer(cx: &Cx, payment: entity::Model) -> Result<PosAnswer> {
    let receipt = show::receipt(cx.read(), payment).await?;
    Ok(PosAnswer { state: receipt.state.clone(), receipt: Some(receipt) })
}

/// Charges. The same again, under another nonce, is answered as before.
///
/// # Errors
/// `pos.*`, `counter.*`, `ledger.short`, `ledger.frozen`, `merchant.closed`, `shop.closed`; `system.busy`; the database.
pub async fn charge(cx: Cx, call: PosCall) -> Result<PosAnswer> {
    let (row, asked) = hear::<Charge>(&cx, "charge", &call).await?;
    let place = place::open(&cx, row.shop_id).await?;
    let input = ChargeInput {
        shop_id: row.shop_id,
        id: asked.id,
        code: asked.code,
        points_cents: asked.points_cents,
        cash_cents: asked.cash_cents,
        reference: asked.reference,
    };
    let settled = charge::take(&cx, &place, input, by(&row), row.id).await?;
    answer(&cx, settled.payment).await
}

/// Tells what became of a payment.
///
/// # Errors
/// `pos.*`; the database.
pub async fn query(cx: Cx, call: PosCall) -> Result<PosAnswer> {
    let (row, asked) = hear::<Which>(&cx, "query", &call).await?;
    let payment = entity::Entity::find_by_id(asked.id).one(cx.read()).await?;
    match payment.filter(|payment| payment.shop_id.is_none_or(|shop| shop == row.shop_id)) {
        Some(payment) => answer(&cx, payment).await,
        None => Ok(PosAnswer { state: "unknown".to_owned(), receipt: None }),
    }
}

/// Reverses a payment, or makes sure that it never arrives.
///
/// # Errors
/// `pos.*`, `counter.reverse`; 404 for a payment of another shop; `system.busy`; the database.
pub async fn reverse(cx: Cx, call: PosCall) -> Result<PosAnswer> {
    let (row, asked) = hear::<Which>(&cx, "reverse", &call).await?;
    let act =
        Act::Reverse(Reverse { payment_id: asked.id, shop_id: Some(row.shop_id), any: row.refunds, by: by(&row) });
    let settled = settle::settle(&cx, act).await?;
    answer(&cx, settled.payment).await
}

/// Refunds in full or in part.
///
/// # Errors
/// `pos.*`, `counter.*`, `ledger.frozen`; 404 for a payment of another shop; `system.busy`; the database.
pub async fn refund(cx: Cx, call: PosCall) -> Result<PosAnswer> {
    let (row, asked) = hear::<GiveBack>(&cx, "refund", &call).await?;
    if !row.refunds {
        return Err(POS_REFUND.refusal().into());
    }
    let input = RefundInput {
        shop_id: row.shop_id,
        payment_id: asked.payment_id,
        id: asked.id,
        points_cents: asked.points_cents,
        cash_cents: asked.cash_cents,
        reason: asked.reason,
    };
    let settled = refund::give(&cx, input, by(&row)).await?;
    answer(&cx, settled.payment).await
}

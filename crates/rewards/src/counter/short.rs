//! Four digits for who cannot show a code: made by the member for one shop and one amount, read out, and soon over.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::error::BUSY;
use kernel::{Cx, Result};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::parameters::{self, SHORT_MINUTES};
use super::rules::{self, Channel, Limits, yuan};
use super::{COUNTER_LIMIT, COUNTER_NOBODY, payer, place};
use crate::ledger::{self, LEDGER_SHORT};
use crate::shop;

/// How often four digits are thrown before the shop has too many.
const THROWS: usize = 20;

/// For which shop, and how much.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ShortCodeInput {
    /// Six digits of the sign, or the shop's id.
    pub shop: String,
    /// Points, in cents; the shop must type the same.
    pub amount_cents: i64,
}

/// Four digits.
#[derive(Clone, Serialize, ToSchema)]
pub struct ShortCode {
    /// To be read out.
    pub code: String,
    /// The shop.
    pub shop_id: Uuid,
    /// Its name.
    pub shop_name: String,
    /// Points, in cents.
    pub amount_cents: i64,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Makes four digits; those that the caller made before are over.
///
/// # Errors
/// `counter.nobody`, `counter.amount`, `counter.limit`, `ledger.short`, `merchant.closed`, `shop.closed`; 404; the database.
pub async fn make(cx: Cx, input: ShortCodeInput) -> Result<ShortCode> {
    let person = cx.caller.person_id().ok_or_else(|| COUNTER_NOBODY.refusal())?;
    rules::amounts(input.amount_cents, 0)?;
    let shop_id = place::of_sign(&cx, &input.shop).await?;
    let place = shop::payable(&cx, shop::Sign::Shop(shop_id)).await?;
    let values = parameters::values(cx.read(), cx.today()).await?;
    let most = Limits::of(&values)?.one(Channel::Short);
    if input.amount_cents > most {
        let said = format!("四位数字码一次最多付 {}，金额更大的请出示付款码，或者扫门店的收款码。", yuan(most));
        return Err(COUNTER_LIMIT.with(said).on("amount_cents").into());
    }
    if ledger::available(cx.read(), person).await? < input.amount_cents {
        return Err(LEDGER_SHORT.refusal().on("amount_cents").into());
    }
    // Answers are kept with their key of the request: this one must not be.
    let tx = cx.unclaimed().begin().await?;
    let end = "UPDATE short_code SET ended_at = $1 WHERE ended_at IS NULL
        AND (person_id = $2 OR (shop_id = $3 AND expires_at <= $1))";
    tx.execute_sql(end, [tx.now().into(), person.into(), shop_id.into()]).await?;
    let expires_at = tx.now() + TimeDelta::minutes(values.get(SHORT_MINUTES)?);
    let insert = "INSERT INTO short_code (id, person_id, shop_id, digest, amount_cents, made_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    for _ in 0..THROWS {
        let code = format!("{:04}", rand::rng().random_range(0..10_000_u32));
        let values = [
            tx.id().into(),
            person.into(),
            shop_id.into(),
            payer::short_digest(&cx, shop_id, &code).into(),
            input.amount_cents.into(),
            tx.now().into(),
            expires_at.into(),
        ];
        if tx.execute_sql(insert, values).await? == 1 {
            tx.commit(()).await?;
            let amount_cents = input.amount_cents;
            return Ok(ShortCode { code, shop_id, shop_name: place.shop_name, amount_cents, expires_at });
        }
    }
    Err(BUSY.refusal().into())
}

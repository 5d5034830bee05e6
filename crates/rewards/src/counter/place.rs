//! Where it is paid: a shop that takes points, and the number on its sign.

use kernel::{Cx, Error, Id, Result};
use rand::RngExt;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::parameters;
use super::rules::{Channel, Limits};
use crate::ledger::OWN_BOOK;
use crate::merchant::open_account_in;
use crate::shop::{self, Sign};

/// A shop that takes points today.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) shop_id: Id,
    pub(super) shop_name: String,
    pub(super) merchant_id: Id,
    pub(super) merchant_name: String,
    /// The merchant's account in the ledger.
    pub(super) account_id: Id,
}

/// A shop that takes points today; its merchant's account is opened with the first payment.
pub(super) async fn open(cx: &Cx, shop_id: Id) -> Result<Place> {
    open_at(cx, Sign::Shop(shop_id)).await
}

/// The same by whatever names the shop.
pub(super) async fn open_at(cx: &Cx, sign: Sign) -> Result<Place> {
    let shop = shop::payable(cx, sign).await?;
    let account_id = match shop.account_id {
        Some(id) => id,
        None => {
            let tx = cx.unclaimed().begin().await?;
            let id = open_account_in(&tx, shop.merchant_id, OWN_BOOK).await?;
            tx.commit(id).await?
        }
    };
    Ok(Place {
        shop_id: shop.shop_id,
        shop_name: shop.shop_name,
        merchant_id: shop.merchant_id,
        merchant_name: shop.merchant_name,
        account_id,
    })
}

/// What was scanned or typed: six digits, or the shop's id.
pub(super) fn read(sign: &str) -> Sign {
    let sign = sign.trim();
    sign.parse::<Uuid>().map_or_else(|_| Sign::Number(sign.to_owned()), Sign::Shop)
}

/// The shop of a sign.
pub(super) async fn of_sign(cx: &Cx, sign: &str) -> Result<Id> {
    let sign = match read(sign) {
        Sign::Shop(id) => return Ok(id),
        Sign::Number(number) => number,
    };
    let sql = "SELECT shop_id FROM pay_point WHERE number = $1";
    let row = cx.read().query_one_raw(cx.app.db.statement(sql, [sign.into()])).await?;
    Ok(row.ok_or_else(Error::not_found)?.try_get("", "shop_id")?)
}

/// The number of a shop's sign; it gets one the first time.
pub(super) async fn number(cx: &Cx, shop_id: Id) -> Result<String> {
    let tx = cx.unclaimed().begin().await?;
    loop {
        let sql = "SELECT number FROM pay_point WHERE shop_id = $1";
        if let Some(row) = tx.query_one_raw(cx.app.db.statement(sql, [shop_id.into()])).await? {
            let number: String = row.try_get("", "number")?;
            return tx.commit(number).await;
        }
        let number = rand::rng().random_range(100_000..1_000_000_i32).to_string();
        let insert = "INSERT INTO pay_point (number, shop_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        tx.execute_sql(insert, [number.into(), shop_id.into()]).await?;
    }
}

/// The sign that was scanned or typed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SignInput {
    /// Its six digits, or the shop's id.
    pub shop: String,
}

/// The shop of a sign, as who pays sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PayShop {
    /// The shop.
    pub shop_id: Uuid,
    /// Its name.
    pub shop_name: String,
    /// Whose it is.
    pub merchant_name: String,
    /// Most points of one payment, in cents.
    pub most_cents: i64,
    /// Most points of one payment with four digits, in cents.
    pub short_most_cents: i64,
}

/// Shows the shop of a sign.
///
/// # Errors
/// 404, `merchant.closed`, `shop.closed`; the database.
pub async fn show(cx: Cx, input: SignInput) -> Result<PayShop> {
    let shop = shop::payable(&cx, read(&input.shop)).await?;
    let limits = Limits::of(&parameters::values(cx.read(), cx.today()).await?)?;
    Ok(PayShop {
        shop_id: shop.shop_id,
        shop_name: shop.shop_name,
        merchant_name: shop.merchant_name,
        most_cents: limits.one(Channel::Shop),
        short_most_cents: limits.one(Channel::Short),
    })
}

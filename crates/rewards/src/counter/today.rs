//! What a shop took and gave back on a day, for who stands at its till.

use chrono::NaiveDate;
use kernel::page::PageInput;
use kernel::{Cx, Result};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::history::{self, Of, PaymentStep};
use crate::cashier::{self, CashierRole, Till};
use crate::merchant::MERCHANT_CLOSED;
use crate::shop::SHOP_CLOSED;

/// Of which shop, on which day.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ShopDayInput {
    /// The shop.
    pub shop_id: Uuid,
    /// The day; today unless told.
    #[serde(default)]
    pub day: Option<NaiveDate>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A shop's day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShopDay {
    /// The day.
    pub day: NaiveDate,
    /// Payments, also those that went back later.
    pub paid: ShopSum,
    /// What was reversed on this day.
    pub reversed: ShopSum,
    /// What was refunded on this day.
    pub refunded: ShopSum,
    /// The caller may refund.
    pub may_refund: bool,
    /// What happened, newest first.
    pub items: Vec<PaymentStep>,
    /// Cursor of the next page; absent on the last.
    pub next: Option<String>,
}

/// How many, and how much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShopSum {
    /// How many.
    pub times: i64,
    /// Points, in cents.
    pub points_cents: i64,
    /// Cash, in cents.
    pub cash_cents: i64,
}

/// The caller at the till of a shop, also of one that takes no points any more: what was taken is still looked at, and
/// what is unknown still reversed.
pub(super) async fn stands(cx: &Cx, shop: Uuid) -> Result<Till> {
    match cashier::till(cx, cx.read(), shop, CashierRole::Charge).await {
        Err(error)
            if error.refusal().is_some_and(|no| [MERCHANT_CLOSED.code, SHOP_CLOSED.code].contains(&&*no.code)) =>
        {
            cashier::till(cx, cx.read(), shop, CashierRole::Refund).await
        }
        other => other,
    }
}

/// Lists a day of a shop with its sums.
///
/// # Errors
/// 404 for who does not work there; `input.invalid` for a bad cursor; the database.
pub async fn today(cx: Cx, input: ShopDayInput) -> Result<ShopDay> {
    let till = stands(&cx, input.shop_id).await?;
    let day = input.day.unwrap_or_else(|| cx.today());
    let page = PageInput::new(input.after, input.limit);
    let page = history::page(cx.read(), Of::Shop(input.shop_id, day), &page).await?;
    let sql = "SELECT kind, CAST(count(*) AS bigint) AS times, CAST(sum(points_cents) AS bigint) AS points_cents,
        CAST(sum(cash_cents) AS bigint) AS cash_cents FROM payment_step WHERE shop_id = $1 AND day = $2 GROUP BY kind";
    let rows = cx.read().query_all_raw(cx.app.db.statement(sql, [input.shop_id.into(), day.into()])).await?;
    let (mut paid, mut reversed, mut refunded) = (ShopSum::default(), ShopSum::default(), ShopSum::default());
    for row in rows {
        let sum = ShopSum {
            times: row.try_get("", "times")?,
            points_cents: row.try_get("", "points_cents")?,
            cash_cents: row.try_get("", "cash_cents")?,
        };
        match row.try_get::<String>("", "kind")?.as_str() {
            "paid" => paid = sum,
            "reversed" => reversed = sum,
            "refunded" => refunded = sum,
            _ => {}
        }
    }
    let may_refund = till.role >= CashierRole::Refund;
    Ok(ShopDay { day, paid, reversed, refunded, may_refund, items: page.items, next: page.next })
}

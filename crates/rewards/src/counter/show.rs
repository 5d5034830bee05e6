//! The receipt: what became of a payment, for who paid and for the shop. It names the shop and never the member.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::place::Place;
use super::rules::Channel;
use super::settle::Settled;
use super::{entity, refund_entity as refund, today};
use crate::points::book::Book;

/// Which payment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PaymentInput {
    /// The payment.
    pub payment_id: Uuid,
}

/// Which payment of a shop.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ShopPaymentInput {
    /// The shop.
    pub shop_id: Uuid,
    /// The payment.
    pub payment_id: Uuid,
}

/// What became of a payment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PaymentReceipt {
    /// The payment.
    pub id: Uuid,
    /// `paid`, `closed` (refused), `reversed`.
    pub state: String,
    /// How it came about.
    pub channel: Channel,
    /// Where; none of a payment that never arrived.
    pub shop_id: Option<Uuid>,
    /// Name of the shop.
    pub shop_name: Option<String>,
    /// Whose shop it is.
    pub merchant_name: Option<String>,
    /// Points, in cents.
    pub points_cents: i64,
    /// Cash beside them, in cents.
    pub cash_cents: i64,
    /// Points that went back, in cents.
    pub points_back_cents: i64,
    /// Cash that went back, in cents.
    pub cash_back_cents: i64,
    /// Number of the shop's own receipt.
    pub reference: Option<String>,
    /// Why it was refused, as a stable code.
    pub code: Option<String>,
    /// The same in words.
    pub message: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// On which day in China.
    pub day: NaiveDate,
    /// What went back, oldest first.
    pub refunds: Vec<RefundLine>,
    /// Which points were spent, by book; told to who paid alone, and empty when all were of the city's own book.
    pub parts: Vec<PaymentPart>,
}

/// Points of a payment that were of one book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentPart {
    /// The book.
    pub book_id: Uuid,
    /// Its name.
    pub book_name: String,
    /// Who entrusted the money, of an entrusted book.
    pub funder: Option<String>,
    /// What was paid, in cents.
    pub points_cents: i64,
    /// What of it went back, in cents.
    pub points_back_cents: i64,
}

/// Something that went back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RefundLine {
    /// The refund.
    pub id: Uuid,
    /// Points, in cents.
    pub points_cents: i64,
    /// Cash, in cents.
    pub cash_cents: i64,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Shows a receipt to who paid.
///
/// # Errors
/// 404 for a payment of somebody else, and for one that never arrived; the database.
pub async fn mine(cx: Cx, input: PaymentInput) -> Result<PaymentReceipt> {
    let row = entity::Entity::find_by_id(input.payment_id).one(cx.read()).await?;
    let mine = |row: &entity::Model| row.person_id.is_some() && row.person_id == cx.caller.person_id();
    let receipt = receipt(cx.read(), row.filter(mine).ok_or_else(Error::not_found)?).await?;
    to_payer(cx.read(), receipt).await
}

/// Tells the shop what became of a payment.
///
/// # Errors
/// 404 for who does not work there, for a payment of another shop, and for one that never arrived; the database.
pub async fn of_shop(cx: Cx, input: ShopPaymentInput) -> Result<PaymentReceipt> {
    today::stands(&cx, input.shop_id).await?;
    let row = entity::Entity::find_by_id(input.payment_id).one(cx.read()).await?;
    let here = |row: &entity::Model| row.shop_id.is_none_or(|shop| shop == input.shop_id);
    receipt(cx.read(), row.filter(here).ok_or_else(Error::not_found)?).await
}

/// The receipt of a payment.
pub(super) async fn receipt(conn: &impl ConnectionTrait, row: entity::Model) -> Result<PaymentReceipt> {
    let (shop_name, merchant_name) = match row.shop_id {
        Some(shop) => names(conn, shop).await?,
        None => (None, None),
    };
    let gone_back = row.points_back_cents + row.cash_back_cents > 0 && row.state == "paid";
    let refunds = if gone_back { refunds(conn, row.id).await? } else { Vec::new() };
    Ok(PaymentReceipt { shop_name, merchant_name, refunds, ..bare(row) })
}

/// The receipt with what only who paid is told: which fund somebody's points are from is nobody else's business.
pub(super) async fn to_payer(conn: &impl ConnectionTrait, receipt: PaymentReceipt) -> Result<PaymentReceipt> {
    let sql = "SELECT p.book_id, b.kind, b.name, b.funder, p.points_cents, CAST(COALESCE((SELECT SUM(t.amount_cents)
            FROM transfer t WHERE t.reverses_id = p.transfer_id AND t.kind = 'refund'), 0) AS bigint) AS back
        FROM payment_part p JOIN ledger_book b ON b.id = p.book_id WHERE p.payment_id = $1 ORDER BY p.position";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [receipt.id.into()]);
    let mut parts = Vec::new();
    for row in conn.query_all_raw(statement).await? {
        let book = Book {
            id: row.try_get("", "book_id")?,
            kind: row.try_get("", "kind")?,
            name: row.try_get("", "name")?,
            funder: row.try_get("", "funder")?,
        };
        parts.push(PaymentPart {
            book_id: book.id,
            funder: book.funder.clone(),
            book_name: book.points_name(),
            points_cents: row.try_get("", "points_cents")?,
            points_back_cents: row.try_get("", "back")?,
        });
    }
    Ok(PaymentReceipt { parts, ..receipt })
}

/// The receipt of a payment that was made just now, of which nothing can have gone back: without a question.
pub(super) async fn settled(conn: &impl ConnectionTrait, settled: Settled, place: &Place) -> Result<PaymentReceipt> {
    if !settled.fresh {
        return receipt(conn, settled.payment).await;
    }
    let names = (Some(place.shop_name.clone()), Some(place.merchant_name.clone()));
    Ok(PaymentReceipt { shop_name: names.0, merchant_name: names.1, ..bare(settled.payment) })
}

fn bare(row: entity::Model) -> PaymentReceipt {
    PaymentReceipt {
        id: row.id,
        state: row.state,
        channel: Channel::parse(&row.channel),
        shop_id: row.shop_id,
        shop_name: None,
        merchant_name: None,
        points_cents: row.points_cents,
        cash_cents: row.cash_cents,
        points_back_cents: row.points_back_cents,
        cash_back_cents: row.cash_back_cents,
        reference: row.reference,
        code: row.code,
        message: row.message,
        at: row.at,
        day: row.day,
        refunds: Vec::new(),
        parts: Vec::new(),
    }
}

/// Names of a shop and its merchant.
pub(super) async fn names(conn: &impl ConnectionTrait, shop: Id) -> Result<(Option<String>, Option<String>)> {
    let sql = "SELECT s.name AS shop_name, m.name AS merchant_name FROM shop s
        JOIN merchant m ON m.id = s.merchant_id WHERE s.id = $1";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [shop.into()]);
    let Some(row) = conn.query_one_raw(statement).await? else { return Ok((None, None)) };
    Ok((row.try_get("", "shop_name")?, row.try_get("", "merchant_name")?))
}

async fn refunds(conn: &impl ConnectionTrait, payment: Id) -> Result<Vec<RefundLine>> {
    let rows = refund::Entity::find()
        .filter(refund::Column::PaymentId.eq(payment))
        .filter(refund::Column::State.eq("done"))
        .order_by_asc(refund::Column::At)
        .order_by_asc(refund::Column::Id)
        .all(conn)
        .await?;
    let line = |row: refund::Model| RefundLine {
        id: row.id,
        points_cents: row.points_cents,
        cash_cents: row.cash_cents,
        reason: row.reason,
        at: row.at,
    };
    Ok(rows.into_iter().map(line).collect())
}

//! One daily statement, by shop and by the union whose points were spent.

use chrono::NaiveDate;
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{statement_entity as entity, statement_line_entity as line};
use crate::cashier::{CashierRole, works_for};
use crate::merchant::access::SETTLEMENT_READ;
use crate::merchant::find;
use crate::points::book;

/// Which statement.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct StatementInput {
    /// Its id.
    pub statement_id: Uuid,
}

/// A daily statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementPage {
    /// Which.
    pub id: Uuid,
    /// Whose.
    pub merchant_id: Uuid,
    /// Its name.
    pub merchant_name: String,
    /// The book whose points were paid with, and which owes them.
    pub book_id: Uuid,
    /// Its name.
    pub book_name: String,
    /// The day.
    pub day: NaiveDate,
    /// Payments.
    pub payments: i64,
    /// What was paid, in cents.
    pub paid_cents: i64,
    /// Refunds.
    pub refunds: i64,
    /// What was refunded, in cents.
    pub refunded_cents: i64,
    /// What is owed for the day.
    pub net_cents: i64,
    /// SM3 of the statement, in hexadecimal: both sides can compare it.
    pub digest: String,
    /// By shop and union, in order.
    pub lines: Vec<StatementLine>,
}

/// Of one shop and one union whose points were spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementLine {
    /// The shop.
    pub shop_id: Option<Uuid>,
    /// Its name on that day.
    pub shop_name: Option<String>,
    /// The union.
    pub issuer_id: Option<Uuid>,
    /// Its name on that day.
    pub issuer_name: Option<String>,
    /// Payments; one with points of two unions stands in both lines.
    pub payments: i64,
    /// What was paid, in cents.
    pub paid_cents: i64,
    /// Refunds.
    pub refunds: i64,
    /// What was refunded, in cents.
    pub refunded_cents: i64,
}

/// Shows a statement to the merchant's manager and to whoever reads statements.
///
/// # Errors
/// 404 for everybody else; the database.
pub async fn show(cx: Cx, input: StatementInput) -> Result<StatementPage> {
    let row = seen(&cx, input.statement_id).await?;
    page(&cx, row).await
}

/// A statement that the caller may see.
pub(super) async fn seen(cx: &Cx, id: Id) -> Result<entity::Model> {
    let row = entity::Entity::find_by_id(id).one(cx.read()).await?.ok_or_else(Error::not_found)?;
    reads(cx, row.merchant_id).await?;
    Ok(row)
}

/// Refuses who neither manages all shops of a merchant nor reads statements in its scope.
pub(super) async fn reads(cx: &Cx, merchant: Id) -> Result<()> {
    let merchant = find::one(cx.read(), merchant).await?;
    if cx.caller.may(cx.read(), SETTLEMENT_READ, merchant.organization_id).await? {
        return Ok(());
    }
    let (own, role) = works_for(cx, cx.read(), merchant.id).await?;
    if role == CashierRole::Manager && own.shop_id.is_none() { Ok(()) } else { Err(Error::not_found()) }
}

pub(super) async fn page(cx: &Cx, row: entity::Model) -> Result<StatementPage> {
    let merchant = find::one(cx.read(), row.merchant_id).await?;
    Ok(StatementPage {
        merchant_name: merchant.name,
        book_name: book::load(cx.read(), row.book_id).await?.name,
        book_id: row.book_id,
        lines: lines(cx.read(), row.id).await?,
        digest: hex(&row.digest),
        id: row.id,
        merchant_id: row.merchant_id,
        day: row.day,
        payments: row.payments,
        paid_cents: row.paid_cents,
        refunds: row.refunds,
        refunded_cents: row.refunded_cents,
        net_cents: row.net_cents,
    })
}

/// Bytes as people compare them.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn lines(conn: &impl ConnectionTrait, statement: Id) -> Result<Vec<StatementLine>> {
    let rows = line::Entity::find()
        .filter(line::Column::StatementId.eq(statement))
        .order_by_asc(line::Column::Number)
        .all(conn)
        .await?;
    let shape = |row: line::Model| StatementLine {
        shop_name: row.shop_name,
        issuer_name: row.issuer_name,
        shop_id: row.shop_id,
        issuer_id: row.issuer_id,
        payments: row.payments,
        paid_cents: row.paid_cents,
        refunds: row.refunds,
        refunded_cents: row.refunded_cents,
    };
    Ok(rows.into_iter().map(shape).collect())
}

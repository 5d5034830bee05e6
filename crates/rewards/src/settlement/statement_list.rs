//! Daily statements of a merchant, the newest first.

use chrono::NaiveDate;
use kernel::page::{Page, PageInput};
use kernel::time::Day;
use kernel::{Cx, Error, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::statement_entity::{self as entity, Column};
use super::statement_show::reads;
use crate::ledger;

/// Of which merchant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct StatementsInput {
    /// The merchant.
    pub merchant_id: Uuid,
    /// The book; the city's own unless told.
    #[serde(default)]
    pub book_id: Option<Uuid>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A daily statement in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementRow {
    /// Which.
    pub id: Uuid,
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
}

/// Lists statements to the merchant's manager and to whoever reads statements.
///
/// # Errors
/// 404 for everybody else; `input.invalid`; the database.
pub async fn list(cx: Cx, input: StatementsInput) -> Result<Page<StatementRow>> {
    reads(&cx, input.merchant_id).await?;
    let conn = cx.read();
    let book = match input.book_id {
        Some(book) => book,
        None => ledger::own_book(conn).await?,
    };
    let page = PageInput::new(input.after, input.limit);
    let mut rows = entity::Entity::find()
        .filter(Column::MerchantId.eq(input.merchant_id))
        .filter(Column::BookId.eq(book))
        .order_by_desc(Column::Day)
        .limit(page.fetch());
    if let Some(after) = &page.after {
        let after: Day = after.parse().map_err(|_| Error::from(kernel::error::INPUT_INVALID.refusal().on("after")))?;
        rows = rows.filter(Column::Day.lt(after));
    }
    let shape = |row: entity::Model| StatementRow {
        id: row.id,
        day: row.day,
        payments: row.payments,
        paid_cents: row.paid_cents,
        refunds: row.refunds,
        refunded_cents: row.refunded_cents,
        net_cents: row.net_cents,
    };
    Ok(Page::cut(rows.all(conn).await?, &page, |row| row.day.to_string()).map(shape))
}

//! Daily statements of a merchant, the newest first.

use chrono::NaiveDate;
use kernel::error::INPUT_INVALID;
use kernel::page::{Page, PageInput};
use kernel::time::Day;
use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::statement_entity::{self as entity, Column};
use super::statement_show::reads;
use crate::points::book;

/// Of which merchant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct StatementsInput {
    /// The merchant.
    pub merchant_id: Uuid,
    /// Of this book alone.
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
}

/// Lists statements to the merchant's manager and to whoever reads statements.
///
/// # Errors
/// 404 for everybody else; `input.invalid`; the database.
pub async fn list(cx: Cx, input: StatementsInput) -> Result<Page<StatementRow>> {
    reads(&cx, input.merchant_id).await?;
    let conn = cx.read();
    let page = PageInput::new(input.after, input.limit);
    let mut rows = entity::Entity::find()
        .filter(Column::MerchantId.eq(input.merchant_id))
        .order_by_desc(Column::Day)
        .order_by_desc(Column::Id)
        .limit(page.fetch());
    if let Some(book) = input.book_id {
        rows = rows.filter(Column::BookId.eq(book));
    }
    if let Some(after) = &page.after {
        let (day, id) = place(after).ok_or_else(|| INPUT_INVALID.refusal().on("after"))?;
        let same = Condition::all().add(Column::Day.eq(day)).add(Column::Id.lt(id));
        rows = rows.filter(Condition::any().add(Column::Day.lt(day)).add(same));
    }
    let books = book::names(conn).await?;
    let shape = |row: entity::Model| StatementRow {
        book_name: books.get(&row.book_id).cloned().unwrap_or_default(),
        book_id: row.book_id,
        id: row.id,
        day: row.day,
        payments: row.payments,
        paid_cents: row.paid_cents,
        refunds: row.refunds,
        refunded_cents: row.refunded_cents,
        net_cents: row.net_cents,
    };
    Ok(Page::cut(rows.all(conn).await?, &page, |row| format!("{} {}", row.day, row.id)).map(shape))
}

/// Where a list goes on: a merchant may have statements of several books on a day.
fn place(after: &str) -> Option<(Day, Id)> {
    let (day, id) = after.split_once(' ')?;
    Some((day.parse().ok()?, id.parse().ok()?))
}

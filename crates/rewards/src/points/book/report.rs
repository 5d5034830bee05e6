//! What became of the money of a book, for whoever entrusted it: figures by budget, no person.

use kernel::{Cx, Error, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::BookRow;
use super::load;
use crate::points::budget::entity as budget;
use crate::points::budget::{BudgetRow, shaped};

/// Which book.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BookReportInput {
    /// Its id.
    pub book_id: Uuid,
}

/// What became of the money; amounts in cents.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BookReport {
    /// The book.
    pub book: BookRow,
    /// Came in.
    pub funded_cents: i64,
    /// Went to members, less what was taken back.
    pub issued_cents: i64,
    /// Was spent by them.
    pub spent_cents: i64,
    /// Came back unspent.
    pub expired_cents: i64,
    /// Went back to the funder.
    pub returned_cents: i64,
    /// Members still hold.
    pub held_by_members_cents: i64,
    /// Is left in the budgets.
    pub left_cents: i64,
    /// By budget.
    pub budgets: Vec<BudgetRow>,
}

/// Tells what became of the money of a book.
///
/// # Errors
/// `book.unknown`; the database.
pub async fn report(cx: Cx, input: BookReportInput) -> Result<BookReport> {
    let book = load(cx.read(), input.book_id).await?;
    let rows = budget::Entity::find()
        .filter(budget::Column::BookId.eq(book.id))
        .order_by_asc(budget::Column::FiscalYear)
        .order_by_asc(budget::Column::AccountId);
    let budgets = shaped(cx.read(), rows.all(cx.read()).await?).await?;
    let held = held_by_members(&cx, book.id).await?;
    let sum = |of: fn(&BudgetRow) -> i64| budgets.iter().map(of).sum::<i64>();
    let (issued, expired) = (sum(|row| row.issued_cents), sum(|row| row.expired_cents));
    Ok(BookReport {
        book: book.into(),
        funded_cents: sum(|row| row.funded_cents),
        issued_cents: issued,
        // What was issued is spent, came back, or is still held.
        spent_cents: issued - expired - held,
        expired_cents: expired,
        returned_cents: sum(|row| row.returned_cents),
        held_by_members_cents: held,
        left_cents: sum(|row| row.balance_cents),
        budgets,
    })
}

async fn held_by_members(cx: &Cx, book: Uuid) -> Result<i64> {
    use sea_orm::ConnectionTrait;
    let sql = "SELECT CAST(COALESCE(SUM(balance_cents), 0) AS bigint) AS cents FROM ledger_account
        WHERE book_id = $1 AND kind = 'wallet'";
    let row = cx.read().query_one_raw(cx.app.db.statement(sql, [book.into()])).await?;
    Ok(row.ok_or_else(|| Error::internal("a sum without a row"))?.try_get("", "cents")?)
}

//! Budgets as rows.

use std::collections::BTreeSet;

use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use registry::staff::organizations_named;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{self, Column};
use super::figures::figures;
use crate::access::POINTS_READ;
use crate::ledger;
use crate::points::{book, purpose};

/// Which budgets.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BudgetsInput {
    /// Of this union alone.
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    /// Of this year alone.
    #[serde(default)]
    pub fiscal_year: Option<i64>,
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

/// A budget; amounts in cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BudgetRow {
    /// Which; the id of its account, too.
    pub id: Uuid,
    /// The union.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// The year.
    pub fiscal_year: i64,
    /// The purpose.
    pub purpose: String,
    /// What people call the purpose.
    pub purpose_label: String,
    /// The book.
    pub book_id: Uuid,
    /// Its name.
    pub book_name: String,
    /// Came in from the bank.
    pub funded_cents: i64,
    /// Came from other budgets.
    pub moved_in_cents: i64,
    /// Went to members.
    pub issued_cents: i64,
    /// Came back unspent.
    pub expired_cents: i64,
    /// Went back to where it came from.
    pub returned_cents: i64,
    /// Went to other budgets.
    pub moved_out_cents: i64,
    /// Is there.
    pub balance_cents: i64,
    /// Promised to what was released and is not issued yet.
    pub reserved_cents: i64,
    /// Can still be promised.
    pub available_cents: i64,
}

/// Lists budgets in the caller's scope, the latest first.
///
/// # Errors
/// `input.invalid` for a bad cursor; the database.
pub async fn list(cx: Cx, input: BudgetsInput) -> Result<Page<BudgetRow>> {
    let page = PageInput::new(input.after, input.limit);
    let mut rows = entity::Entity::find()
        .filter(cx.caller.scope(POINTS_READ).covers(Column::OrganizationId))
        .order_by_desc(Column::AccountId)
        .limit(page.fetch());
    if let Some(union) = input.organization_id {
        rows = rows.filter(Column::OrganizationId.eq(union));
    }
    if let Some(year) = input.fiscal_year {
        rows = rows.filter(Column::FiscalYear.eq(year));
    }
    if let Some(book) = input.book_id {
        rows = rows.filter(Column::BookId.eq(book));
    }
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::AccountId.lt(after));
    }
    let cut = Page::cut(rows.all(cx.read()).await?, &page, |row| row.account_id.to_string());
    Ok(Page { items: shaped(cx.read(), cut.items).await?, next: cut.next })
}

/// Rows with their names and figures.
///
/// # Errors
/// The database.
pub async fn shaped(conn: &impl ConnectionTrait, rows: Vec<entity::Model>) -> Result<Vec<BudgetRow>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.account_id).collect();
    let sums = figures(conn, &ids).await?;
    let unions: BTreeSet<Id> = rows.iter().map(|row| row.organization_id).collect();
    let names = organizations_named(conn, unions).await?;
    let books = book::names(conn).await?;
    let mut shaped = Vec::with_capacity(rows.len());
    for row in rows {
        let sums = sums.get(&row.account_id).copied().unwrap_or_default();
        let balance = ledger::balance(conn, row.account_id).await?;
        shaped.push(BudgetRow {
            id: row.account_id,
            organization_id: row.organization_id,
            organization_name: names.get(&row.organization_id).cloned().unwrap_or_default(),
            fiscal_year: row.fiscal_year,
            purpose_label: purpose::label(conn, &row.purpose).await?,
            purpose: row.purpose,
            book_id: row.book_id,
            book_name: books.get(&row.book_id).cloned().unwrap_or_default(),
            funded_cents: sums.funded,
            moved_in_cents: sums.moved_in,
            issued_cents: sums.issued,
            expired_cents: sums.expired,
            returned_cents: sums.returned,
            moved_out_cents: sums.moved_out,
            balance_cents: balance.balance_cents,
            reserved_cents: row.reserved_cents,
            available_cents: balance.available_cents.saturating_sub(row.reserved_cents),
        });
    }
    Ok(shaped)
}

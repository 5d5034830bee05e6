//! Money that went out, as rows.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::db::rows_of_keys;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{self, Column};

/// Which lines.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BankOutgoingInput {
    /// Of this book alone.
    #[serde(default)]
    pub book_id: Option<Uuid>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Those alone that pay no request to return money.
    #[serde(default)]
    pub open: bool,
}

/// A line of money that went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankOutgoingRow {
    /// Which.
    pub id: Uuid,
    /// The book.
    pub book_id: Uuid,
    /// The bank's number.
    pub number: String,
    /// The bank's day.
    pub day: NaiveDate,
    /// How much went out, in cents.
    pub amount_cents: i64,
    /// Who was paid; empty for a fee.
    pub payee: String,
    /// What for, as the bank says.
    pub note: Option<String>,
    /// The file that it came in.
    pub file_id: Option<Uuid>,
    /// The budget whose rest it returned.
    pub budget_id: Option<Uuid>,
}

/// Lists lines, the latest entered first.
///
/// # Errors
/// `input.invalid` for a bad cursor; the database.
pub async fn list(cx: Cx, input: BankOutgoingInput) -> Result<Page<BankOutgoingRow>> {
    let page = PageInput::new(input.after, input.limit);
    let mut rows = entity::Entity::find().order_by_desc(Column::Id).limit(page.fetch());
    if let Some(book) = input.book_id {
        rows = rows.filter(Column::BookId.eq(book));
    }
    if input.open {
        rows = rows.filter(Expr::cust(
            "NOT EXISTS (SELECT 1 FROM points_funding_paid p WHERE p.outgoing_id = bank_outgoing.id)",
        ));
    }
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.lt(after));
    }
    let cut = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    Ok(Page { items: shaped(cx.read(), cut.items).await?, next: cut.next })
}

/// Rows with what they paid.
///
/// # Errors
/// The database.
pub async fn shaped(conn: &impl ConnectionTrait, rows: Vec<entity::Model>) -> Result<Vec<BankOutgoingRow>> {
    let sql =
        "SELECT p.outgoing_id, f.budget_id FROM points_funding_paid p JOIN points_funding f ON f.id = p.funding_id
        WHERE p.outgoing_id IN";
    let mut paid: BTreeMap<Id, Id> = BTreeMap::new();
    let keys: Vec<Value> = rows.iter().map(|row| row.id.into()).collect();
    for row in rows_of_keys(conn, sql, keys).await? {
        paid.insert(row.try_get("", "outgoing_id")?, row.try_get("", "budget_id")?);
    }
    let shape = |row: entity::Model| BankOutgoingRow {
        budget_id: paid.get(&row.id).copied(),
        id: row.id,
        book_id: row.book_id,
        number: row.number,
        day: row.day,
        amount_cents: row.amount_cents,
        payee: row.payee,
        note: row.note,
        file_id: row.file_id,
    };
    Ok(rows.into_iter().map(shape).collect())
}

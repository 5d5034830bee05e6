//! Lines of the bank account as rows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use kernel::db::rows_of_keys;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::PAYOUT_BACK;
use super::entity::{self, Column};

/// Which lines.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BankLinesInput {
    /// Of this book alone.
    #[serde(default)]
    pub book_id: Option<Uuid>,
    /// Those alone that stand behind no budget yet.
    #[serde(default)]
    pub open: bool,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A line of the bank account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankLineRow {
    /// Which.
    pub id: Uuid,
    /// The book.
    pub book_id: Uuid,
    /// The bank's number.
    pub number: String,
    /// The bank's day.
    pub day: NaiveDate,
    /// How much came in, in cents.
    pub amount_cents: i64,
    /// Who paid.
    pub payer: String,
    /// What for, as the bank says.
    pub note: Option<String>,
    /// The file that it came in.
    pub file_id: Option<Uuid>,
    /// `open`, `waiting` for approval, `done`, `payout_back` of a payment to a merchant that came back.
    pub state: String,
    /// The budget that it stands behind.
    pub budget_id: Option<Uuid>,
}

/// Lists lines, the latest entered first.
///
/// # Errors
/// `input.invalid` for a bad cursor; the database.
pub async fn list(cx: Cx, input: BankLinesInput) -> Result<Page<BankLineRow>> {
    let page = PageInput::new(input.after, input.limit);
    let mut rows = entity::Entity::find().order_by_desc(Column::Id).limit(page.fetch());
    if let Some(book) = input.book_id {
        rows = rows.filter(Column::BookId.eq(book));
    }
    if input.open {
        rows = rows.filter(Expr::cust(format!(
            "NOT EXISTS (SELECT 1 FROM points_funding f WHERE f.bank_line_id = bank_line.id
                AND f.state IN ('waiting', 'done'))
                AND NOT EXISTS (SELECT 1 FROM transfer t WHERE t.bank_line_id = bank_line.id) AND NOT {PAYOUT_BACK}"
        )));
    }
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.lt(after));
    }
    let cut = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    Ok(Page { items: shaped(cx.read(), cut.items).await?, next: cut.next })
}

/// Rows with what they stand behind.
///
/// # Errors
/// The database.
pub async fn shaped(conn: &impl ConnectionTrait, rows: Vec<entity::Model>) -> Result<Vec<BankLineRow>> {
    let sql = "SELECT bank_line_id, budget_id, state FROM points_funding
        WHERE state IN ('waiting', 'done') AND bank_line_id IN";
    let mut behind: BTreeMap<Id, (Id, String)> = BTreeMap::new();
    let keys: Vec<Value> = rows.iter().map(|row| row.id.into()).collect();
    for row in rows_of_keys(conn, sql, keys.clone()).await? {
        behind.insert(row.try_get("", "bank_line_id")?, (row.try_get("", "budget_id")?, row.try_get("", "state")?));
    }
    // What the ledger knows of is used, whoever asked for it.
    let sql = "SELECT bank_line_id, credit_id FROM transfer WHERE bank_line_id IN";
    for row in rows_of_keys(conn, sql, keys).await? {
        behind.insert(row.try_get("", "bank_line_id")?, (row.try_get("", "credit_id")?, "done".to_owned()));
    }
    let back = payouts_back(conn, rows.iter().map(|row| row.id)).await?;
    let shape = |row: entity::Model| {
        let found = behind.get(&row.id).cloned();
        let free = if back.contains(&row.id) { "payout_back" } else { "open" };
        BankLineRow {
            id: row.id,
            book_id: row.book_id,
            number: row.number,
            day: row.day,
            amount_cents: row.amount_cents,
            payer: row.payer,
            note: row.note,
            file_id: row.file_id,
            budget_id: found.as_ref().map(|(budget, _)| *budget),
            state: found.map_or_else(|| free.to_owned(), |(_, state)| state),
        }
    };
    Ok(rows.into_iter().map(shape).collect())
}

/// Which of some lines are payments to merchants that came back.
///
/// # Errors
/// The database.
pub async fn payouts_back(conn: &impl ConnectionTrait, lines: impl Iterator<Item = Id>) -> Result<BTreeSet<Id>> {
    let sql = format!("SELECT id FROM bank_line WHERE {PAYOUT_BACK} AND id IN");
    let rows = rows_of_keys(conn, &sql, lines.map(Value::from).collect()).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

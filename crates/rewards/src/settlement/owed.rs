//! What merchants are owed: their statements up to a day less what was paid to them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::find;
use crate::ledger;
use crate::merchant::list::named;

/// In which book, up to which day.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OwedInput {
    /// The book; the city's own unless told.
    #[serde(default)]
    pub book_id: Option<Uuid>,
    /// The last day; yesterday unless told.
    #[serde(default)]
    pub through: Option<NaiveDate>,
}

/// What merchants are owed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Owed {
    /// The book.
    pub book_id: Uuid,
    /// The last day.
    pub through: NaiveDate,
    /// Merchants with statements, in order of their names.
    pub items: Vec<OwedRow>,
}

/// What one merchant is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwedRow {
    /// Which.
    pub merchant_id: Uuid,
    /// Its name.
    pub merchant_name: String,
    /// Its statements up to the day, in cents.
    pub statements_cents: i64,
    /// What was paid to it, less what came back.
    pub paid_cents: i64,
    /// What is left; below zero it owes, until it sells again.
    pub owed_cents: i64,
    /// It stands in a settlement that is under way.
    pub under_way: bool,
    /// It has a bank account in force.
    pub has_bank: bool,
}

/// Tells it.
///
/// # Errors
/// `settlement.day`; the database.
pub async fn owed(cx: Cx, input: OwedInput) -> Result<Owed> {
    let conn = cx.read();
    let book = match input.book_id {
        Some(book) => book,
        None => ledger::own_book(conn).await?,
    };
    let through = find::through(input.through, cx.today())?;
    let rows = rows(conn, book, through).await?;
    let names = named(conn, rows.iter().map(|row| row.merchant)).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(OwedRow {
            merchant_id: row.merchant,
            merchant_name: names.get(&row.merchant).cloned().unwrap_or_default(),
            statements_cents: row.statements,
            paid_cents: row.paid,
            owed_cents: row.owed()?,
            under_way: row.under_way,
            has_bank: row.bank.is_some(),
        });
    }
    items.sort_by(|a, b| a.merchant_name.cmp(&b.merchant_name));
    Ok(Owed { book_id: book, through, items })
}

/// A merchant as it is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub merchant: Id,
    pub account: Id,
    pub statements: i64,
    pub paid: i64,
    pub under_way: bool,
    pub bank: Option<Id>,
}

impl Row {
    /// Statements less what was paid.
    pub(super) fn owed(&self) -> Result<i64> {
        self.statements.checked_sub(self.paid).ok_or_else(|| Error::internal("what is owed leaves the range"))
    }
}

/// Merchants with statements in a book up to a day, in order of their ids.
pub(super) async fn rows(conn: &impl ConnectionTrait, book: Id, through: Day) -> Result<Vec<Row>> {
    let sql = "SELECT a.merchant_id, a.account_id, b.id AS bank_id, i.id AS item_id
        FROM merchant_account a
        LEFT JOIN merchant_bank b ON b.merchant_id = a.merchant_id AND b.state = 'active'
        LEFT JOIN settlement_item i ON i.merchant_id = a.merchant_id AND i.book_id = a.book_id AND i.state = 'open'
        WHERE a.book_id = $1 ORDER BY a.merchant_id";
    let ask = |sql: &str, values: Vec<sea_orm::Value>| {
        Statement::from_sql_and_values(conn.get_database_backend(), sql, values)
    };
    let merchants = conn.query_all_raw(ask(sql, vec![book.into()])).await?;
    let sql = "SELECT merchant_id, CAST(sum(net_cents) AS bigint) AS cents FROM merchant_statement
        WHERE book_id = $1 AND day <= $2 GROUP BY merchant_id";
    let statements = sums(conn, ask(sql, vec![book.into(), through.into()])).await?;
    let sql = "SELECT merchant_id, CAST(sum(cents) AS bigint) AS cents FROM settlement_payout
        WHERE book_id = $1 GROUP BY merchant_id";
    let paid = sums(conn, ask(sql, vec![book.into()])).await?;
    let mut rows = Vec::new();
    for row in merchants {
        let merchant: Id = row.try_get("", "merchant_id")?;
        let Some(statements) = statements.get(&merchant).copied() else { continue };
        let item: Option<Id> = row.try_get("", "item_id")?;
        rows.push(Row {
            merchant,
            account: row.try_get("", "account_id")?,
            statements,
            paid: paid.get(&merchant).copied().unwrap_or_default(),
            under_way: item.is_some(),
            bank: row.try_get("", "bank_id")?,
        });
    }
    Ok(rows)
}

async fn sums(conn: &impl ConnectionTrait, statement: Statement) -> Result<BTreeMap<Id, i64>> {
    let rows = conn.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok((row.try_get("", "merchant_id")?, row.try_get("", "cents")?))).collect()
}

//! Money that went back to where it came from, and by which line of the bank it was paid.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use kernel::time::Day;
use kernel::{Cx, Id, Result};
use registry::staff::organizations_named;
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::points::{book, purpose};

/// Of which book.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct GiveBacksInput {
    /// The book.
    pub book_id: Uuid,
    /// Those alone that the bank does not show yet.
    #[serde(default)]
    pub open: bool,
}

/// Money that went back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GiveBackRow {
    /// The request.
    pub id: Uuid,
    /// The budget that it left.
    pub budget_id: Uuid,
    /// Its union.
    pub organization_name: String,
    /// Its year.
    pub fiscal_year: i64,
    /// What people call its purpose.
    pub purpose_label: String,
    /// How much, in cents.
    pub amount_cents: i64,
    /// Why, and to whom.
    pub reason: String,
    /// The day on which it was approved and left the ledger.
    pub left_on: NaiveDate,
    /// The line of the bank that paid it; none as long as the bank shows none.
    pub paid: Option<PaidLine>,
}

/// The line of the bank that paid what went back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaidLine {
    /// Which.
    pub id: Uuid,
    /// Its number at the bank.
    pub number: String,
    /// The bank's day.
    pub day: NaiveDate,
    /// Who was paid.
    pub payee: String,
}

/// Money that went back, the latest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GiveBacks {
    /// The rows.
    pub items: Vec<GiveBackRow>,
}

/// Lists what went back out of a book.
///
/// # Errors
/// `book.unknown`; the database.
pub async fn list(cx: Cx, input: GiveBacksInput) -> Result<GiveBacks> {
    let book = book::load(cx.read(), input.book_id).await?;
    let mut items = of_book(cx.read(), book.id, Day::default(), cx.today()).await?;
    items.retain(|row| !input.open || row.paid.is_none());
    Ok(GiveBacks { items })
}

/// What left a book for where it came from, from a day to a day, the latest first.
///
/// # Errors
/// The database.
pub async fn of_book(conn: &impl ConnectionTrait, book: Id, from: Day, to: Day) -> Result<Vec<GiveBackRow>> {
    let sql = "SELECT f.id, f.budget_id, b.organization_id, b.fiscal_year, b.purpose, f.amount_cents, f.reason,
            t.day AS left_on, o.id AS paid_id, o.number, o.day AS paid_on, o.payee
        FROM points_funding f JOIN points_budget b ON b.account_id = f.budget_id JOIN transfer t ON t.id = f.transfer_id
            LEFT JOIN points_funding_paid p ON p.funding_id = f.id LEFT JOIN bank_outgoing o ON o.id = p.outgoing_id
        WHERE f.kind = 'give_back' AND f.state = 'done' AND b.book_id = $1 AND t.day >= $2 AND t.day <= $3
        ORDER BY t.seq DESC";
    let values = [book.into(), from.into(), to.into()];
    let rows = conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?;
    let mut unions: BTreeSet<Id> = BTreeSet::new();
    for row in &rows {
        unions.insert(row.try_get("", "organization_id")?);
    }
    let names = organizations_named(conn, unions).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let union: Id = row.try_get("", "organization_id")?;
        let code: String = row.try_get("", "purpose")?;
        found.push(GiveBackRow {
            id: row.try_get("", "id")?,
            budget_id: row.try_get("", "budget_id")?,
            organization_name: names.get(&union).cloned().unwrap_or_default(),
            fiscal_year: row.try_get("", "fiscal_year")?,
            purpose_label: purpose::label(conn, &code).await?,
            amount_cents: row.try_get("", "amount_cents")?,
            reason: row.try_get("", "reason")?,
            left_on: row.try_get("", "left_on")?,
            paid: paid(row, "paid_id", "paid_on")?,
        });
    }
    Ok(found)
}

/// The line of the bank that paid a request to return money.
///
/// # Errors
/// The database.
pub async fn paid_line(conn: &impl ConnectionTrait, funding: Id) -> Result<Option<PaidLine>> {
    let sql = "SELECT o.id, o.number, o.day, o.payee FROM points_funding_paid p
        JOIN bank_outgoing o ON o.id = p.outgoing_id WHERE p.funding_id = $1";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [funding.into()]);
    match conn.query_one_raw(statement).await? {
        Some(row) => paid(&row, "id", "day"),
        None => Ok(None),
    }
}

fn paid(row: &QueryResult, id: &str, day: &str) -> Result<Option<PaidLine>> {
    let Some(id) = row.try_get::<Option<Id>>("", id)? else { return Ok(None) };
    let (number, day, payee) = (row.try_get("", "number")?, row.try_get("", day)?, row.try_get("", "payee")?);
    Ok(Some(PaidLine { id, number, day, payee }))
}

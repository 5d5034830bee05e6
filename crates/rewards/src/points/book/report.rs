//! What became of the money of a book from a day to a day, for whoever entrusted it: figures by budget, no person.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result};
use registry::staff::organizations_named;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::BookRow;
use super::report_file::rows;
use super::{load, rules};
use crate::points::audit::compare::first_day;
use crate::points::budget::backs::{GiveBackRow, of_book};
use crate::points::budget::entity as budget;
use crate::points::budget::figures::{Figures, within};
use crate::points::{paper, purpose};

/// Which book, and which days.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BookReportInput {
    /// Its id.
    pub book_id: Uuid,
    /// The first day; the first one of the book unless told.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// The last day; today unless told.
    #[serde(default)]
    pub to: Option<NaiveDate>,
}

/// What became of the money; amounts in cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BookReport {
    /// The book.
    pub book: BookRow,
    /// From this day.
    pub from: NaiveDate,
    /// To this day, with it.
    pub to: NaiveDate,
    /// Was in the budgets before.
    pub opening_cents: i64,
    /// Members held before.
    pub opening_held_cents: i64,
    /// Came in.
    pub funded_cents: i64,
    /// Went to members, less what was taken back.
    pub issued_cents: i64,
    /// Was spent by them, less what was refunded.
    pub spent_cents: i64,
    /// Came back unspent.
    pub expired_cents: i64,
    /// Went back to the funder.
    pub returned_cents: i64,
    /// Of this the bank has paid.
    pub returned_paid_cents: i64,
    /// Members hold at the end.
    pub held_by_members_cents: i64,
    /// Is left in the budgets at the end.
    pub left_cents: i64,
    /// By budget.
    pub budgets: Vec<BookBudget>,
    /// Each return to the funder, the latest first.
    pub give_backs: Vec<GiveBackRow>,
    /// SM3 over the rows of the file, in hexadecimal: both sides can compare it.
    pub digest: String,
}

/// A budget of a book from a day to a day; amounts in cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BookBudget {
    /// Which.
    pub id: Uuid,
    /// Its union.
    pub organization_name: String,
    /// Its year.
    pub fiscal_year: i64,
    /// What people call its purpose.
    pub purpose_label: String,
    /// Was there before.
    pub opening_cents: i64,
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
    /// Was there at the end.
    pub closing_cents: i64,
}

/// Tells what became of the money of a book.
///
/// # Errors
/// `book.unknown`, `book.period`; the database.
pub async fn report(cx: Cx, input: BookReportInput) -> Result<BookReport> {
    told(&cx, &input).await
}

/// The report as it is shown and sent.
pub(super) async fn told(cx: &Cx, input: &BookReportInput) -> Result<BookReport> {
    let conn = cx.read();
    let book = load(conn, input.book_id).await?;
    let (from, to) = rules::period(input.from, input.to, first_day(conn, book.id).await?, cx.today())?;
    let (budgets, before) = budgets(conn, book.id, from, to).await?;
    let give_backs = of_book(conn, book.id, from, to).await?;
    let (spent_before, spent) = spent(cx, book.id, from, to).await?;
    let sum = |of: fn(&BookBudget) -> i64| budgets.iter().map(of).sum::<i64>();
    let (issued, expired) = (sum(|row| row.issued_cents), sum(|row| row.expired_cents));
    // What was issued is spent, came back, or is still held.
    let opening_held = before.issued - before.expired - spent_before;
    let mut report = BookReport {
        from,
        to,
        opening_cents: sum(|row| row.opening_cents),
        opening_held_cents: opening_held,
        funded_cents: sum(|row| row.funded_cents),
        issued_cents: issued,
        spent_cents: spent,
        expired_cents: expired,
        returned_cents: sum(|row| row.returned_cents),
        returned_paid_cents: give_backs.iter().filter(|row| row.paid.is_some()).map(|row| row.amount_cents).sum(),
        held_by_members_cents: opening_held + issued - expired - spent,
        left_cents: sum(|row| row.closing_cents),
        book: book.into(),
        budgets,
        give_backs,
        digest: String::new(),
    };
    report.digest = paper::digest(&rows(&report));
    Ok(report)
}

/// The budgets of a book from a day to a day, and what all of them had moved before.
async fn budgets(conn: &impl ConnectionTrait, book: Id, from: Day, to: Day) -> Result<(Vec<BookBudget>, Figures)> {
    let found = budget::Entity::find()
        .filter(budget::Column::BookId.eq(book))
        .order_by_asc(budget::Column::FiscalYear)
        .order_by_asc(budget::Column::Purpose)
        .order_by_asc(budget::Column::AccountId);
    let found = found.all(conn).await?;
    let ids: Vec<Id> = found.iter().map(|row| row.account_id).collect();
    let earlier = match from.pred_opt() {
        Some(day) => within(conn, &ids, Some((Day::default(), day))).await?,
        None => BTreeMap::new(),
    };
    let moved = within(conn, &ids, Some((from, to))).await?;
    let names: BTreeSet<Id> = found.iter().map(|row| row.organization_id).collect();
    let names = organizations_named(conn, names).await?;
    let (mut shaped, mut before) = (Vec::with_capacity(found.len()), Figures::default());
    for row in found {
        let earlier = earlier.get(&row.account_id).copied().unwrap_or_default();
        let moved = moved.get(&row.account_id).copied().unwrap_or_default();
        before.issued += earlier.issued;
        before.expired += earlier.expired;
        shaped.push(BookBudget {
            id: row.account_id,
            organization_name: names.get(&row.organization_id).cloned().unwrap_or_default(),
            fiscal_year: row.fiscal_year,
            purpose_label: purpose::label(conn, &row.purpose).await?,
            opening_cents: earlier.net(),
            funded_cents: moved.funded,
            moved_in_cents: moved.moved_in,
            issued_cents: moved.issued,
            expired_cents: moved.expired,
            returned_cents: moved.returned,
            moved_out_cents: moved.moved_out,
            closing_cents: earlier.net() + moved.net(),
        });
    }
    Ok((shaped, before))
}

/// What members of a book had spent before a day, and what they spent from it to another.
async fn spent(cx: &Cx, book: Id, from: Day, to: Day) -> Result<(i64, i64)> {
    let sql = "SELECT CAST(COALESCE(SUM(CASE WHEN day < $2 THEN cents ELSE 0 END), 0) AS bigint) AS earlier,
            CAST(COALESCE(SUM(CASE WHEN day < $2 THEN 0 ELSE cents END), 0) AS bigint) AS spent
        FROM (SELECT day, CASE WHEN kind = 'refund' THEN -amount_cents ELSE amount_cents END AS cents FROM transfer
            WHERE book_id = $1 AND day <= $3 AND kind IN ('pay', 'capture', 'refund')) moved";
    let row = cx.read().query_one_raw(cx.app.db.statement(sql, [book.into(), from.into(), to.into()])).await?;
    let row = row.ok_or_else(|| Error::internal("a sum without a row"))?;
    Ok((row.try_get("", "earlier")?, row.try_get("", "spent")?))
}

//! Enters a line of the bank account.

use chrono::NaiveDate;
use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Value};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{BankLineRow, shaped};
use super::rules::{NewLine, Way, typed};
use super::{BANK_LINE_KNOWN, BANK_LINE_OTHER, entity};
use crate::ledger;
use crate::points::book;

/// A line of the bank's statement.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BankLineAdd {
    /// The book; the city's own unless told.
    #[serde(default)]
    pub book_id: Option<Uuid>,
    /// The bank's number.
    pub number: String,
    /// The bank's day.
    pub day: NaiveDate,
    /// How much came in, in cents.
    pub amount_cents: i64,
    /// Who paid.
    pub payer: String,
    /// What for, as the bank says.
    #[serde(default)]
    pub note: Option<String>,
}

/// Enters a line.
///
/// # Errors
/// `bank_line.form`, `bank_line.known`, `bank_line.other`, `points.form`, `book.unknown`; the database.
pub async fn add(cx: Cx, input: BankLineAdd) -> Result<BankLineRow> {
    let new = NewLine {
        number: input.number,
        day: input.day,
        amount_cents: input.amount_cents,
        party: input.payer,
        note: input.note,
        row_number: None,
    };
    let new = typed(Way::In, new, cx.today())?;
    let tx = cx.begin().await?;
    let book = book_of(&tx, input.book_id).await?;
    if enter(&tx, book, None, std::slice::from_ref(&new)).await? == 0 {
        let known = find(&tx, book, &new.number).await?.is_some_and(|row| says(&row, &new));
        let refusal = if known { BANK_LINE_KNOWN.refusal() } else { BANK_LINE_OTHER.refusal() };
        return Err(refusal.on("number").into());
    }
    let row = find(&tx, book, &new.number).await?.ok_or_else(Error::not_found)?;
    tx.record(Event::of("bank_line.entered", "bank_line", row.id).with("amount_cents", row.amount_cents)).await?;
    let answer = shaped(&tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}

/// The book that is meant.
///
/// # Errors
/// `book.unknown`; the database.
pub async fn book_of(tx: &Tx, asked: Option<Id>) -> Result<Id> {
    match asked {
        Some(id) => Ok(book::load(tx, id).await?.id),
        None => ledger::own_book(tx).await,
    }
}

/// Enters lines that are not there yet; answers how many.
///
/// # Errors
/// The database.
pub async fn enter(tx: &Tx, book: Id, file: Option<Id>, lines: &[NewLine]) -> Result<u64> {
    let rows = lines.iter().map(|line| values(tx, book, file, line)).collect();
    insert_rows(tx, "bank_line", &columns("payer"), rows, "ON CONFLICT DO NOTHING").await
}

/// The columns of what came in and of what went out; they differ in the name of the other party.
#[must_use]
pub fn columns(party: &'static str) -> [&'static str; 11] {
    [
        "id",
        "book_id",
        "number",
        "day",
        "amount_cents",
        party,
        "note",
        "file_id",
        "row_number",
        "entered_by",
        "entered_at",
    ]
}

/// A line in the order of its columns.
#[must_use]
pub fn values(tx: &Tx, book: Id, file: Option<Id>, line: &NewLine) -> Vec<Value> {
    vec![
        tx.id().into(),
        book.into(),
        line.number.as_str().into(),
        line.day.into(),
        line.amount_cents.into(),
        line.party.as_str().into(),
        line.note.clone().into(),
        file.into(),
        line.row_number.into(),
        tx.caller().account_id().into(),
        tx.now().into(),
    ]
}

/// The line of a number.
///
/// # Errors
/// The database.
pub async fn find(tx: &Tx, book: Id, number: &str) -> Result<Option<entity::Model>> {
    let row = entity::Entity::find().filter(entity::Column::BookId.eq(book)).filter(entity::Column::Number.eq(number));
    Ok(row.one(tx).await?)
}

/// Whether a line that is there says what a new one says.
#[must_use]
pub fn says(row: &entity::Model, new: &NewLine) -> bool {
    row.day == new.day && row.amount_cents == new.amount_cents && row.payer == new.party
}

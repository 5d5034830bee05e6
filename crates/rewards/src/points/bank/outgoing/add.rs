//! Enters a line of money that went out.

use chrono::NaiveDate;
use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity;
use super::list::{BankOutgoingRow, shaped};
use crate::points::bank::add::{book_of, columns, values};
use crate::points::bank::rules::{NewLine, Way, typed};
use crate::points::bank::{BANK_LINE_KNOWN, BANK_LINE_OTHER};

/// A line of money that went out.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BankOutgoingAdd {
    /// The book; the city's own unless told.
    #[serde(default)]
    pub book_id: Option<Uuid>,
    /// The bank's number.
    pub number: String,
    /// The bank's day.
    pub day: NaiveDate,
    /// How much went out, in cents.
    pub amount_cents: i64,
    /// Who was paid; nobody for a fee.
    #[serde(default)]
    pub payee: String,
    /// What for, as the bank says.
    #[serde(default)]
    pub note: Option<String>,
}

/// Enters a line.
///
/// # Errors
/// `bank_line.form`, `bank_line.known`, `bank_line.other`, `points.form`, `book.unknown`; the database.
pub async fn add(cx: Cx, input: BankOutgoingAdd) -> Result<BankOutgoingRow> {
    let new = NewLine {
        number: input.number,
        day: input.day,
        amount_cents: input.amount_cents,
        party: input.payee,
        note: input.note,
        row_number: None,
    };
    let new = typed(Way::Out, new, cx.today())?;
    let tx = cx.begin().await?;
    let book = book_of(&tx, input.book_id).await?;
    if enter(&tx, book, None, std::slice::from_ref(&new)).await? == 0 {
        let known = find(&tx, book, &new.number).await?.is_some_and(|row| says(&row, &new));
        let refusal = if known { BANK_LINE_KNOWN.refusal() } else { BANK_LINE_OTHER.refusal() };
        return Err(refusal.on("number").into());
    }
    let row = find(&tx, book, &new.number).await?.ok_or_else(Error::not_found)?;
    let event = Event::of("bank_outgoing.entered", "bank_outgoing", row.id);
    tx.record(event.with("amount_cents", row.amount_cents)).await?;
    let answer = shaped(&tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}

/// Enters lines that are not there yet; answers how many.
///
/// # Errors
/// The database.
pub async fn enter(tx: &Tx, book: Id, file: Option<Id>, lines: &[NewLine]) -> Result<u64> {
    let rows = lines.iter().map(|line| values(tx, book, file, line)).collect();
    insert_rows(tx, "bank_outgoing", &columns("payee"), rows, "ON CONFLICT DO NOTHING").await
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
    row.day == new.day && row.amount_cents == new.amount_cents && row.payee == new.party
}

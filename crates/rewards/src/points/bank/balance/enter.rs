//! Enters what was at the bank when a day ended: typed by an officer, or told by a file of the bank.

use chrono::NaiveDate;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{BankBalanceRow, shaped};
use super::rules::{Closing, typed};
use super::{BANK_BALANCE_KNOWN, entity};
use crate::points::bank::add::book_of;
use crate::points::bank::rules::within;

/// What was there.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BankBalanceEnter {
    /// The book; the city's own unless told.
    #[serde(default)]
    pub book_id: Option<Uuid>,
    /// The bank's day.
    pub day: NaiveDate,
    /// What was there when it ended, in cents.
    pub balance_cents: i64,
}

/// A balance about to be entered.
pub(super) struct NewBalance {
    pub book_id: Id,
    pub day: NaiveDate,
    pub number: i64,
    pub balance_cents: i64,
    pub replaces: Option<(Id, String)>,
    pub file: Option<(Id, i64)>,
}

/// Enters a balance; it counts when another person has looked at it.
///
/// # Errors
/// `bank_balance.known`, `bank_line.form`, `book.unknown`; the database.
pub async fn enter(cx: Cx, input: BankBalanceEnter) -> Result<BankBalanceRow> {
    let (day, balance_cents) = (input.day, typed(input.balance_cents)?);
    within(day, cx.today())?;
    let tx = cx.begin().await?;
    let book_id = book_of(&tx, input.book_id).await?;
    let new = NewBalance { book_id, day, number: 1, balance_cents, replaces: None, file: None };
    let Some(id) = insert(&tx, new).await? else {
        return Err(BANK_BALANCE_KNOWN.refusal().on("day").into());
    };
    tx.record(Event::of("bank_balance.entered", "bank_balance", id).with("balance_cents", balance_cents)).await?;
    let answer = shaped(&cx, &tx, id).await?;
    tx.commit(answer).await
}

/// What became of a balance that a file tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It was entered.
    New,
    /// The day has it.
    Known,
    /// The day has another one.
    Other,
}

/// Enters a balance that a file of the bank tells.
///
/// # Errors
/// The database.
pub async fn enter_told(tx: &Tx, book_id: Id, file: Id, closing: Closing) -> Result<Told> {
    let Closing { day, balance_cents, row_number } = closing;
    let new = NewBalance { book_id, day, number: 1, balance_cents, replaces: None, file: Some((file, row_number)) };
    if insert(tx, new).await?.is_some() {
        return Ok(Told::New);
    }
    let head = entity::Entity::find()
        .filter(entity::Column::BookId.eq(book_id))
        .filter(entity::Column::Day.eq(day))
        .order_by_desc(entity::Column::Number);
    let head = head.one(tx).await?.ok_or_else(|| Error::internal("a balance went missing"))?;
    Ok(if head.balance_cents == balance_cents { Told::Known } else { Told::Other })
}

/// Enters a balance; nothing when its number of the day is taken.
pub(super) async fn insert(tx: &Tx, new: NewBalance) -> Result<Option<Id>> {
    let id = tx.id();
    let (replaces, reason) = new.replaces.unzip();
    let (file, row) = new.file.unzip();
    let sql =
        "INSERT INTO bank_balance (id, book_id, day, number, balance_cents, replaces_id, reason, file_id, row_number,
        entered_by, entered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
    let values = [
        id.into(),
        new.book_id.into(),
        new.day.into(),
        new.number.into(),
        new.balance_cents.into(),
        replaces.into(),
        reason.into(),
        file.into(),
        row.into(),
        tx.caller().account_id().into(),
        tx.now().into(),
    ];
    Ok((tx.execute_sql(sql, values).await? == 1).then_some(id))
}

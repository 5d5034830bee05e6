//! Puts a balance right by a new one that names it.

use kernel::event::Event;
use kernel::{Cx, Error, Result};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::enter::{NewBalance, insert};
use super::list::{BankBalanceRow, shaped};
use super::rules::typed;
use super::{BANK_BALANCE_REPLACED, entity};
use crate::points::text;

/// What was there, and why the balance before says something else.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BankBalanceCorrect {
    /// The balance that is wrong.
    pub balance_id: Uuid,
    /// What was there, in cents.
    pub balance_cents: i64,
    /// Why the one before was wrong.
    pub reason: String,
}

/// Enters the right balance; the one before counts until another person has looked at this one.
///
/// # Errors
/// `bank_balance.replaced`, `bank_line.form`, `points.form`, 404 for a balance that is not there; the database.
pub async fn correct(cx: Cx, input: BankBalanceCorrect) -> Result<BankBalanceRow> {
    let reason = text::line(&input.reason, "reason", "更正原因", 2, 200)?;
    let balance_cents = typed(input.balance_cents)?;
    let tx = cx.begin().await?;
    let wrong = entity::Entity::find_by_id(input.balance_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let new = NewBalance {
        book_id: wrong.book_id,
        day: wrong.day,
        number: wrong.number + 1,
        balance_cents,
        replaces: Some((wrong.id, reason)),
        file: None,
    };
    let Some(id) = insert(&tx, new).await? else {
        return Err(BANK_BALANCE_REPLACED.refusal().into());
    };
    let event = Event::of("bank_balance.corrected", "bank_balance", id).with("replaces_id", wrong.id);
    tx.record(event.with("balance_cents", balance_cents)).await?;
    let answer = shaped(&cx, &tx, id).await?;
    tx.commit(answer).await
}

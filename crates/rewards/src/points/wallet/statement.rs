//! A month of the caller's own points.

use kernel::{Cx, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::own;
use crate::ledger;
use crate::points::audit::month::{Month, Sums};
use crate::points::audit::sums::of_account;
use crate::points::book;

/// Which month.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct WalletStatementInput {
    /// `2026-11`.
    pub month: String,
    /// The book; the city's own unless told.
    #[serde(default)]
    pub book_id: Option<Uuid>,
}

/// Tells a month of the caller's own points.
///
/// # Errors
/// `points_month.form`, `book.unknown`, 404 for an account that is nobody's yet; the database.
pub async fn statement(cx: Cx, input: WalletStatementInput) -> Result<Sums> {
    Ok(told(&cx, &input).await?.1)
}

/// The name of the book, and the month in it.
pub(super) async fn told(cx: &Cx, input: &WalletStatementInput) -> Result<(String, Sums)> {
    let person = own(cx)?;
    let month = Month::parse(&input.month)?;
    let book = match input.book_id {
        Some(id) => id,
        None => ledger::own_book(cx.read()).await?,
    };
    let book = book::load(cx.read(), book).await?;
    Ok((book.name, of_account(cx.read(), ledger::wallet_id(book.id, person), month).await?))
}

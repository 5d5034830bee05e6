//! The caller's own points, book by book.

use kernel::routes::Nothing;
use kernel::{Cx, Result};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::lots::{WalletLot, lots};
use super::own;
use crate::ledger;
use crate::points::book;
use crate::points::expiry::Forecast;
use crate::points::expiry::forecast::of_wallet;

/// The caller's own points.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Wallet {
    /// What can be spent altogether, in cents.
    pub available_cents: i64,
    /// By book, the city's own first; a book without anything is left out, unless it is the city's own.
    pub books: Vec<WalletBook>,
}

/// Points of a book.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WalletBook {
    /// The book.
    pub book_id: Uuid,
    /// Its name.
    pub book_name: String,
    /// Who entrusted the money, of an entrusted book.
    pub funder: Option<String>,
    /// What is there, in cents.
    pub balance_cents: i64,
    /// What of it is put aside for an order, in cents.
    pub held_cents: i64,
    /// What of it can be spent, in cents.
    pub available_cents: i64,
    /// What ends when, in the order in which it is spent.
    pub lots: Vec<WalletLot>,
    /// What ends in the next days.
    pub forecast: Forecast,
}

/// Shows the caller's own points.
///
/// # Errors
/// `auth.required`, 404 for an account that is nobody's yet; the database.
pub async fn show(cx: Cx, _: Nothing) -> Result<Wallet> {
    let person = own(&cx)?;
    let mut wallet = Wallet { available_cents: 0, books: Vec::new() };
    for book in book::all(cx.read()).await? {
        let id = ledger::wallet_id(book.id, person);
        let balance = ledger::balance(cx.read(), id).await?;
        if balance.balance_cents == 0 && book.kind != "own" {
            continue;
        }
        wallet.available_cents = wallet.available_cents.saturating_add(balance.available_cents);
        wallet.books.push(WalletBook {
            book_id: book.id,
            funder: book.funder.clone(),
            book_name: book.points_name(),
            balance_cents: balance.balance_cents,
            held_cents: balance.held_cents,
            available_cents: balance.available_cents,
            lots: lots(cx.read(), id).await?,
            forecast: of_wallet(cx.read(), id, cx.today()).await?,
        });
    }
    Ok(wallet)
}

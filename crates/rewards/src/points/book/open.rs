//! Opens a book for money that a funder entrusts.

use kernel::{Cx, Result};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::BookRow;
use super::{BOOK_TWICE, all, load};
use crate::ledger;
use crate::points::text;

/// Whose money it is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BookOpen {
    /// What people call it: 2026 年留江过年专项资金.
    pub name: String,
    /// Who entrusts the money.
    pub funder: String,
}

/// Opens a book.
///
/// # Errors
/// `book.twice`, `points.form`; the database.
pub async fn open(cx: Cx, input: BookOpen) -> Result<BookRow> {
    let name = text::line(&input.name, "name", "账套名称", 4, 60)?;
    let funder = text::line(&input.funder, "funder", "委托单位", 2, 100)?;
    let tx = cx.begin().await?;
    if all(&tx).await?.iter().any(|book| book.name == name) {
        return Err(BOOK_TWICE.refusal().on("name").into());
    }
    let id = ledger::open_book(&tx, &name, &funder).await?;
    let answer = load(&tx, id).await?.into();
    tx.commit(answer).await
}

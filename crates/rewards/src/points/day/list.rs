//! Lists sealed days.

use kernel::error::INPUT_INVALID;
use kernel::page::{Page, PageInput};
use kernel::time::Day;
use kernel::{Cx, Id, Result};
use serde::Deserialize;
use utoipa::ToSchema;

use super::row::SealedDayRow;
use crate::ledger::day;
use crate::points::book;

/// Where the page begins.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SealedDaysInput {
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// Lists sealed days of all books, the newest first.
///
/// # Errors
/// `input.invalid` for a bad cursor; the database.
pub async fn list(cx: Cx, input: SealedDaysInput) -> Result<Page<SealedDayRow>> {
    let page = PageInput::new(input.after, input.limit);
    let from = match &page.after {
        Some(after) => place(after).ok_or_else(|| INPUT_INVALID.refusal().on("after"))?,
        // A day that is over is before today.
        None => (cx.today(), Id::nil()),
    };
    let books = book::points_names(cx.read()).await?;
    let rows = day::before(cx.read(), from, page.fetch()).await?;
    let rows = Page::cut(rows, &page, |row| format!("{} {}", row.day, row.book_id));
    Ok(rows.map(|row| SealedDayRow::of(row, &books)))
}

/// Where a list goes on: a day has a row for every book.
fn place(after: &str) -> Option<(Day, Id)> {
    let (day, book) = after.split_once(' ')?;
    Some((day.parse().ok()?, book.parse().ok()?))
}

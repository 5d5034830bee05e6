//! One sealed day.

use chrono::NaiveDate;
use kernel::{Cx, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::row::SealedDayRow;
use crate::ledger::day;
use crate::points::book;

/// Which day.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SealedDayInput {
    /// `2026-11-23`.
    pub day: NaiveDate,
}

/// A day of all books.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SealedDays {
    /// One row a book; none before the day is sealed.
    pub items: Vec<SealedDayRow>,
}

/// Shows what was sealed of a day.
///
/// # Errors
/// The database.
pub async fn show(cx: Cx, input: SealedDayInput) -> Result<SealedDays> {
    let books = book::points_names(cx.read()).await?;
    let rows = day::on(cx.read(), input.day).await?;
    Ok(SealedDays { items: rows.into_iter().map(|row| SealedDayRow::of(row, &books)).collect() })
}

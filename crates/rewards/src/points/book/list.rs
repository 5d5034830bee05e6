//! The books as rows.

use kernel::routes::Nothing;
use kernel::{Cx, Result};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Book, all};

/// A book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BookRow {
    /// Which.
    pub id: Uuid,
    /// `own`, `entrusted`.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Who entrusted the money.
    pub funder: Option<String>,
}

impl From<Book> for BookRow {
    fn from(book: Book) -> Self {
        let Book { id, kind, name, funder } = book;
        Self { id, kind, name, funder }
    }
}

/// The books, the city's own first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BookList {
    /// The rows.
    pub items: Vec<BookRow>,
}

/// Lists the books.
///
/// # Errors
/// The database.
pub async fn list(cx: Cx, _: Nothing) -> Result<BookList> {
    Ok(BookList { items: all(cx.read()).await?.into_iter().map(BookRow::from).collect() })
}

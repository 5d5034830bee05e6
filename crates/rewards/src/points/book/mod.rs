//! Books: the city's own money, and money that a government or another funder entrusted, each by itself.
//!
//! Money never leaves a book: a budget, a bank line and a wallet belong to one. What is left of entrusted money goes back
//! to its funder, and the funder is told what became of it (`report`), on a page and in a file.

mod list;
mod open;
mod report;
mod report_file;
mod rules;

use std::collections::BTreeMap;

use kernel::{Error, Id, Result, Routes};
use sea_orm::{ConnectionTrait, Statement};

use crate::access::{BANK_KEEP, POINTS_READ};

kernel::refusals! {
    /// There is no such book.
    BOOK_UNKNOWN = "book.unknown", NOT_FOUND, "没有这本账，请刷新页面后从列表里选择。";
    /// Another book has this name.
    BOOK_TWICE = "book.twice", CONFLICT, "已经有同名的账套，请打开它继续办理，或者换一个名称。";
    /// The first day is after the last one, or the last one is not over.
    BOOK_PERIOD = "book.period", UNPROCESSABLE_ENTITY, "起止日期填写不对：开始不能晚于结束，结束不能晚于今天，请改正后再查。";
}

/// What members read of the points of the city's own book, whose name is one for those who keep accounts.
const UNION_POINTS: &str = "工会积分";

/// A book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// Which.
    pub id: Id,
    /// `own`, `entrusted`.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Who entrusted the money.
    pub funder: Option<String>,
}

impl Book {
    /// What its points are called where members read it.
    #[must_use]
    pub fn points_name(self) -> String {
        if self.kind == "own" { UNION_POINTS.to_owned() } else { self.name }
    }
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .get("/api/points/books", "Lists the books")
        .requires(POINTS_READ)
        .runs(list::list)
        .post("/api/points/books", "Opens a book for entrusted money")
        .requires(BANK_KEEP)
        .runs(open::open)
        .get("/api/points/books/{book_id}/report", "Tells what became of the money of a book")
        .requires(BANK_KEEP)
        .runs(report::report)
        .download("/api/points/books/{book_id}/report/file", "Hands out what became of the money of a book")
        .requires(BANK_KEEP)
        .sends(report_file::file)
}

/// A book.
///
/// # Errors
/// `book.unknown`; the database.
pub async fn load(conn: &impl ConnectionTrait, id: Id) -> Result<Book> {
    all(conn).await?.into_iter().find(|book| book.id == id).ok_or_else(|| BOOK_UNKNOWN.refusal().into())
}

/// Every book, the city's own first; there are a few.
///
/// # Errors
/// The database.
pub async fn all(conn: &impl ConnectionTrait) -> Result<Vec<Book>> {
    let sql = "SELECT id, kind, name, funder FROM ledger_book ORDER BY CASE kind WHEN 'own' THEN 0 ELSE 1 END, name";
    let rows = conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql)).await?;
    let book = |row: &sea_orm::QueryResult| {
        Ok::<_, Error>(Book {
            id: row.try_get("", "id")?,
            kind: row.try_get("", "kind")?,
            name: row.try_get("", "name")?,
            funder: row.try_get("", "funder")?,
        })
    };
    rows.iter().map(book).collect()
}

/// What the books are called.
///
/// # Errors
/// The database.
pub async fn names(conn: &impl ConnectionTrait) -> Result<BTreeMap<Id, String>> {
    Ok(all(conn).await?.into_iter().map(|book| (book.id, book.name)).collect())
}

/// What the points of the books are called where members read it.
///
/// # Errors
/// The database.
pub async fn points_names(conn: &impl ConnectionTrait) -> Result<BTreeMap<Id, String>> {
    Ok(all(conn).await?.into_iter().map(|book| (book.id, book.points_name())).collect())
}

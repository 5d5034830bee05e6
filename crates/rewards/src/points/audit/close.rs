//! Closes a month: its figures and their digest stand still, and can be computed again.

use chrono::{DateTime, Utc};
use kernel::crypto::digest::sm3;
use kernel::event::Event;
use kernel::routes::Nothing;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::month::Month;
use super::{MONTH_CLOSED, MONTH_OPEN, reach, stop};
use crate::access::POINTS_CLOSE;
use crate::ledger::{self, LEDGER_STOPPED};
use crate::points::book;

/// Which month.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MonthInput {
    /// `2026-11`.
    pub month: String,
    /// The book; the city's own unless told.
    #[serde(default)]
    pub book_id: Option<Uuid>,
}

/// What moved in a book in a month, and what was there at its end; amounts in cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MonthFigures {
    /// `2026-11`.
    pub month: String,
    /// Number of the last transfer at its end.
    pub last_seq: i64,
    /// Transfers by kind.
    pub moved: Vec<MonthKind>,
    /// Balances at its end by kind of account.
    pub balances: Vec<MonthBalance>,
}

/// Transfers of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MonthKind {
    /// Which.
    pub kind: String,
    /// How many.
    pub transfers: i64,
    /// How much.
    pub amount_cents: i64,
}

/// Balances of accounts of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MonthBalance {
    /// Which.
    pub kind: String,
    /// How much.
    pub balance_cents: i64,
}

/// A month that is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClosedMonth {
    /// The book.
    pub book_id: Uuid,
    /// Its figures.
    pub figures: MonthFigures,
    /// SM3 of the figures, in hex.
    pub digest: String,
    /// When it was closed.
    pub closed_at: DateTime<Utc>,
}

/// Closed months, the latest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClosedMonths {
    /// The rows.
    pub items: Vec<ClosedMonth>,
}

/// What computing a closed month again found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MonthVerified {
    /// The figures are the same.
    pub agrees: bool,
    /// As it was closed.
    pub closed: ClosedMonth,
    /// As the transfers say now.
    pub computed: MonthFigures,
    /// SM3 of what was computed, in hex.
    pub digest: String,
}

/// Closes a month.
///
/// # Errors
/// `points_month.form`, `points_month.open`, `points_month.closed`, `ledger.stopped`, `book.unknown`, 404 for those who do not close the
/// city's books; the database.
pub async fn close(cx: Cx, input: MonthInput) -> Result<ClosedMonth> {
    let month = Month::parse(&input.month)?;
    cx.caller.must(cx.read(), POINTS_CLOSE, reach::root(cx.read()).await?).await?;
    let book = book_of(&cx, input.book_id).await?;
    may_close(&cx, book, month).await?;
    // The month is over, and its figures may be read before the command begins: what came in between is found out.
    let figures = compute(cx.read(), book, month).await?;
    let text = serde_json::to_string(&figures)?;
    let digest = sm3(text.as_bytes());
    let tx = cx.begin().await?;
    shut(&tx, book, month, figures.last_seq).await?;
    let sql = "INSERT INTO points_month (book_id, month, figures, digest, closed_by, closed_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let values = [
        book.into(),
        figures.month.as_str().into(),
        text.into(),
        digest.to_vec().into(),
        cx.caller.account_id().into(),
        tx.now().into(),
    ];
    if tx.execute_sql(sql, values).await? != 1 {
        return Err(MONTH_CLOSED.refusal().into());
    }
    let event = Event::of("points.month_closed", "ledger_book", book).with("month", &figures.month);
    tx.record(event.with("digest", hex::encode(digest))).await?;
    let answer = ClosedMonth { book_id: book, figures, digest: hex::encode(digest), closed_at: tx.now() };
    tx.commit(answer).await
}

/// Lets nothing be dated into the month any more. Whoever is about to write into the book waits for the end of this, or
/// has written before; then the figures are read again.
async fn shut(tx: &Tx, book: Id, month: Month, last_seq: i64) -> Result<()> {
    if stop::open_stop(tx, book).await?.is_some() {
        return Err(LEDGER_STOPPED.refusal().into());
    }
    let sql = "UPDATE ledger_book SET open_from = $2 WHERE id = $1 AND (open_from IS NULL OR open_from < $2)";
    tx.execute_sql(sql, [book.into(), month.after().into()]).await?;
    let sql = "SELECT seq FROM transfer WHERE book_id = $1 AND day < $2 ORDER BY seq DESC LIMIT 1";
    let row = tx.query_one_raw(tx.app().db.statement(sql, [book.into(), month.after().into()])).await?;
    let last: i64 = row.map(|row| row.try_get("", "seq")).transpose()?.unwrap_or_default();
    if last == last_seq { Ok(()) } else { Err(Error::Contention) }
}

/// Lists closed months of all books.
///
/// # Errors
/// 404 for those who do not audit the city; the database.
pub async fn list(cx: Cx, _: Nothing) -> Result<ClosedMonths> {
    reach::city(&cx, cx.read()).await?;
    let sql = "SELECT book_id, figures, digest, closed_at FROM points_month ORDER BY month DESC, book_id";
    let rows = cx.read().query_all_raw(cx.app.db.statement(sql, [])).await?;
    Ok(ClosedMonths { items: rows.iter().map(closed).collect::<Result<_>>()? })
}

/// Computes the figures of a closed month again.
///
/// # Errors
/// `points_month.form`, `book.unknown`, 404 for a month that is not closed and for those who do not audit the city; the
/// database.
pub async fn verify(cx: Cx, input: MonthInput) -> Result<MonthVerified> {
    let month = Month::parse(&input.month)?;
    reach::city(&cx, cx.read()).await?;
    let book = book_of(&cx, input.book_id).await?;
    let closed = find(cx.read(), book, month).await?.ok_or_else(Error::not_found)?;
    let computed = compute(cx.read(), book, month).await?;
    let digest = hex::encode(sm3(serde_json::to_string(&computed)?.as_bytes()));
    Ok(MonthVerified { agrees: computed == closed.figures && digest == closed.digest, closed, computed, digest })
}

async fn book_of(cx: &Cx, asked: Option<Id>) -> Result<Id> {
    match asked {
        Some(id) => Ok(book::load(cx.read(), id).await?.id),
        None => ledger::own_book(cx.read()).await,
    }
}

/// A month is closed when it is over, and after the one before it.
async fn may_close(cx: &Cx, book: Id, month: Month) -> Result<()> {
    if cx.today() < month.after() {
        let said = format!("{month} 还没有过完，请在 {} 以后再结账。", month.after());
        return Err(MONTH_OPEN.with(said).on("month").into());
    }
    let begun_before = first_day(cx.read(), book).await?.is_some_and(|first| first < month.first());
    let Some(before) = month.before().filter(|_| begun_before) else { return Ok(()) };
    if find(cx.read(), book, before).await?.is_some() {
        return Ok(());
    }
    Err(MONTH_OPEN.with(format!("{before} 还没有结账，请按月份顺序，先结 {before} 的账。")).on("month").into())
}

/// The month whose turn it is to be closed; none while it still runs, or before anything has moved.
///
/// # Errors
/// The database.
pub async fn due(conn: &impl ConnectionTrait, book: Id, today: Day) -> Result<Option<Month>> {
    let sql = "SELECT max(month) AS month FROM points_month WHERE book_id = $1";
    let row =
        conn.query_one_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, [book.into()])).await?;
    let last = row.map(|row| row.try_get::<Option<String>>("", "month")).transpose()?.flatten();
    let month = match last {
        Some(last) => Month::of(Month::parse(&last)?.after()),
        None => first_day(conn, book).await?.and_then(Month::of),
    };
    Ok(month.filter(|month| month.after() <= today))
}

/// The day on which a book begins to move.
async fn first_day(conn: &impl ConnectionTrait, book: Id) -> Result<Option<Day>> {
    let sql = "SELECT day FROM transfer WHERE book_id = $1 ORDER BY seq LIMIT 1";
    let row =
        conn.query_one_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, [book.into()])).await?;
    Ok(row.map(|row| row.try_get("", "day")).transpose()?)
}

async fn find(conn: &impl ConnectionTrait, book: Id, month: Month) -> Result<Option<ClosedMonth>> {
    let sql = "SELECT book_id, figures, digest, closed_at FROM points_month WHERE book_id = $1 AND month = $2";
    let values = [book.into(), month.to_string().into()];
    let row = conn.query_one_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?;
    row.as_ref().map(closed).transpose()
}

fn closed(row: &QueryResult) -> Result<ClosedMonth> {
    let (figures, digest): (String, Vec<u8>) = (row.try_get("", "figures")?, row.try_get("", "digest")?);
    Ok(ClosedMonth {
        book_id: row.try_get("", "book_id")?,
        figures: serde_json::from_str(&figures)?,
        digest: hex::encode(digest),
        closed_at: row.try_get("", "closed_at")?,
    })
}

async fn compute(conn: &impl ConnectionTrait, book: Id, month: Month) -> Result<MonthFigures> {
    let ask = |sql: &str, values: Vec<sea_orm::Value>| {
        Statement::from_sql_and_values(conn.get_database_backend(), sql, values)
    };
    let sql = "SELECT kind, CAST(COUNT(*) AS bigint) AS transfers, CAST(SUM(amount_cents) AS bigint) AS cents
        FROM transfer WHERE book_id = $1 AND day >= $2 AND day < $3 GROUP BY kind ORDER BY kind";
    let rows = conn.query_all_raw(ask(sql, vec![book.into(), month.first().into(), month.after().into()])).await?;
    let moved = rows.iter().map(|row| {
        Ok(MonthKind {
            kind: row.try_get("", "kind")?,
            transfers: row.try_get("", "transfers")?,
            amount_cents: row.try_get("", "cents")?,
        })
    });
    let moved = moved.collect::<Result<Vec<_>>>()?;
    let sql = "SELECT a.kind, CAST(SUM(m.cents) AS bigint) AS cents FROM (
            SELECT credit_id AS id, amount_cents AS cents FROM transfer WHERE book_id = $1 AND day < $2
            UNION ALL SELECT debit_id AS id, -amount_cents AS cents FROM transfer WHERE book_id = $1 AND day < $2
        ) m JOIN ledger_account a ON a.id = m.id GROUP BY a.kind ORDER BY a.kind";
    let rows = conn.query_all_raw(ask(sql, vec![book.into(), month.after().into()])).await?;
    let balances = rows
        .iter()
        .map(|row| Ok(MonthBalance { kind: row.try_get("", "kind")?, balance_cents: row.try_get("", "cents")? }));
    let balances = balances.collect::<Result<Vec<_>>>()?;
    let sql = "SELECT CAST(COALESCE(MAX(seq), 0) AS bigint) AS seq FROM transfer WHERE book_id = $1 AND day < $2";
    let row = conn.query_one_raw(ask(sql, vec![book.into(), month.after().into()])).await?;
    let last_seq = row.ok_or_else(|| Error::internal("a sum without a row"))?.try_get("", "seq")?;
    Ok(MonthFigures { month: month.to_string(), last_seq, moved, balances })
}

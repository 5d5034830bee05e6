//! Cuts the days of the books and makes the statements of each (T+1).

use std::collections::{BTreeMap, BTreeSet};

use kernel::app::App;
use kernel::event::Event;
use kernel::time::Day;
use kernel::{Cx, Id, Result, Tx};
use registry::staff::organizations_named;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::gather::{self, Span};
use super::rules::digest;
use crate::shop::entity as shop;

/// Cuts every day that is over and not cut yet, in every book; answers how many statements were made.
///
/// # Errors
/// The database.
pub async fn round(app: &App) -> Result<u64> {
    let today = app.clock.today();
    let books = app.db.read().query_all_raw(app.db.statement("SELECT id FROM ledger_book ORDER BY id", [])).await?;
    let mut made = 0;
    for book in books {
        let book: Id = book.try_get("", "id")?;
        while let Some(many) = one(app, book, today).await? {
            made += many;
        }
    }
    Ok(made)
}

/// Cuts the next day of a book that is over; `None` when there is none.
async fn one(app: &App, book: Id, today: Day) -> Result<Option<u64>> {
    let tx = Cx::system(app).begin_bulk().await?;
    let Some((day, span)) = next(&tx, book, today).await? else { return Ok(None) };
    let sql = "INSERT INTO settlement_cut (book_id, day, after_seq, through_seq, made_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    let values = [book.into(), day.into(), span.after.into(), span.through.into(), tx.now().into()];
    if tx.execute_sql(sql, values).await? != 1 {
        // Another server was quicker; its statements come with its cut.
        return Ok(None);
    }
    let made = statements(&tx, book, day, span).await?;
    let event = Event::of("settlement.cut", "ledger_book", book).with("day", day).with("statements", made);
    tx.record(event.with("through_seq", span.through)).await?;
    tx.commit(()).await?;
    Ok(Some(made))
}

/// The next day with transfers that is over, and which transfers belong to it: all from the last cut on until one of a
/// later day. Which day a late one bears does not matter; where it stands does.
async fn next(tx: &Tx, book: Id, today: Day) -> Result<Option<(Day, Span)>> {
    let db = &tx.app().db;
    let sql = "SELECT through_seq, day FROM settlement_cut WHERE book_id = $1 ORDER BY through_seq DESC LIMIT 1";
    let last = tx.query_one_raw(db.statement(sql, [book.into()])).await?;
    let (after, before): (i64, Option<Day>) = match last {
        Some(row) => (row.try_get("", "through_seq")?, Some(row.try_get("", "day")?)),
        None => (0, None),
    };
    let sql = "SELECT day FROM transfer WHERE book_id = $1 AND seq > $2 ORDER BY seq LIMIT 1";
    let Some(first) = tx.query_one_raw(db.statement(sql, [book.into(), after.into()])).await? else { return Ok(None) };
    let first: Day = first.try_get("", "day")?;
    let day = before.and_then(|before| before.succ_opt()).map_or(first, |least| first.max(least));
    if day >= today {
        return Ok(None);
    }
    let sql = "SELECT CAST(COALESCE(
            (SELECT min(seq) - 1 FROM transfer WHERE book_id = $1 AND seq > $2 AND day > $3),
            (SELECT max(seq) FROM transfer WHERE book_id = $1)) AS bigint) AS through";
    let row = tx.query_one_raw(db.statement(sql, [book.into(), after.into(), day.into()])).await?;
    let through: i64 = row.map(|row| row.try_get("", "through")).transpose()?.unwrap_or(after);
    Ok((through > after).then_some((day, Span { after, through })))
}

/// Writes the statements of a cut.
async fn statements(tx: &Tx, book: Id, day: Day, span: Span) -> Result<u64> {
    let mut made = 0;
    let gathered = gather::all(tx, book, span).await?;
    let names = Names::of(tx, gathered.values().flat_map(|one| &one.lines)).await?;
    for (merchant, gathered) in gathered {
        let id = tx.id();
        let sum = gathered.sum;
        let sql = "INSERT INTO merchant_statement
            (id, merchant_id, book_id, day, payments, paid_cents, refunds, refunded_cents, net_cents, digest)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let values = [
            id.into(),
            merchant.into(),
            book.into(),
            day.into(),
            sum.payments.into(),
            sum.paid_cents.into(),
            sum.refunds.into(),
            sum.refunded_cents.into(),
            (sum.paid_cents - sum.refunded_cents).into(),
            digest(book, merchant, day, &gathered).to_vec().into(),
        ];
        tx.execute_sql(sql, values).await?;
        let row = |(number, line): (i64, &gather::Line)| -> Vec<sea_orm::Value> {
            vec![
                id.into(),
                number.into(),
                line.shop_id.into(),
                line.shop_id.and_then(|id| names.shops.get(&id).cloned()).into(),
                line.issuer_id.into(),
                line.issuer_id.and_then(|id| names.unions.get(&id).cloned()).into(),
                line.sum.payments.into(),
                line.sum.paid_cents.into(),
                line.sum.refunds.into(),
                line.sum.refunded_cents.into(),
            ]
        };
        let rows = (1..).zip(&gathered.lines).map(row).collect();
        kernel::db::insert_rows(tx, "merchant_statement_line", &LINE_COLUMNS, rows, "").await?;
        made += 1;
    }
    Ok(made)
}

const LINE_COLUMNS: [&str; 10] = [
    "statement_id",
    "number",
    "shop_id",
    "shop_name",
    "issuer_id",
    "issuer_name",
    "payments",
    "paid_cents",
    "refunds",
    "refunded_cents",
];

/// What shops and unions are called on the day.
struct Names {
    shops: BTreeMap<Id, String>,
    unions: BTreeMap<Id, String>,
}

impl Names {
    async fn of(tx: &Tx, lines: impl Iterator<Item = &gather::Line>) -> Result<Self> {
        let (mut shops, mut unions) = (BTreeSet::new(), BTreeSet::new());
        for line in lines {
            shops.extend(line.shop_id);
            unions.extend(line.issuer_id);
        }
        let rows: Vec<(Id, String)> = shop::Entity::find()
            .select_only()
            .columns([shop::Column::Id, shop::Column::Name])
            .filter(shop::Column::Id.is_in(shops))
            .into_tuple()
            .all(tx)
            .await?;
        Ok(Self { shops: rows.into_iter().collect(), unions: organizations_named(tx, unions).await? })
    }
}

//! Seals days that are over.

use chrono::TimeDelta;
use kernel::app::App;
use kernel::event::Event;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ConnectionTrait, Statement};

use super::leaf::{self, COLUMNS, Leaf};
use super::read::{Block, blocks};
use super::{BLOCK, message};

/// China is so far ahead of UTC.
const CHINA: TimeDelta = TimeDelta::hours(8);

/// The day of a book that is to be sealed next.
#[derive(Debug, Clone, Copy)]
struct Next {
    book_id: Id,
    day: Day,
    first_seq: i64,
}

/// Seals every day that is over and not sealed yet, in every book; answers how many.
///
/// # Errors
/// The database, the key provider, or transfers that are not in the order of their days.
pub async fn round(app: &App) -> Result<u64> {
    let today = app.clock.today();
    let books = app.db.read().query_all_raw(app.db.statement("SELECT id FROM ledger_book ORDER BY id", [])).await?;
    let mut sealed = 0;
    for book in books {
        let book: Id = book.try_get("", "id")?;
        while let Some(next) = next(app, book).await?.filter(|next| next.day < today) {
            shut(app, next).await?;
            let blocks = hash(app, next).await?;
            sealed += u64::from(seal(app, next, &blocks).await?);
        }
    }
    Ok(sealed)
}

/// The day after the last one that is sealed, or the one on which the book begins to move.
async fn next(app: &App, book_id: Id) -> Result<Option<Next>> {
    let sql = "SELECT day, CAST(first_seq + transfers AS bigint) AS first_seq FROM ledger_day WHERE book_id = $1
        ORDER BY day DESC LIMIT 1";
    if let Some(row) = app.db.read().query_one_raw(app.db.statement(sql, [book_id.into()])).await? {
        let (last, first_seq): (Day, i64) = (row.try_get("", "day")?, row.try_get("", "first_seq")?);
        return Ok(last.succ_opt().map(|day| Next { book_id, day, first_seq }));
    }
    let sql = "SELECT day, seq FROM transfer WHERE book_id = $1 ORDER BY seq LIMIT 1";
    let row = app.db.read().query_one_raw(app.db.statement(sql, [book_id.into()])).await?;
    let first = |row: sea_orm::QueryResult| {
        Ok::<_, Error>(Next { book_id, day: row.try_get("", "day")?, first_seq: row.try_get("", "seq")? })
    };
    row.map(first).transpose()
}

/// Lets nothing be dated into the day any more. This waits for whoever is writing into the book, and whoever writes after
/// it finds the book's time at midnight.
async fn shut(app: &App, next: Next) -> Result<()> {
    let day_after = next.day.succ_opt().and_then(|day| day.and_hms_opt(0, 0, 0));
    let midnight = day_after.ok_or_else(|| Error::internal("the last of all days"))?.and_utc() - CHINA;
    let tx = Cx::system(app).begin_bulk().await?;
    let sql = "UPDATE ledger_book SET shut_through = $2, at = CASE WHEN at < $3 THEN $3 ELSE at END
        WHERE id = $1 AND (shut_through IS NULL OR shut_through < $2)";
    tx.execute_sql(sql, [next.book_id.into(), next.day.into(), midnight.into()]).await?;
    tx.commit(()).await
}

/// Hashes the blocks of a day, each in a transaction of its own; those that are there are taken as they are.
async fn hash(app: &App, next: Next) -> Result<Vec<Block>> {
    let mut all = blocks(app.db.read(), next.book_id, next.day).await?;
    while all.last().is_none_or(|last| last.transfers == BLOCK) {
        let first = next.first_seq + all.iter().map(|block| block.transfers).sum::<i64>();
        let leaves = leaves(app.db.read(), next.book_id, first, next.day).await?;
        if leaves.is_empty() {
            break;
        }
        let number = i64::try_from(all.len()).map_err(Error::internal)?;
        let transfers = i64::try_from(leaves.len()).map_err(Error::internal)?;
        let block = Block { transfers, root: leaf::root(leaves.iter().map(Leaf::hash).collect()) };
        let tx = Cx::system(app).begin_bulk().await?;
        let sql = "INSERT INTO ledger_day_block (book_id, day, number, transfers, root) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT DO NOTHING";
        let values =
            [next.book_id.into(), next.day.into(), number.into(), block.transfers.into(), block.root.to_vec().into()];
        tx.execute_sql(sql, values).await?;
        tx.commit(()).await?;
        all.push(block);
    }
    Ok(all)
}

/// Transfers of a day from a number on, as many as make a block.
pub(super) async fn leaves(conn: &impl ConnectionTrait, book: Id, first: i64, day: Day) -> Result<Vec<Leaf>> {
    let sql = format!("SELECT {COLUMNS} FROM transfer WHERE book_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq");
    let values = [book.into(), first.into(), (first + BLOCK).into()];
    let rows = conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?;
    let mut leaves = rows.iter().map(Leaf::of).collect::<Result<Vec<_>>>()?;
    leaves.truncate(leaves.iter().take_while(|leaf| leaf.day == day).count());
    if (first..).zip(&leaves).any(|(expected, leaf)| leaf.seq != expected) {
        return Err(Error::internal(format!("a number is missing in book {book} on {day}")));
    }
    Ok(leaves)
}

/// Signs the root and writes it down with its event; `false` when another server was quicker.
async fn seal(app: &App, next: Next, blocks: &[Block]) -> Result<bool> {
    let Next { book_id, day, first_seq } = next;
    let transfers: i64 = blocks.iter().map(|block| block.transfers).sum();
    let root = leaf::root(blocks.iter().map(|block| block.root).collect());
    let signature = app.keys.sign(&message(book_id, day, first_seq, transfers, &root)).map_err(Error::internal)?;
    let tx = Cx::system(app).begin_bulk().await?;
    let sql = "SELECT day FROM transfer WHERE book_id = $1 AND seq >= $2 ORDER BY seq LIMIT 1";
    let behind = tx.query_one_raw(app.db.statement(sql, [book_id.into(), (first_seq + transfers).into()])).await?;
    let behind: Option<Day> = behind.map(|row| row.try_get("", "day")).transpose()?;
    if behind.is_some_and(|behind| behind <= day) {
        return Err(Error::internal(format!("book {book_id} has transfers of {day} that are not in its order")));
    }
    let event = Event::of("ledger.day_sealed", "ledger_book", book_id).with("day", day).with("first_seq", first_seq);
    let event_id = tx.record(event.with("transfers", transfers).with("root", hex::encode(root))).await?;
    let sql = "INSERT INTO ledger_day (book_id, day, first_seq, transfers, root, signature, public_key, event_id,
        sealed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    let values = [
        book_id.into(),
        day.into(),
        first_seq.into(),
        transfers.into(),
        root.to_vec().into(),
        signature.to_vec().into(),
        app.keys.public_key().to_vec().into(),
        event_id.into(),
        tx.now().into(),
    ];
    if tx.execute_sql(sql, values).await? != 1 {
        return Ok(false);
    }
    tx.commit(true).await
}

//! The auditor: looks again and again, and lets a book stand still whose figures do not agree.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use kernel::app::App;
use kernel::background::Stop;
use kernel::db::commit;
use kernel::time::Time;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ConnectionTrait, Statement};

use super::trip;
use crate::ledger::verify::{self, Places, Report, Walked};

/// How often it looks: what moved, and balances that are not zero over a book, are seen at the next look.
const LOOK: Duration = Duration::from_secs(20);
/// How much of that it walks over all rows: a twentieth of the time, in reads that are soon over, so that those who pay do not
/// feel it. A row that nobody touches is seen within one walk; how long the last one took stands beside the daily proof.
const WALK: Duration = Duration::from_secs(1);
/// Another server has looked so shortly before that this one need not.
const SHORTLY: TimeDelta = TimeDelta::seconds(10);

/// How it stands.
struct Standing {
    number: i64,
    looked_at: Time,
    places: Places,
}

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// What was looked at and what does not fit.
    pub report: Report,
    /// Books that stand still from now on.
    pub stopped: Vec<Id>,
    /// More moved than one look sees.
    pub more: bool,
    /// Every row was walked over; with the next look another walk begins.
    pub whole: bool,
}

/// Looks until told to stop.
pub async fn watch(app: App, stop: Stop) {
    loop {
        let began = Instant::now();
        if let Err(error) = round(&app, &stop).await {
            tracing::warn!(%error, "the ledger was not looked at");
        }
        if !stop.pause(LOOK.saturating_sub(began.elapsed().min(WALK))).await {
            return;
        }
    }
}

async fn round(app: &App, stop: &Stop) -> Result<()> {
    let (last, now) = (looked_at(app.db.read()).await?, app.clock.now());
    if last <= now && now < last + SHORTLY {
        return Ok(());
    }
    // More may have moved than one look sees: then the next part of it at once.
    let mut looked = look(app).await?;
    while looked.more && !stop.is_set() {
        looked = look(app).await?;
    }
    if !looked.whole {
        let began = Instant::now();
        walk(app, || stop.is_set() || began.elapsed() >= WALK).await?;
    }
    Ok(())
}

/// Looks once. What it finds against a book that was open at the moment it looked at stops the book.
///
/// # Errors
/// The database.
pub async fn look(app: &App) -> Result<Looked> {
    let snapshot = app.db.begin_snapshot().await?;
    let before = standing(&snapshot).await?;
    let open = books(&snapshot).await?;
    let found = verify::look(&snapshot, &before.places, app.clock.now()).await?;
    commit(snapshot).await?;
    let stopped = speak(app, open, &found.report).await?;
    // Only now: a look that was cut off is made again.
    keep(app, before.number, &found.places).await?;
    Ok(Looked { report: found.report, stopped, more: found.more, whole: found.whole })
}

/// Goes on with the walk over all rows until it is enough, or the walk is whole; answers the books that stand still from now
/// on. Every read is a moment of its own.
///
/// # Errors
/// The database; what was walked over since the last look is walked over again.
pub async fn walk(app: &App, enough: impl Fn() -> bool) -> Result<Vec<Id>> {
    let snapshot = app.db.begin_snapshot().await?;
    let Standing { number, mut places, .. } = standing(&snapshot).await?;
    commit(snapshot).await?;
    let mut stopped = Vec::new();
    while !enough() {
        let snapshot = app.db.begin_snapshot().await?;
        let open = books(&snapshot).await?;
        let found = verify::walk(&snapshot, &places, app.clock.now()).await?;
        commit(snapshot).await?;
        stopped.extend(speak(app, open, &found.report).await?);
        places = found.places;
        if found.whole {
            break;
        }
    }
    // Once, and not after every read: it is a write among those of all others.
    keep(app, number, &places).await?;
    Ok(stopped)
}

/// Stops the books that a report speaks against and that were open; answers them. Of one that stands still it makes the
/// proof void.
async fn speak(app: &App, books: Vec<(Id, bool)>, report: &Report) -> Result<Vec<Id>> {
    let mut stopped = Vec::new();
    for (book, stands_still) in books {
        if report.against(book) == 0 {
            continue;
        }
        if stands_still {
            trip::doubt(app, book, report).await?;
        } else if trip::trip(app, book, report).await? {
            stopped.push(book);
        }
    }
    Ok(stopped)
}

/// When it looked last.
///
/// # Errors
/// The database.
pub async fn looked_at(conn: &impl ConnectionTrait) -> Result<Time> {
    Ok(standing(conn).await?.looked_at)
}

/// The last walk that was whole.
///
/// # Errors
/// The database.
pub async fn walked(conn: &impl ConnectionTrait) -> Result<Option<Walked>> {
    Ok(standing(conn).await?.places.walked())
}

/// What is there in a book now was proven as a whole, and is not new.
///
/// # Errors
/// The database.
pub async fn forget(tx: &Tx, book_id: Id) -> Result<()> {
    let Standing { mut places, .. } = standing(tx).await?;
    places.forget(book_id);
    // A look that is under way does not overwrite it: the number is another one.
    let sql = "UPDATE ledger_watch SET number = number + 1, places = $1 WHERE id = 1";
    tx.execute_sql(sql, [serde_json::to_string(&places)?.into()]).await?;
    Ok(())
}

async fn standing(conn: &impl ConnectionTrait) -> Result<Standing> {
    let sql = "SELECT number, looked_at, places FROM ledger_watch WHERE id = 1";
    let row = conn.query_one_raw(Statement::from_string(conn.get_database_backend(), sql)).await?;
    let row = row.ok_or_else(|| Error::internal("the auditor has no place"))?;
    let places: String = row.try_get("", "places")?;
    Ok(Standing {
        number: row.try_get("", "number")?,
        looked_at: row.try_get("", "looked_at")?,
        places: serde_json::from_str(&places)?,
    })
}

/// The books, and whether each stands still.
async fn books(conn: &impl ConnectionTrait) -> Result<Vec<(Id, bool)>> {
    let sql = "SELECT id, stopped_at IS NOT NULL AS stopped FROM ledger_book ORDER BY id";
    let rows = conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "stopped")?))).collect()
}

/// Another server may have looked meanwhile; then its places count.
async fn keep(app: &App, number: i64, places: &Places) -> Result<()> {
    let tx = Cx::system(app).begin_bulk().await?;
    let sql = "UPDATE ledger_watch SET number = number + 1, looked_at = $2, places = $3 WHERE id = 1 AND number = $1";
    tx.execute_sql(sql, [number.into(), tx.now().into(), serde_json::to_string(places)?.into()]).await?;
    tx.commit(()).await
}

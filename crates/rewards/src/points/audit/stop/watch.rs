//! The auditor: looks again and again, and lets a book stand still whose figures do not agree.

use std::time::Duration;

use chrono::TimeDelta;
use kernel::app::App;
use kernel::background::Stop;
use kernel::db::commit;
use kernel::time::Time;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ConnectionTrait, Statement};

use super::trip;
use crate::ledger::verify::{self, Places, Report};

/// How often it looks: a fault is found at the second look at the latest, well within a minute.
const LOOK: Duration = Duration::from_secs(20);
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
}

/// Looks until told to stop.
pub async fn watch(app: App, stop: Stop) {
    loop {
        if let Err(error) = round(&app, &stop).await {
            tracing::warn!(%error, "the ledger was not looked at");
        }
        if !stop.pause(LOOK).await {
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
    while look(app).await?.more && !stop.is_set() {}
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
    let found = verify::look(&snapshot, &before.places).await?;
    commit(snapshot).await?;
    let mut stopped = Vec::new();
    for (book, stands_still) in open {
        if found.report.against(book) == 0 {
            continue;
        }
        if stands_still {
            trip::doubt(app, book, &found.report).await?;
        } else if trip::trip(app, book, &found.report).await? {
            stopped.push(book);
        }
    }
    // Only now: a look that was cut off is made again.
    keep(app, before.number, &found.places).await?;
    Ok(Looked { report: found.report, stopped, more: found.more })
}

/// When it looked last.
///
/// # Errors
/// The database.
pub async fn looked_at(conn: &impl ConnectionTrait) -> Result<Time> {
    Ok(standing(conn).await?.looked_at)
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

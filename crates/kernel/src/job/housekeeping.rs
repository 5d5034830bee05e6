//! What the house does by itself every night: signs the chain, forgets what is over, sweeps files.

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, Value};

use super::{Every, Jobs};
use crate::app::App;
use crate::db::commit;
use crate::error::Result;
use crate::event::seal;
use crate::file;

/// A repeated submit is recognised for this many days.
const IDEMPOTENCY_DAYS: i64 = 2;
/// Ended sessions, finished jobs and delivered messages are kept for this many days.
const KEPT_DAYS: i64 = 30;
/// Rows per transaction, so that the SQLite writer is never held for long.
const CHUNK: u64 = 500;

/// Adds the housekeeping to what a process carries out.
#[must_use]
pub fn housekeeping(jobs: Jobs) -> Jobs {
    let tidied = |app| async move {
        let removed = tidy(&app).await?;
        tracing::info!(removed, "tidied");
        Ok(())
    };
    let swept = |app| async move {
        let swept = file::sweep(&app).await?;
        tracing::info!(swept.files, swept.strays, "files swept");
        Ok(())
    };
    jobs.every("seal_root", Every::daily(0, 5), sign_root)
        .every("tidy", Every::daily(3, 30), tidied)
        .every("sweep_files", Every::daily(3, 50), swept)
        .on(file::ERASE, async |app, id| file::erase(&app, id).await)
        .on(file::upload::ERASE_PIECES, file::upload::erase_pieces)
}

async fn sign_root(app: App) -> Result<()> {
    seal::seal_all(&app).await?;
    seal::sign_root(&app, app.clock.today()).await?;
    Ok(())
}

/// Deletes what is over; answers how many rows.
///
/// # Errors
/// The database.
pub async fn tidy(app: &App) -> Result<u64> {
    let over = app.clock.now() - TimeDelta::days(KEPT_DAYS);
    let day = app.clock.today() - TimeDelta::days(IDEMPOTENCY_DAYS);
    let mut removed = delete(app, "idempotency", "key_hash", "day < $1", day.into()).await?;
    removed += delete(app, "session", "id", "(ended_at < $1 OR expires_at < $1)", over.into()).await?;
    removed += delete(app, "job", "id", "state = 'done' AND finished_at < $1", over.into()).await?;
    removed += delete(app, "sms", "id", "state <> 'waiting' AND created_at < $1", over.into()).await?;
    Ok(removed)
}

async fn delete(app: &App, table: &str, key: &str, over: &str, before: Value) -> Result<u64> {
    let sql = format!("DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {over} LIMIT {CHUNK})");
    let mut all = 0;
    loop {
        let tx = app.db.begin_relaxed().await?;
        let removed = tx.execute_raw(app.db.statement(&sql, [before.clone()])).await?.rows_affected();
        commit(tx).await?;
        all += removed;
        if removed < CHUNK {
            return Ok(all);
        }
    }
}

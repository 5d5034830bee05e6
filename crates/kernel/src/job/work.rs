//! Claiming jobs and carrying them out.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use rand::RngExt;
use sea_orm::ConnectionTrait;

use super::Jobs;
use crate::app::App;
use crate::background::Stop;
use crate::db::commit;
use crate::error::{Error, Result};
use crate::id::{Id, Ids};

/// How long a claim holds without being renewed.
pub const LEASE: Duration = Duration::from_secs(60);
/// Failures after which a job is given up.
pub const MAX_ATTEMPTS: i64 = 10;
/// Looked after at least this often: other servers' jobs ring no bell here.
const LOOK: Duration = Duration::from_secs(1);
/// How long a job may go on after the signal to stop.
const GRACE: Duration = Duration::from_secs(8);
/// First and longest wait after a failure.
const BACK_OFF: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(3600));
/// Characters kept of an error.
const ERROR_CHARS: usize = 500;

/// A job in the hands of a worker.
struct Claimed {
    id: Id,
    kind: String,
    payload: String,
    attempts: i64,
    token: Id,
}

/// Carries out jobs until told to stop.
pub async fn work(app: App, jobs: Arc<Jobs>, stop: Stop) {
    while !stop.is_set() {
        match work_one(&app, &jobs, &stop).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "no job claimed or finished"),
        }
        tokio::select! {
            () = app.bells.jobs.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            () = stop.wait() => {}
        }
    }
}

/// Carries out everything that is due now, one after the other; answers how many. For
/// commands and tests that have no workers running.
///
/// # Errors
/// The database.
pub async fn work_off(app: &App, jobs: &Jobs) -> Result<usize> {
    let never = crate::background::Background::new();
    let mut done = 0;
    while work_one(app, jobs, &never.signal()).await? {
        done += 1;
    }
    Ok(done)
}

/// Gives back what a process that is gone still held, so that it goes on at once rather than when its lease ends;
/// answers how many jobs. Only on SQLite, where one server holds the data: whoever starts knows that every lease is of
/// a dead process. Elsewhere another server may be at work.
///
/// # Errors
/// The database.
pub async fn release(app: &App) -> Result<u64> {
    if !app.db.is_sqlite() {
        return Ok(0);
    }
    let free = "UPDATE job SET lease_until = NULL, lease_token = NULL
        WHERE state = 'waiting' AND lease_until IS NOT NULL";
    let tx = app.db.begin_relaxed().await?;
    let released = tx.execute_raw(app.db.statement(free, [])).await?.rows_affected();
    commit(tx).await?;
    Ok(released)
}

async fn work_one(app: &App, jobs: &Jobs, stop: &Stop) -> Result<bool> {
    let Some(job) = claim(app, jobs).await? else {
        return Ok(false);
    };
    // Where one job was there may be more: wake the next worker.
    app.bells.jobs.notify_one();
    carry_out(app, jobs, &job, stop).await?;
    Ok(true)
}

/// Takes the job that waits longest. Asked on the reading side first, so that idle workers
/// never queue for the writer.
async fn claim(app: &App, jobs: &Jobs) -> Result<Option<Claimed>> {
    let kinds: Vec<&str> = jobs.kinds().collect();
    if kinds.is_empty() {
        return Ok(None);
    }
    let now = app.clock.now();
    let list = (0..kinds.len()).map(|n| format!("${}", n + 2)).collect::<Vec<_>>().join(", ");
    let due = format!(
        "SELECT id FROM job WHERE state = 'waiting' AND run_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
            AND kind IN ({list}) ORDER BY run_at, id LIMIT 1"
    );
    let mut values: Vec<sea_orm::Value> = vec![now.into()];
    values.extend(kinds.iter().map(|kind| sea_orm::Value::from(*kind)));
    if app.db.read().query_one_raw(app.db.statement(&due, values.clone())).await?.is_none() {
        return Ok(None);
    }
    let skip = if app.db.is_sqlite() { "" } else { " FOR UPDATE SKIP LOCKED" };
    let (token, until) = (kinds.len() + 2, kinds.len() + 3);
    let take = format!(
        "UPDATE job SET lease_token = ${token}, lease_until = ${until}, attempts = attempts + 1
        WHERE id = ({due}{skip}) RETURNING id, kind, payload, attempts"
    );
    let token = Ids::random();
    values.extend([token.into(), (now + LEASE).into()]);
    let tx = app.db.begin_relaxed().await?;
    let row = tx.query_one_raw(app.db.statement(&take, values)).await?;
    commit(tx).await?;
    let claimed = row.map(|row| {
        let (id, kind) = (row.try_get("", "id")?, row.try_get("", "kind")?);
        Ok::<_, Error>(Claimed {
            id,
            kind,
            payload: row.try_get("", "payload")?,
            attempts: row.try_get("", "attempts")?,
            token,
        })
    });
    claimed.transpose()
}

async fn carry_out(app: &App, jobs: &Jobs, job: &Claimed, stop: &Stop) -> Result<()> {
    if job.attempts > MAX_ATTEMPTS {
        return failed(app, job, "workers died carrying it out").await;
    }
    let Some(handler) = jobs.handler(&job.kind) else {
        return give_back(app, job).await;
    };
    let work = AssertUnwindSafe(handler(app.clone(), serde_json::from_str(&job.payload)?)).catch_unwind();
    let grace = async {
        stop.wait().await;
        tokio::time::sleep(GRACE).await;
    };
    let end = tokio::select! {
        outcome = work => End::Came(outcome),
        () = grace => End::Stopped,
        () = hold(app, job, jobs.beat) => End::Lost,
    };
    // Only now, when the work is dropped with all that it held.
    match end {
        End::Came(Ok(Ok(()))) => finish(app, job).await,
        End::Came(Ok(Err(error))) => failed(app, job, &error.to_string()).await,
        End::Came(Err(_)) => failed(app, job, "the handler panicked").await,
        End::Stopped => give_back(app, job).await,
        End::Lost => {
            tracing::warn!(kind = job.kind, "another worker took the job over");
            Ok(())
        }
    }
}

/// How the carrying out ended.
enum End {
    /// The handler answered, or panicked.
    Came(std::thread::Result<Result<()>>),
    /// The process stops.
    Stopped,
    /// Another worker has it.
    Lost,
}

/// Renews the lease until another worker has the job. It runs beside the work and never in its place: on SQLite the
/// work may hold the only writer, for which the renewal waits.
async fn hold(app: &App, job: &Claimed, beat: Duration) {
    let mut beat = tokio::time::interval(beat);
    beat.tick().await;
    loop {
        beat.tick().await;
        match renew(app, job).await {
            Ok(true) => {}
            Ok(false) => return,
            // The next beat comes before the lease ends.
            Err(error) => tracing::warn!(kind = job.kind, %error, "a lease was not renewed"),
        }
    }
}

/// Changes the job, if this worker still holds it.
async fn change(app: &App, job: &Claimed, set: &str, values: Vec<sea_orm::Value>) -> Result<bool> {
    let sql = format!("UPDATE job SET {set} WHERE id = $1 AND lease_token = $2 AND state = 'waiting'");
    let all = [vec![job.id.into(), job.token.into()], values].concat();
    let tx = app.db.begin_relaxed().await?;
    let changed = tx.execute_raw(app.db.statement(&sql, all)).await?.rows_affected();
    commit(tx).await?;
    Ok(changed == 1)
}

async fn renew(app: &App, job: &Claimed) -> Result<bool> {
    change(app, job, "lease_until = $3", vec![(app.clock.now() + LEASE).into()]).await
}

async fn finish(app: &App, job: &Claimed) -> Result<()> {
    let set = "state = 'done', finished_at = $3, lease_until = NULL, lease_token = NULL, last_error = NULL";
    if !change(app, job, set, vec![app.clock.now().into()]).await? {
        tracing::warn!(kind = job.kind, "finished after the lease was lost");
    }
    Ok(())
}

/// Back to the queue as if it had never been claimed.
async fn give_back(app: &App, job: &Claimed) -> Result<()> {
    change(app, job, "lease_until = NULL, lease_token = NULL, attempts = attempts - 1", Vec::new()).await?;
    Ok(())
}

async fn failed(app: &App, job: &Claimed, what: &str) -> Result<()> {
    let what: String = what.chars().take(ERROR_CHARS).collect();
    tracing::warn!(kind = job.kind, attempt = job.attempts, what, "job failed");
    let now = app.clock.now();
    let free = "lease_until = NULL, lease_token = NULL, last_error = $3";
    if job.attempts >= MAX_ATTEMPTS {
        let set = format!("{free}, state = 'failed', finished_at = $4");
        change(app, job, &set, vec![what.into(), now.into()]).await?;
    } else {
        change(app, job, &format!("{free}, run_at = $4"), vec![what.into(), (now + back_off(job.attempts)).into()])
            .await?;
    }
    Ok(())
}

/// Doubles with each failure; a tenth at random keeps a crowd from coming back at once.
fn back_off(attempts: i64) -> Duration {
    let (first, longest) = BACK_OFF;
    let doublings = u32::try_from(attempts - 1).unwrap_or_default().min(20);
    let wait = first.saturating_mul(1 << doublings).min(longest);
    wait.mul_f64(1.0 + rand::rng().random_range(0.0..0.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_an_hour() {
        let seconds = |attempt| back_off(attempt).as_secs();
        assert!((10..=11).contains(&seconds(1)));
        assert!((40..=44).contains(&seconds(3)));
        assert!((3600..=3960).contains(&seconds(10)));
        assert!((3600..=3960).contains(&seconds(1_000_000)));
    }
}

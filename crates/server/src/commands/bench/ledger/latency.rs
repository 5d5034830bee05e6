//! How long one payment takes: alone, and when the ledger is half busy.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kernel::db::{Db, commit};
use sea_orm::ConnectionTrait;
use tokio::task::JoinSet;

use super::super::client::failed;
use super::super::report::Figure;
use super::super::rounds::{Sample, abba};
use super::till::{Till, load};
use crate::fault::Fault;

/// Between two payments that begin at once.
const TICK: Duration = Duration::from_millis(2);

/// Both.
pub async fn measure(till: &Arc<Till>, callers: usize, time: Duration) -> Result<Vec<Figure>, Fault> {
    Ok(vec![alone(till, time).await?, half_busy(till, callers, time).await?])
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

/// The median of one after the other, beside a row that goes into a table of its own.
async fn alone(till: &Arc<Till>, time: Duration) -> Result<Figure, Fault> {
    let db = &till.app.db;
    let tx = db.begin_relaxed().await?;
    let table = "CREATE TABLE IF NOT EXISTS bench_row (n bigint PRIMARY KEY, note text NOT NULL)";
    tx.execute_unprepared(table).await.map_err(kernel::Error::from)?;
    commit(tx).await?;
    let mut next = 0_i64;
    let pays = async || {
        let (mut sample, started) = (Sample::default(), Instant::now());
        while started.elapsed() < time {
            let one = Instant::now();
            till.pay(till.merchants.len()).await?;
            sample.add(millis(one));
        }
        Ok::<_, Fault>(sample.median())
    };
    let rows = async || {
        let (mut sample, started) = (Sample::default(), Instant::now());
        while started.elapsed() < time {
            next += 1;
            let one = Instant::now();
            insert(db, next).await?;
            sample.add(millis(one));
        }
        Ok(sample.median())
    };
    let (pays, rows) = abba(pays, rows).await?;
    let name = "one payment alone ÷ one row inserted";
    Ok(Figure::ratio(name, "ms, medians", &pays, &rows).held_against("≤ 6"))
}

/// One row, committed: by itself where the engine has no transaction without being asked for one.
async fn insert(db: &Db, number: i64) -> Result<(), Fault> {
    let statement =
        db.statement("INSERT INTO bench_row (n, note) VALUES ($1, $2)", [number.into(), "bench".to_owned().into()]);
    if db.is_sqlite() {
        let tx = db.begin_relaxed().await?;
        tx.execute_raw(statement).await.map_err(kernel::Error::from)?;
        return Ok(commit(tx).await?);
    }
    db.read().execute_raw(statement).await.map_err(kernel::Error::from)?;
    Ok(())
}

/// Payments come at half of what the ledger can take, whether it answers or not.
async fn half_busy(till: &Arc<Till>, callers: usize, time: Duration) -> Result<Figure, Fault> {
    let shops = till.merchants.len();
    let most = load(till, shops, callers, time).await?;
    let a_tick = most / 2.0 * TICK.as_secs_f64();
    let (started, mut owed, mut tasks) = (Instant::now(), 0.0, JoinSet::new());
    let mut ticks = tokio::time::interval(TICK);
    while started.elapsed() < time {
        ticks.tick().await;
        owed += a_tick;
        while owed >= 1.0 {
            owed -= 1.0;
            let (till, due) = (Arc::clone(till), Instant::now());
            tasks.spawn(async move {
                till.pay(shops).await?;
                Ok::<_, Fault>(millis(due))
            });
        }
    }
    let mut sample = Sample::default();
    while let Some(done) = tasks.join_next().await {
        sample.add(done.map_err(failed)??);
    }
    let (middle, late) = (sample.median(), sample.quantile(0.99));
    if sample.len() == 0 || middle <= 0.0 {
        return Ok(Figure::plain(HALF, "0 payments", "too short a round").held_against("≤ 8"));
    }
    let made_of = format!("{late:.2} ÷ {middle:.2} ms, {} payments at {:.0}/s", sample.len(), most / 2.0);
    Ok(Figure::plain(HALF, format!("{:.2}", late / middle), made_of).held_against("≤ 8"))
}

const HALF: &str = "payments at half of the most: p99 ÷ p50";

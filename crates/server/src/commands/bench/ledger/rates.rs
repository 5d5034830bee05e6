//! Payments a second: beside the engine's own benchmark, beside bare inserts, to one shop, and syncs of the log for each.

use std::sync::Arc;
use std::time::Duration;

use kernel::db::Db;
use sea_orm::ConnectionTrait;

use super::super::Bench;
use super::super::client::failed;
use super::super::http::WARM_UP;
use super::super::report::Figure;
use super::super::rounds::abba;
use super::super::stage::{Engine, Stage};
use super::Size;
use super::pgbench::Pgbench;
use super::raw_rows::Inserts;
use super::till::{Till, load};
use crate::fault::Fault;

/// All of them.
pub async fn measure(
    bench: &Bench,
    engine: &Engine,
    stage: &Stage,
    till: &Arc<Till>,
    size: &Size,
) -> Result<Vec<Figure>, Fault> {
    let (time, callers, shops) = (bench.round(), size.callers, size.merchants);
    // Once unmeasured, so that statements are prepared and pools are open.
    load(till, shops, callers, time.min(WARM_UP)).await?;
    let mut figures = Vec::new();
    if let Engine::Postgres(server) = engine {
        figures.push(beside_pgbench(server, till, size, time).await?);
    }
    let inserts = Inserts::open(bench, engine).await?;
    let pay = async || load(till, shops, callers, time).await;
    let (paid, inserted) = abba(pay, async || inserts.load(time).await).await?;
    inserts.close().await?;
    let name = "payments in process ÷ bare inserts of the transfer, 100 a transaction";
    let figure = Figure::ratio(name, "a second", &paid, &inserted);
    // Only the embedded engine is in the same language as what is beside it.
    figures.push(if stage.app.db.is_sqlite() { figure.gated("≥ 0.25") } else { figure });
    let (one, all) =
        abba(async || load(till, 1, callers, time).await, async || load(till, shops, callers, time).await).await?;
    let name = "payments to one shop ÷ spread over all shops";
    figures.push(Figure::ratio(name, "payments/s", &one, &all).gated("≥ 0.9"));
    figures.push(syncs(till, shops, callers, time).await?);
    Ok(figures)
}

async fn beside_pgbench(server: &str, till: &Arc<Till>, size: &Size, time: Duration) -> Result<Figure, Fault> {
    let name = "payments in process ÷ pgbench TPC-B-like, the better of 8 and 32 clients";
    let Some(pgbench) = Pgbench::open(server, size.scale).await? else {
        let why = "pgbench is neither on the path nor beside pg_ctl";
        return Ok(Figure::plain(name, "not measured, 0 rounds", why).gated("≥ 3"));
    };
    let pay = async || load(till, size.merchants, size.callers, time).await;
    let measured = abba(pay, async || pgbench.best(time).await).await;
    pgbench.close().await?;
    let (paid, others) = measured?;
    Ok(Figure::ratio(name, "a second", &paid, &others).gated("≥ 3"))
}

/// Syncs of the engine's log; on SQLite every commit is one.
async fn syncs(till: &Arc<Till>, shops: usize, callers: usize, time: Duration) -> Result<Figure, Fault> {
    let before = (wal_syncs(&till.app.db).await, rewards::ledger::counts(&till.app));
    load(till, shops, callers, time).await?;
    // The engine tells its counters a second late.
    tokio::time::sleep(time.min(Duration::from_millis(1_500))).await;
    let after = (wal_syncs(&till.app.db).await, rewards::ledger::counts(&till.app));
    let payments = after.1.actions - before.1.actions;
    let commits = after.1.batches - before.1.batches;
    let counted = match (before.0, after.0) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => commits,
    };
    if payments == 0 {
        return Err(failed("nothing was paid"));
    }
    #[expect(clippy::cast_precision_loss, reason = "small")]
    let share = counted as f64 / payments as f64;
    let made_of = format!("{counted} syncs, {commits} commits, {payments} payments");
    Ok(Figure::plain("syncs of the log for a payment", format!("{share:.4}"), made_of).held_against("≤ 0.02"))
}

/// What the server counted; nothing on SQLite, and where the server counts elsewhere.
async fn wal_syncs(db: &Db) -> Option<u64> {
    if db.is_sqlite() {
        return None;
    }
    let sql = "SELECT wal_sync FROM pg_stat_wal";
    let row = db.read().query_one_raw(db.statement(sql, [])).await.ok()??;
    u64::try_from(row.try_get::<i64>("", "wal_sync").ok()?).ok()
}

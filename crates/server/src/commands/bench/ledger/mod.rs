//! The ledger: payments a second, alone, in crowds and over HTTP, points for everybody, and coming back after a kill.
//!
//! Everything goes through the orders that the platform uses, with lots, ids and events; the bare engine beside it writes
//! the same rows, or `pgbench` does what it does.

mod counter;
mod issue;
mod latency;
mod pgbench;
mod rates;
mod raw_rows;
mod restart;
mod shops;
mod till;
mod wallets;

use super::Bench;
use super::report::Figure;
use super::stage::{Engine, Stage};
use crate::fault::Fault;
use till::Till;

/// How much of everything.
struct Size {
    /// Members who pay.
    members: usize,
    /// Shops that are paid.
    merchants: usize,
    /// Payments at once.
    callers: usize,
    /// Transfers that are there when the server is killed.
    transfers: usize,
    /// Rows of pgbench's own, in hundred thousands.
    scale: u32,
}

impl Size {
    fn of(bench: &Bench) -> Self {
        if bench.smoke {
            Self { members: 60, merchants: 5, callers: 16, transfers: 200, scale: 1 }
        } else {
            Self { members: 20_000, merchants: 557, callers: 256, transfers: 1_000_000, scale: 50 }
        }
    }
}

/// Measures what was asked for.
pub async fn measure(bench: &Bench, engine: &Engine, figures: &mut Vec<Figure>) -> Result<(), Fault> {
    let size = Size::of(bench);
    if bench.wants("pay") {
        let stage = Stage::open(engine, bench, "pay").await?;
        let till = Till::open(&stage.app, size.members, size.merchants).await?;
        figures.extend(rates::measure(bench, engine, &stage, &till, &size).await?);
        figures.extend(latency::measure(&till, size.callers, bench.round()).await?);
        figures.extend(counter::measure(&stage, &till, &size, bench.round()).await?);
        stage.close().await?;
    }
    if bench.wants("points") {
        figures.push(issue::measure(bench, engine).await?);
    }
    if bench.wants("wallets") {
        figures.extend(wallets::measure(bench, engine, &size).await?);
    }
    if bench.wants("restart") {
        figures.push(restart::measure(bench, engine, size.transfers).await?);
    }
    Ok(())
}

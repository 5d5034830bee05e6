//! `zhigong bench`: how fast the platform is beside the bare engine under it, as ratios
//! measured in one run on one machine.
//!
//! Each figure is two things done in turn, A-B-B-A, so that a machine that warms up or
//! slows down favours neither; the table shows the median and the range. Both engines run
//! with what makes a commit durable, or the bench refuses ([`durable`]). The people are
//! synthetic (a demo city and `simulate`'s files), the server is the real one on a loopback
//! port, and everything is written below one working directory that is removed at the end.
//!
//! ```text
//! make bench                                              # both engines, 652,000 rows, about two hours
//! make bench ONLY=pay,points                              # these parts, merged into the table
//! zhigong bench --pg postgres://… --rows 20000 --out bench   # a quick look
//! ```

mod client;
mod durable;
mod export;
mod http;
mod import;
mod ledger;
mod machine;
mod people;
mod raw;
mod report;
mod rounds;
mod search;
mod server;
mod stage;
mod voice;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use crate::fault::Fault;
use report::{Figure, Report};
use stage::{Engine, Stage, Template};

/// How long a measurement lasts that only shows that it can be made.
const SMOKE_ROUND: Duration = Duration::from_millis(50);

/// What `bench` is told.
#[derive(Args)]
pub struct Bench {
    /// PostgreSQL 服务器 / A PostgreSQL server with durable settings; without it only SQLite is measured.
    #[arg(long, env = "ZHIGONG_BENCH_PG", value_name = "URL", hide_env_values = true)]
    pg: Option<String>,
    /// 花名册行数 / Rows of the roster.
    #[arg(long, default_value_t = 652_000)]
    rows: u64,
    /// 每轮秒数 / Seconds of a round of requests.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// 工作目录 / Where databases and files are made for the time of the run; a real disk, not memory.
    #[arg(long, default_value = "target/bench", value_name = "DIR")]
    work: PathBuf,
    /// 结果目录 / Where the table is written.
    #[arg(long, default_value = "bench", value_name = "DIR")]
    out: PathBuf,
    /// 只测这些 / Only these: http, import (with memory, search and export), memory, cast, issue, recount, publish, crowd,
    /// freeze, pay, points, wallets (then also at ten times the rows), restart.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// 并入原有结果 / Keep what --out holds, and replace in it what is measured now.
    #[arg(long)]
    merge: bool,
    /// 只试跑 / Only see that it runs: a debug build, an engine that may lose commits, a few rows; the figures mean nothing.
    #[arg(long)]
    smoke: bool,
}

impl Bench {
    fn wants(&self, what: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|one| one == what)
    }

    /// How long requests are sent for one measurement.
    fn round(&self) -> Duration {
        if self.smoke { SMOKE_ROUND } else { Duration::from_secs(self.seconds) }
    }

    fn engines(&self) -> Vec<Engine> {
        let postgres = self.pg.clone().map(Engine::Postgres);
        std::iter::once(Engine::Sqlite).chain(postgres).collect()
    }
}

/// Measures, prints the table and keeps it; fails when a gate was missed, once everything is written.
///
/// # Errors
/// When an engine is not durable, or something could not be made or measured.
pub async fn bench(bench: Bench) -> Result<ExitCode, Fault> {
    if cfg!(debug_assertions) && !bench.smoke {
        return Err(Fault::new(
            "这是调试版，测出来的数字没有意义，没有开始测量。",
            "This is a debug build; its figures would mean nothing.",
        )
        .next("make bench"));
    }
    let mut measured = machine::measured(&bench.work)?;
    if bench.smoke {
        measured.machine += " · smoke run: durability was not asked for, the figures mean nothing";
    }
    // Read before anything is measured: what cannot be merged is said now.
    let mut report = if bench.merge { Report::kept(measured, &bench.out)? } else { Report::new(measured) };
    let imports = ["import", "freeze", "memory"].iter().any(|part| bench.wants(part));
    let files = if imports { Some(import::Files::make(&bench)?) } else { None };
    let votes = voice::Voice::prepare(&bench).await?;
    for engine in bench.engines() {
        let city = Template::city(&engine, &bench).await?;
        let mut figures = Vec::new();
        let outcome = measure(&bench, &engine, files.as_ref(), votes.as_ref(), &mut figures).await;
        report.extend(engine.name(), figures);
        if outcome.is_err() {
            // What was measured before is not lost with what could not be.
            report.write(&bench.out)?;
        }
        outcome?;
        city.remove().await?;
    }
    let _ = std::fs::remove_dir_all(bench.work.join("files"));
    report.write(&bench.out)?;
    print!("{}", report.table());
    let missed = report.missed();
    missed.iter().for_each(|one| eprintln!("未达标 / missed: {one}"));
    Ok(if missed.is_empty() || bench.smoke { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn measure(
    bench: &Bench,
    engine: &Engine,
    files: Option<&import::Files>,
    votes: Option<&voice::Voice>,
    figures: &mut Vec<Figure>,
) -> Result<(), Fault> {
    if bench.wants("http") {
        let stage = Stage::open(engine, bench, "http").await?;
        figures.extend(http::measure(&stage, bench.round()).await?);
        stage.close().await?;
    }
    if let Some(votes) = votes {
        votes.measure(bench, engine, figures).await?;
    }
    ledger::measure(bench, engine, figures).await?;
    match files {
        Some(files) if bench.wants("import") => figures.extend(import::measure(bench, engine, files).await?),
        Some(files) => {
            if bench.wants("freeze") {
                figures.push(voice::freeze_alone(bench, engine, files).await?);
            }
            if bench.wants("memory") {
                figures.push(import::memory_alone(bench, engine, files).await?);
            }
        }
        None => {}
    }
    Ok(())
}

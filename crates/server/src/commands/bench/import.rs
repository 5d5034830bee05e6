//! The main job: a whole roster through the import, beside parsing the same file and
//! inserting the very same encrypted rows raw, into the same tables with the same indexes
//! in transactions of the same size. Then searching and taking out, at that size.
//!
//! A register of unions goes in first and becomes a template; each round starts from a copy
//! of it. The first round is not counted: it warms the machine and leaves the rows that the
//! raw rounds insert. While ours runs, people are at work: their own commands are timed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use kernel::file;
use kernel::sheet::Book;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::client::{Client, failed};
use super::report::{Figure, round};
use super::rounds::{Sample, abba};
use super::server::Server;
use super::stage::{Engine, Stage, Template};
use super::{Bench, export, raw, search, voice};
use crate::fault::Fault;

/// Planted mistakes, in percent.
const FAULTS: &str = "2";
/// People who work while the import runs, and the pause each makes between two commands.
const AT_WORK: usize = 8;
const PAUSE: Duration = Duration::from_millis(100);

/// The files that go in.
pub struct Files {
    folder: PathBuf,
}

impl Files {
    /// Makes the register and the roster, once for all engines.
    pub fn make(bench: &Bench) -> Result<Self, Fault> {
        let folder = bench.work.join("files");
        let (register, roster) = (folder.join("register"), folder.join("roster.xlsx"));
        std::fs::create_dir_all(&register).map_err(failed)?;
        let shown = |path: &Path| path.display().to_string();
        let unions = if bench.smoke { "200" } else { "5908" };
        simulated(&["register", "--out", &shown(&register), "--unions", unions])?;
        let rows = bench.rows.to_string();
        let (register, roster) = (shown(&register), shown(&roster));
        simulated(&["roster", "--out", &roster, "--rows", &rows, "--faults", FAULTS, "--register", &register])?;
        Ok(Self { folder })
    }

    fn register(&self) -> Vec<(PathBuf, &'static str)> {
        let of = |name: &str| self.folder.join("register").join(name);
        vec![(of("unions.xlsx"), "unions"), (of("employers.csv"), "employers"), (of("officers.xlsx"), "officers")]
    }

    fn roster(&self) -> Vec<(PathBuf, &'static str)> {
        vec![(self.folder.join("roster.xlsx"), "members")]
    }
}

/// `zhigong simulate …` in a process of its own, as a reader can run it himself: what it needs is not in the memory that is
/// measured afterwards.
fn simulated(words: &[&str]) -> Result<(), Fault> {
    let mut line = Command::new(std::env::current_exe().map_err(failed)?);
    let status = line.arg("simulate").args(words).stdin(Stdio::null()).status().map_err(failed)?;
    if status.success() { Ok(()) } else { Err(failed(format!("simulate {} ended with {status}", words.join(" ")))) }
}

/// Measures the import, then search and export on what it left.
pub async fn measure(bench: &Bench, engine: &Engine, files: &Files) -> Result<Vec<Figure>, Fault> {
    let stage = Stage::open(engine, bench, "register").await?;
    let register = Import::through(&stage, "register", files.register()).await?;
    let idle = at_work(&stage, bench.round()).await?;
    let template = stage.keep().await?;

    let source = template.stage("source").await?;
    let warm = Import::through(&source, "roster", files.roster()).await?;
    let sealing = sealed(&source).await?;
    let mut busy = Sample::default();
    let rounds = abba(
        async || {
            let parsed = parse(&source, warm.file_id).await?;
            let target = template.database("raw").await?;
            let took = raw::insert(&source.app.db, &target, warm.id).await;
            target.close().await?;
            template.discard("raw").await?;
            Ok(parsed + took?)
        },
        async || {
            let stage = template.stage("ours").await?;
            let (import, latencies) = with_people(&stage, files).await?;
            busy.append(&latencies);
            stage.close().await?;
            same(&warm, &import)?;
            Ok::<_, Fault>(import.seconds)
        },
    )
    .await?;
    let mut figures = figures(&register, &warm, rounds);
    figures.push(memory(&template, files).await?);
    figures.extend(people(&idle, &busy));
    figures.push(sealing);
    figures.extend(search::measure(&source, &files.roster()[0].0, bench.smoke).await?);
    figures.extend(export::measure(&source, warm.added).await?);
    if bench.wants("freeze") {
        figures.push(voice::freeze(&source, warm.added).await?);
    }
    source.close().await?;
    template.remove().await?;
    Ok(figures)
}

/// A stage with the register and the roster in it, and how many members came in.
pub async fn filled(bench: &Bench, engine: &Engine, files: &Files) -> Result<(Stage, i64), Fault> {
    let stage = Stage::open(engine, bench, "register").await?;
    Import::through(&stage, "register", files.register()).await?;
    let roster = Import::through(&stage, "roster", files.roster()).await?;
    Ok((stage, roster.added))
}

/// An import that went through.
pub struct Import {
    /// Which.
    pub id: kernel::Id,
    /// Its (first) file.
    pub file_id: kernel::Id,
    /// Seconds of the run, by the platform's own clock.
    pub seconds: f64,
    /// Seconds of the dry run before it.
    pub check_seconds: f64,
    /// Rows added.
    pub added: i64,
    /// Rows rejected.
    pub rejected: i64,
    /// Rows seen.
    pub rows: i64,
}

impl Import {
    /// As the city's officer.
    async fn through(stage: &Stage, kind: &str, files: Vec<(PathBuf, &str)>) -> Result<Self, Fault> {
        Self::over(stage.client("city").await?, kind, files).await
    }

    /// Uploads, checks and runs, as the wizard does.
    async fn over(mut client: Client, kind: &str, files: Vec<(PathBuf, &str)>) -> Result<Self, Fault> {
        let me = client.get("/api/me").await?;
        let root = me["roles"][0]["node_id"].clone();
        let mut staged = Vec::new();
        for (path, part) in files {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let bytes = std::fs::read(&path).map_err(failed)?;
            let file = client.upload(&format!("/api/imports/files?name={name}"), bytes).await?;
            staged.push(json!({ "file_id": file["file_id"], "part": part }));
        }
        let file_id = parsed(&staged[0]["file_id"])?;
        let body = json!({ "kind": kind, "organization_id": root, "files": staged });
        let id = client.post("/api/imports", &body).await?["id"].clone();
        let id: kernel::Id = parsed(&id)?;
        let checking = Instant::now();
        step(&mut client, id, "check", "checked").await?;
        let check_seconds = checking.elapsed().as_secs_f64();
        let running = Instant::now();
        let page = step(&mut client, id, "run", "done").await?;
        let number = |name: &str| page[name].as_i64().unwrap_or_default();
        Ok(Self {
            id,
            file_id,
            seconds: running.elapsed().as_secs_f64(),
            check_seconds,
            added: number("added"),
            rejected: number("rejected"),
            rows: number("position"),
        })
    }
}

fn parsed(value: &Value) -> Result<kernel::Id, Fault> {
    value.as_str().unwrap_or_default().parse().map_err(failed)
}

/// Starts a pass and waits for its end.
async fn step(client: &mut Client, id: kernel::Id, verb: &str, end: &str) -> Result<Value, Fault> {
    client.post(&format!("/api/imports/{id}/{verb}"), &json!({})).await?;
    loop {
        let page = client.get(&format!("/api/imports/{id}")).await?;
        match page["state"].as_str() {
            Some(state) if state == end => return Ok(page),
            Some("checking" | "running") => tokio::time::sleep(Duration::from_millis(100)).await,
            _ => return Err(failed(format!("the import ended as {}: {}", page["state"], page["trouble"]))),
        }
    }
}

/// The rounds must have done the same.
fn same(first: &Import, other: &Import) -> Result<(), Fault> {
    let sums = |import: &Import| (import.rows, import.added, import.rejected);
    if sums(first) == sums(other) { Ok(()) } else { Err(failed("two rounds took different rows")) }
}

/// The memory by itself.
pub async fn memory_alone(bench: &Bench, engine: &Engine, files: &Files) -> Result<Figure, Fault> {
    let stage = Stage::open(engine, bench, "register").await?;
    Import::through(&stage, "register", files.register()).await?;
    let template = stage.keep().await?;
    let figure = memory(&template, files).await?;
    template.remove().await?;
    Ok(figure)
}

/// What a server needs that does nothing else, in a process of its own: no round before left anything in it.
async fn memory(template: &Template, files: &Files) -> Result<Figure, Fault> {
    let server = Server::start(&template.apart("alone").await?).await?;
    let mut client = Client::connect(server.address).await?;
    client.sign_in("city").await?;
    let before = server.peak_mib();
    let import = Import::over(client, "roster", files.roster()).await?;
    let most = server.peak_mib();
    server.kill().await?;
    template.discard("alone").await?;
    let made_of = format!("peak resident set, {} rows; {before} MiB before", import.rows);
    Ok(Figure::plain("most memory of the server while it runs", format!("{most} MiB"), made_of)
        .held_against("< 512 MiB"))
}

/// Ours, while people work.
async fn with_people(stage: &Stage, files: &Files) -> Result<(Import, Sample), Fault> {
    let (stop, stopped) = watch::channel(false);
    let work = tokio::spawn(working(stage.people(AT_WORK).await?, stopped));
    let import = Import::through(stage, "roster", files.roster()).await;
    stop.send_replace(true);
    Ok((import?, work.await.map_err(failed)??))
}

/// How long the same commands take when nothing else goes on.
async fn at_work(stage: &Stage, time: Duration) -> Result<Sample, Fault> {
    let (stop, stopped) = watch::channel(false);
    let work = tokio::spawn(working(stage.people(AT_WORK).await?, stopped));
    tokio::time::sleep(time).await;
    stop.send_replace(true);
    work.await.map_err(failed)?
}

/// People who keep a draft, pause, keep it again; milliseconds of each command.
async fn working(people: Vec<Client>, stop: watch::Receiver<bool>) -> Result<Sample, Fault> {
    let mut tasks = tokio::task::JoinSet::new();
    for mut client in people {
        let stop = stop.clone();
        tasks.spawn(async move {
            let mut took = Sample::default();
            let draft = json!({ "answers": { "step": "work", "work": "food_delivery" } });
            while !*stop.borrow() {
                let asked = Instant::now();
                client.post("/api/join/draft", &draft).await?;
                took.add(asked.elapsed().as_secs_f64() * 1000.0);
                tokio::time::sleep(PAUSE).await;
            }
            Ok::<_, Fault>(took)
        });
    }
    let mut all = Sample::default();
    while let Some(took) = tasks.join_next().await {
        all.append(&took.map_err(failed)??);
    }
    Ok(all)
}

/// Reads the sealed file row by row, as the import does; seconds.
async fn parse(stage: &Stage, file_id: kernel::Id) -> Result<f64, Fault> {
    let app = stage.app.clone();
    let read = move || {
        let started = Instant::now();
        let rows = Book::open(file::source(&app, file_id).map_err(failed)?, "roster.xlsx").map_err(failed)?;
        let mut cells = 0;
        for row in rows.rows(0).map_err(failed)? {
            cells += row.map_err(failed)?.cells.len();
        }
        if cells == 0 { Err(failed("the roster is empty")) } else { Ok(started.elapsed().as_secs_f64()) }
    };
    tokio::task::spawn_blocking(read).await.map_err(failed)?
}

/// How long the sealer needs for what the import left, beyond the import itself.
async fn sealed(stage: &Stage) -> Result<Figure, Fault> {
    let started = Instant::now();
    while raw::unsealed(&stage.app.db).await? > 0 {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let behind = format!("{} s", round(started.elapsed().as_secs_f64()));
    Ok(Figure::plain("the chain of events is behind the import's end by", behind, "events chained while it runs"))
}

fn figures(register: &Import, warm: &Import, rounds: (Sample, Sample)) -> Vec<Figure> {
    let (raw, ours) = rounds;
    #[expect(clippy::cast_precision_loss, reason = "rows")]
    let rate = |rows: i64, seconds: f64| format!("{:.0} rows/s", rows as f64 / seconds);
    let result = format!("{} added + {} rejected = {} rows", warm.added, warm.rejected, warm.rows);
    vec![
        Figure::ratio("roster import ÷ (parse + raw insert of the same rows)", "s", &ours, &raw).held_against("≤ 2.5"),
        Figure::plain("roster import", rate(warm.rows, ours.median()), result),
        Figure::plain("dry run of the roster", rate(warm.rows, warm.check_seconds), "reads, judges, writes no member"),
        Figure::plain("register import", rate(register.rows, register.seconds), format!("{} rows", register.rows)),
    ]
}

fn people(idle: &Sample, busy: &Sample) -> [Figure; 1] {
    let shown = format!("p99 {} ms", round(busy.quantile(0.99)));
    let of = |sample: &Sample| {
        format!(
            "p50 {}, p99 {}, most {}",
            round(sample.median()),
            round(sample.quantile(0.99)),
            round(sample.range().1)
        )
    };
    let made_of = format!("{} commands: {} ms; without the import: {} ms", busy.len(), of(busy), of(idle));
    [Figure::plain("people at work during the import", shown, made_of).held_against("p99 ≤ 100 ms")]
}

//! From the start of a killed server's successor to its first answer, with a full ledger.

use std::process::Stdio;
use std::time::{Duration, Instant};

use kernel::Id;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::super::Bench;
use super::super::client::{Client, failed};
use super::super::report::Figure;
use super::super::rounds::Sample;
use super::super::stage::{Engine, Stage};
use super::till::{Till, last_day};
use crate::fault::Fault;
use crate::house::Place;

/// How often it is killed, and how often where only the way there is looked at.
const KILLS: (usize, usize) = (3, 1);
/// Longer than a start may ever take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Fills the ledger, then kills the program and starts it again.
pub async fn measure(bench: &Bench, engine: &Engine, transfers: usize) -> Result<Figure, Fault> {
    let stage = Stage::open(engine, bench, "restart").await?.quiet().await;
    let members = transfers.min(100_000);
    let persons: Vec<Id> = (0..members).map(|_| stage.app.ids.next()).collect();
    let till = Till::bare(&stage.app, persons, 1).await?;
    let until = last_day(2999);
    let again = till.persons.iter().cycle().take(transfers);
    till.all(again.map(|person| till.issue(*person, 100, until))).await?;
    drop(till);
    let template = stage.keep().await?;
    let (kills, mut sample) = (if bench.smoke { KILLS.1 } else { KILLS.0 }, Sample::default());
    for round in 0..=kills {
        let started = Instant::now();
        let mut server = serve(&template.place()).await?;
        // The first start is that of a server that was stopped.
        if round > 0 {
            sample.add(started.elapsed().as_secs_f64());
        }
        server.kill().await.map_err(failed)?;
    }
    template.remove().await?;
    let made_of = format!("{kills} kills, {transfers} transfers");
    let shown = format!("{:.2} s", sample.median());
    Ok(Figure::plain("serving again after kill -9", shown, made_of).gated("≤ 10 s"))
}

/// Starts this program as a server and waits for its first answer.
async fn serve(place: &Place) -> Result<Child, Fault> {
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    command.args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data"]).arg(&place.data);
    if let Some(database) = &place.database {
        command.args(["--database", database]);
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn().map_err(failed)?;
    let stdout = child.stdout.take().ok_or_else(|| failed("the server has no output"))?;
    let (mut lines, mut address) = (BufReader::new(stdout).lines(), None);
    while let Some(line) = lines.next_line().await.map_err(failed)? {
        let told = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        address = address.or(told.map(|told| told.trim().replace("localhost", "127.0.0.1")));
        if line.contains("Ctrl-C") {
            break;
        }
    }
    let address = address.ok_or_else(|| failed("the server did not start"))?.parse().map_err(failed)?;
    let asked = Instant::now();
    while asked.elapsed() < PATIENCE {
        if let Ok(mut client) = Client::connect(address).await
            && client.get_as_nobody("/readyz").await.is_ok()
        {
            // Its pipe stays open for as long as it runs.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(child);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Err(failed("the server does not answer"))
}

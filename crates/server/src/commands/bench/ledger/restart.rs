//! From the start of a killed server's successor to its first answer, with a full ledger.

use std::time::Instant;

use kernel::Id;

use super::super::Bench;
use super::super::report::Figure;
use super::super::rounds::Sample;
use super::super::server::Server;
use super::super::stage::{Engine, Stage};
use super::till::{Till, last_day};
use crate::fault::Fault;

/// How often it is killed, and how often where only the way there is looked at.
const KILLS: (usize, usize) = (3, 1);

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
        let server = Server::start(&template.place()).await?;
        // The first start is that of a server that was stopped.
        if round > 0 {
            sample.add(started.elapsed().as_secs_f64());
        }
        server.kill().await?;
    }
    template.remove().await?;
    let made_of = format!("{kills} kills, {transfers} transfers");
    let shown = format!("{:.2} s", sample.median());
    Ok(Figure::plain("serving again after kill -9", shown, made_of).gated("≤ 10 s"))
}

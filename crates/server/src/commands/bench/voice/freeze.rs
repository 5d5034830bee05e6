//! Freezing the electorate of the whole city out of an imported roster, through the real job.

use std::time::{Duration, Instant};

use serde_json::json;

use super::super::client::failed;
use super::super::machine;
use super::super::report::{Figure, round};
use super::super::stage::Stage;
use crate::fault::Fault;

/// Opens a survey of everybody; `members` came in with the roster.
pub async fn measure(stage: &Stage, members: i64) -> Result<Figure, Fault> {
    let mut client = stage.client("city").await?;
    let root = stage.root().await?;
    let body = json!({ "scheme": "budget_needs", "organization_id": root });
    let id = client.post("/api/evaluations", &body).await?["id"].as_str().unwrap_or_default().to_owned();
    machine::forget_peak();
    let before = machine::peak_mib();
    let started = Instant::now();
    client.post(&format!("/api/evaluations/{id}/open"), &json!({})).await?;
    let electors = loop {
        let page = client.get(&format!("/api/evaluations/{id}")).await?;
        match page["evaluation"]["state"].as_str() {
            Some("open") => break page["evaluation"]["electorate"].as_i64().unwrap_or_default(),
            Some("freezing") => tokio::time::sleep(Duration::from_millis(50)).await,
            state => return Err(failed(format!("the freezing ended as {state:?}"))),
        }
    };
    let took = started.elapsed().as_secs_f64();
    let more = machine::peak_mib().saturating_sub(before);
    // The people of the demo city vote as well.
    if electors < members {
        return Err(failed(format!("{electors} electors were frozen, {members} members were imported")));
    }
    let made_of = format!("{electors} electors; {more} MiB more than before");
    let shown = format!("{} s", round(took));
    Ok(Figure::plain("electorate of the whole city frozen", shown, made_of).held_against("≤ 30 s"))
}

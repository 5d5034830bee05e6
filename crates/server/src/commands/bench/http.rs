//! Requests a second over a loopback port: a POST that does nothing beside the cheapest
//! real command (a draft kept: one sealed row, one synced commit).

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::client::failed;
use super::report::Figure;
use super::rounds::abba;
use super::stage::Stage;
use crate::fault::Fault;

/// Connections that ask at once.
const CALLERS: [usize; 2] = [1, 32];

/// Before the first measurement.
pub const WARM_UP: Duration = Duration::from_millis(500);

/// A POST that does nothing.
pub const NO_OP: &str = "/api/bench/no-op";
const DRAFT: &str = "/api/join/draft";

/// Measures both, alone and with many callers.
pub async fn measure(stage: &Stage, time: Duration) -> Result<Vec<Figure>, Fault> {
    let draft = json!({ "answers": { "step": "work", "work": "food_delivery" } });
    let mut figures = Vec::new();
    for callers in CALLERS {
        // Once unmeasured, so that statements are prepared and pools are open.
        load(stage, DRAFT, &draft, callers, time.min(WARM_UP)).await?;
        let (commands, no_ops) = abba(
            async || load(stage, DRAFT, &draft, callers, time).await,
            async || load(stage, NO_OP, &json!({}), callers, time).await,
        )
        .await?;
        let name = format!("cheapest command ÷ no-op POST over HTTP, {callers} caller(s)");
        figures.push(Figure::ratio(name, "requests/s", &commands, &no_ops));
    }
    Ok(figures)
}

/// Sends one request after the other from several connections for a while; answers a second.
pub async fn load(
    stage: &Stage,
    path: &'static str,
    body: &Value,
    callers: usize,
    time: Duration,
) -> Result<f64, Fault> {
    let clients = stage.people(callers).await?;
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for mut client in clients {
        let body = body.clone();
        tasks.spawn(async move {
            let mut answers = 0_u32;
            while started.elapsed() < time {
                client.post(path, &body).await?;
                answers += 1;
            }
            Ok::<_, Fault>(answers)
        });
    }
    let mut answers = 0;
    while let Some(done) = tasks.join_next().await {
        answers += done.map_err(failed)??;
    }
    Ok(f64::from(answers) / started.elapsed().as_secs_f64())
}

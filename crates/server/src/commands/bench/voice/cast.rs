//! Ballots cast a second over a loopback port beside a POST that does nothing on the same server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use chrono::TimeDelta;
use serde_json::json;
use tokio::task::JoinSet;

use super::super::client::{Client, failed};
use super::super::http;
use super::super::report::Figure;
use super::super::rounds::abba;
use super::super::stage::Stage;
use super::booth;
use super::tokens::Tokens;
use crate::fault::Fault;

/// Connections that cast at once.
const CALLERS: usize = 32;
const CAST: &str = "/api/ballots";

/// Casts, and does nothing, in turn; each token once.
pub async fn measure(stage: &Stage, tokens: &Tokens, number: usize, time: Duration) -> Result<Figure, Fault> {
    let closes_at = stage.app.clock.now() + TimeDelta::days(10);
    let vote = booth::open(stage, &tokens.issuer, 1, number, closes_at).await?.pop();
    let vote = vote.ok_or_else(|| failed("no evaluation was opened"))?;
    // Written before: what a phone does is not what is measured.
    let body = |(n, token)| Bytes::from(booth::cast_body(&vote, token, format!("{n:032}").as_bytes(), n));
    let bodies = tokens.part(0..number).iter().enumerate().map(body).collect();
    let pile = Arc::new(Pile { bodies, next: AtomicUsize::new(0) });
    casts(stage, &pile, time.min(http::WARM_UP)).await?;
    let (cast, no_ops) = abba(
        async || casts(stage, &pile, time).await,
        async || http::load(stage, http::NO_OP, &json!({}), CALLERS, time).await,
    )
    .await?;
    let name = format!("ballots cast ÷ no-op POST over HTTP, {CALLERS} callers");
    Ok(Figure::ratio(name, "requests/s", &cast, &no_ops).held_against("≥ 0.2"))
}

/// Ballots ready to be cast, each once.
struct Pile {
    bodies: Vec<Bytes>,
    next: AtomicUsize,
}

/// Casts for a while from several connections; answers a second.
async fn casts(stage: &Stage, pile: &Arc<Pile>, time: Duration) -> Result<f64, Fault> {
    let mut clients = Vec::new();
    for _ in 0..CALLERS {
        clients.push(Client::connect(stage.address).await?);
    }
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for mut client in clients {
        let pile = Arc::clone(pile);
        tasks.spawn(async move {
            let mut answers = 0_u32;
            while started.elapsed() < time {
                let Some(body) = pile.bodies.get(pile.next.fetch_add(1, Ordering::Relaxed)) else { break };
                client.post_as_nobody(CAST, body.clone()).await?;
                answers += 1;
            }
            Ok::<_, Fault>(answers)
        });
    }
    let mut answers = 0;
    while let Some(done) = tasks.join_next().await {
        answers += done.map_err(failed)??;
    }
    if answers == 0 {
        return Err(failed("the prepared ballots were used up; fewer seconds are needed"));
    }
    Ok(f64::from(answers) / started.elapsed().as_secs_f64())
}

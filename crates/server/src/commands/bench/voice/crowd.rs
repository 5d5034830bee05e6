//! A workplace behind one address: every member signs in, draws and casts; nobody may be turned away for being many.

use std::time::Instant;

use axum::body::Bytes;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use voice::ballot::blinding;
use voice::ballot::issuer::BlindRsaVerifier;
use voice::ballot::token::TokenMessage;

use super::super::client::{Client, failed};
use super::super::people;
use super::super::report::{Figure, round};
use super::super::stage::Stage;
use super::booth::{self, Vote};
use crate::fault::Fault;

/// Lets them all vote as fast as they can.
pub async fn measure(stage: &Stage, members: usize) -> Result<Figure, Fault> {
    let started = Instant::now();
    let mut clients = stage.people(members).await?;
    let signed_in = started.elapsed().as_secs_f64();
    let accounts = people::accounts(&mut clients).await?;
    let closes_at = stage.app.clock.now() + TimeDelta::days(10);
    let (vote, key) = booth::open_for(stage, &accounts, closes_at).await?;
    let voting = Instant::now();
    let mut tasks = JoinSet::new();
    for (n, client) in clients.into_iter().enumerate() {
        tasks.spawn(votes(stage.address, client, vote, key.clone(), n));
    }
    let mut throttled = 0;
    while let Some(done) = tasks.join_next().await {
        throttled += done.map_err(failed)??;
    }
    let took = signed_in + voting.elapsed().as_secs_f64();
    let cast = voice::poll::counts(stage.app.db.read(), vote.poll).await?.cast;
    if throttled == 0 && cast != members as u64 {
        return Err(failed(format!("{cast} ballots came of {members} members")));
    }
    let made_of =
        format!("signed in {} s, drew and cast {} s; {cast} ballots", round(signed_in), round(took - signed_in));
    let shown = format!("{} s, {throttled} refused as too many", round(took));
    let name = format!("{members} members behind one address vote");
    Ok(Figure::plain(name, shown, made_of).held_against("≤ 300 s, none refused"))
}

/// Draws and casts for one member; answers how often the server said that it was too much.
async fn votes(
    address: std::net::SocketAddr,
    mut client: Client,
    vote: Vote,
    key: Vec<u8>,
    n: usize,
) -> Result<u32, Fault> {
    let (message, blinded) = tokio::task::spawn_blocking({
        let key = key.clone();
        move || {
            let message = TokenMessage::random();
            let key = BlindRsaVerifier::from_spki(&key).map_err(failed)?;
            let blinded = blinding::blind(&key, message.as_bytes()).map_err(failed)?;
            Ok::<_, Fault>((message, blinded))
        }
    })
    .await
    .map_err(failed)??;
    let request = json!({ "request": STANDARD.encode(&blinded.request) });
    let (status, drawn) = client.try_post(&format!("/api/polls/{}/draw", vote.poll), &request).await?;
    match status {
        StatusCode::TOO_MANY_REQUESTS => return Ok(1),
        status if status.is_success() => {}
        status => return Err(failed(format!("a draw was answered {status}: {}", String::from_utf8_lossy(&drawn)))),
    }
    let drawn: Value = serde_json::from_slice(&drawn).map_err(failed)?;
    let signed = STANDARD.decode(drawn["answer"].as_str().unwrap_or_default()).map_err(failed)?;
    let verifier = BlindRsaVerifier::from_spki(&key).map_err(failed)?;
    let signature = blinding::finalize(&verifier, message.as_bytes(), &signed, &blinded.inverse).map_err(failed)?;
    let body = booth::cast_body(&vote, &(message, signature), format!("{n:032}").as_bytes(), n);
    let mut nobody = Client::connect(address).await?;
    let (status, answer) = nobody.try_post_as_nobody("/api/ballots", Bytes::from(body)).await?;
    match status {
        StatusCode::TOO_MANY_REQUESTS => Ok(1),
        status if status.is_success() => Ok(0),
        status => Err(failed(format!("a cast was answered {status}: {}", String::from_utf8_lossy(&answer)))),
    }
}

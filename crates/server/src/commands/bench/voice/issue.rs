//! Tokens issued a second by one core: the private operation of RSA-2048 with everything that `issue` checks around it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use voice::ballot::blinding;
use voice::ballot::issuer::BallotIssuer;
use voice::ballot::token::TokenMessage;

use super::super::client::failed;
use super::super::report::Figure;
use super::tokens::Tokens;
use crate::fault::Fault;

/// Different requests, taken in turn.
const REQUESTS: usize = 64;

/// Signs one request after the other in one thread.
pub async fn measure(tokens: &Tokens, time: Duration) -> Result<Figure, Fault> {
    let issuer = Arc::clone(&tokens.issuer);
    let issued = tokio::task::spawn_blocking(move || {
        let request = |_| {
            let blinded = blinding::blind(issuer.verifier(), TokenMessage::random().as_bytes());
            blinded.map(|blinded| blinded.request).map_err(failed)
        };
        let requests: Vec<Vec<u8>> = (0..REQUESTS).map(request).collect::<Result<_, Fault>>()?;
        let (started, mut issued) = (Instant::now(), 0_u32);
        for request in requests.iter().cycle() {
            issuer.issue(request).map_err(failed)?;
            issued += 1;
            if started.elapsed() >= time {
                break;
            }
        }
        Ok::<_, Fault>(f64::from(issued) / started.elapsed().as_secs_f64())
    });
    let rate = issued.await.map_err(failed)??;
    let made_of = "blind RSA (RFC 9474), RSA-2048, one thread, without HTTP and database";
    Ok(Figure::plain("tokens issued per core", format!("{rate:.0} /s"), made_of).held_against("≥ 1,000 /s"))
}

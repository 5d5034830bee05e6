//! Signed tokens in bulk, on every core, without a server. Nobody votes with them, so nothing is blinded: unblinding costs
//! the voter's device more than signing costs the server.

use std::ops::Range;
use std::sync::Arc;

use voice::ballot::blinding;
use voice::ballot::issuer::{BallotIssuer, BlindRsa};
use voice::ballot::token::TokenMessage;

use super::super::client::failed;
use crate::fault::Fault;

/// Message and signature.
pub type Token = (TokenMessage, Vec<u8>);

/// Distinct tokens of one key. A token is spent in one poll, so every poll of the bench can take the same ones.
pub struct Tokens {
    /// The key that signed them.
    pub issuer: Arc<BlindRsa>,
    signed: Arc<Vec<Token>>,
}

impl Tokens {
    /// Makes a key and signs so many.
    pub async fn sign(number: usize) -> Result<Self, Fault> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let issuer = tokio::task::spawn_blocking(BlindRsa::generate).await.map_err(failed)?.map_err(failed)?;
        let issuer = Arc::new(issuer);
        let parts = (0..cores).map(|core| number * (core + 1) / cores - number * core / cores);
        let threads: Vec<_> = parts
            .map(|part| {
                let issuer = Arc::clone(&issuer);
                tokio::task::spawn_blocking(move || (0..part).map(|_| one(&issuer)).collect::<Result<Vec<_>, Fault>>())
            })
            .collect();
        let mut signed = Vec::with_capacity(number);
        for thread in threads {
            signed.extend(thread.await.map_err(failed)??);
        }
        Ok(Self { issuer, signed: Arc::new(signed) })
    }

    /// Some of them.
    pub fn part(&self, range: Range<usize>) -> &[Token] {
        self.signed.get(range).unwrap_or_default()
    }
}

fn one(issuer: &BlindRsa) -> Result<Token, Fault> {
    let message = TokenMessage::random();
    let request = blinding::unhidden(issuer.verifier(), message.as_bytes()).map_err(failed)?;
    let signature = issuer.issue(&request).map_err(failed)?;
    Ok((message, signature))
}

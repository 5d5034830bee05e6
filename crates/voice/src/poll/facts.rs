//! What the cast must know of a poll and what never changes in it, read once per process.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use kernel::time::{Day, Time};
use kernel::{Cx, Error, Id, Result};
use sea_orm::EntityTrait;

use super::entity::{Entity, Model};
use crate::appraisal::entity as evaluation;
use crate::ballot::issuer::{BallotVerifier, BlindRsaVerifier, SeparatedVerifier};
use crate::instrument::{Instrument, Question};
use crate::opinion::form;

/// Polls that are kept in mind; beyond it all are forgotten and read again.
const KEPT: usize = 4_096;

/// See the module.
pub struct Facts {
    pub poll_id: Id,
    pub opens_on: Day,
    pub closes_at: Time,
    /// SHA-256 over the public key.
    pub key_hash: [u8; 32],
    pub questions: Vec<Question>,
    /// Ballots are sealed with at least so many bytes.
    pub least_bytes: usize,
    pub verifier: Box<dyn BallotVerifier>,
}

static KNOWN: LazyLock<Mutex<HashMap<Id, Arc<Facts>>>> = LazyLock::new(Mutex::default);

/// The facts of a poll.
///
/// # Errors
/// `not_found`; the database.
pub async fn facts(cx: &Cx, poll_id: Id) -> Result<Arc<Facts>> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&poll_id).cloned();
    if let Some(known) = known {
        return Ok(known);
    }
    let poll = Entity::find_by_id(poll_id).one(cx.read()).await?.ok_or_else(Error::not_found)?;
    let facts = Arc::new(of(&poll, questions(cx, &poll).await?)?);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= KEPT {
        known.clear();
    }
    known.insert(poll_id, Arc::clone(&facts));
    Ok(facts)
}

/// What a poll asks, by what is put into it.
async fn questions(cx: &Cx, poll: &Model) -> Result<Vec<Question>> {
    match poll.purpose.as_str() {
        "opinion" => Ok(form::questions()),
        "closure" => crate::rectification::closure::questions(cx.read(), poll.id).await,
        _ => {
            let row = evaluation::Entity::find_by_id(poll.evaluation_id).one(cx.read()).await?;
            let row = row.ok_or_else(Error::not_found)?;
            Ok(Instrument::read(row.instrument.as_deref().ok_or_else(Error::not_found)?)?.questions)
        }
    }
}

fn of(poll: &Model, questions: Vec<Question>) -> Result<Facts> {
    Ok(Facts {
        poll_id: poll.id,
        opens_on: poll.opens_on,
        closes_at: poll.closes_at,
        key_hash: poll.key_hash.as_slice().try_into().map_err(Error::internal)?,
        questions,
        least_bytes: least_bytes(&poll.purpose),
        verifier: verifier(poll)?,
    })
}

/// How many bytes are sealed of a ballot of this purpose at least; see [`rules::filled`](super::rules::filled).
pub(super) fn least_bytes(purpose: &str) -> usize {
    match purpose {
        "opinion" => form::LEAST_BYTES,
        _ => 0,
    }
}

/// Who checks the tokens of a poll.
fn verifier(poll: &Model) -> Result<Box<dyn BallotVerifier>> {
    match poll.issuer.as_str() {
        "blind_rsa" => Ok(Box::new(BlindRsaVerifier::from_spki(&poll.public_key)?)),
        _ => Ok(Box::new(SeparatedVerifier::new(&poll.public_key, poll.id))),
    }
}

//! Somebody casts a ballot. The route takes no cookie, and what comes in says that its sender is entitled and nothing
//! else.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::combine::{Action, Outcome};
use kernel::db::{insert_telling, rows_of_keys};
use kernel::error::BUSY;
use kernel::id::Ids;
use kernel::{Cx, Id, Refusal, Result, Tx};
use sea_orm::{QueryResult, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{POLL_CLOSED, POLL_EARLY, POLL_TOKEN, facts, lock, queue};
use crate::ballot::commitment::Commitment;
use crate::ballot::token::TokenMessage;
use crate::instrument::answer;

/// A ballot with the token that entitles to it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CastInput {
    /// The poll.
    pub poll_id: Uuid,
    /// The token message in base64.
    pub token: String,
    /// The issuer's signature over it in base64.
    pub signature: String,
    /// 32 random bytes in base64, made by the voter's device, which forgets them afterwards.
    pub salt: String,
    /// Answers by question id; see `Answers`.
    pub answers: serde_json::Value,
}

/// What the voter keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cast {
    /// The commitment, hexadecimal.
    pub commitment: String,
    /// Its short code (回执码).
    pub tracker: String,
    /// `false` when this token was used before: the ballot that came first counts.
    pub fresh: bool,
}

/// Takes a ballot. The same again is answered the same way and counted once.
///
/// # Errors
/// `poll.token`, `poll.early`, `poll.closed`, `answer.*`; `not_found`; `system.busy`.
pub async fn cast(cx: Cx, input: CastInput) -> Result<Cast> {
    let facts = facts::facts(&cx, input.poll_id).await?;
    if cx.today() < facts.opens_on {
        return Err(POLL_EARLY.refusal().into());
    }
    if facts.closes_at <= cx.now() {
        return Err(POLL_CLOSED.refusal().into());
    }
    let token = TokenMessage::read(&bytes(&input.token)?).ok_or_else(|| POLL_TOKEN.refusal())?;
    let signature = bytes(&input.signature)?;
    if !facts.verifier.verify(token.as_bytes(), &signature) {
        return Err(POLL_TOKEN.refusal().into());
    }
    let salt: [u8; 32] = bytes(&input.salt)?.try_into().map_err(|_| POLL_TOKEN.refusal())?;
    let answers = answer::parse(&facts.questions, &input.answers)?.canonical();
    let commitment = Commitment::of(&facts.key_hash, &salt, &answers);
    let payload = queue::payload(&commitment, &salt, &answers, facts.least_bytes);
    for _ in 0..ROUNDS {
        let waiting = queue::seal(&cx.app, facts.poll_id, &payload)?;
        let (token, signature) = (token.clone(), signature.clone());
        let spend = Spend { poll_id: facts.poll_id, token, signature, claim: Ids::random(), waiting };
        let fresh = match cx.app.combine(spend).await? {
            Spent::Fresh => true,
            Spent::Known => false,
            Spent::Late => continue,
        };
        return Ok(Cast { commitment: commitment.to_string(), tracker: commitment.tracker().to_string(), fresh });
    }
    Err(BUSY.refusal().into())
}

/// How often a ballot is sealed anew because its key was replaced meanwhile, once a night.
const ROUNDS: usize = 5;

/// What became of a token.
pub(super) enum Spent {
    /// Used now.
    Fresh,
    /// Used before.
    Known,
    /// Not used: the ballot was sealed with a key that is about to be forgotten.
    Late,
}

fn bytes(text: &str) -> Result<Vec<u8>, Refusal> {
    STANDARD.decode(text).map_err(|_| POLL_TOKEN.refusal())
}

/// Spends a token and puts its ballot into the queue, both or neither.
pub(super) struct Spend {
    pub(super) poll_id: Id,
    pub(super) token: TokenMessage,
    pub(super) signature: Vec<u8>,
    pub(super) claim: Id,
    pub(super) waiting: queue::Waiting,
}

impl Action for Spend {
    const NAME: &'static str = "ballot.cast";
    type Answer = Spent;

    async fn apply(tx: &Tx, batch: &[Self]) -> Result<Vec<Outcome<Spent>>> {
        let open = lock::open_polls(tx, batch.iter().map(|one| one.poll_id)).await?;
        // Looked at under the lock: a shuffle that makes a new key waits for this batch, or this batch sees the key.
        let late = queue::late(tx.app(), batch.iter().map(|one| &one.waiting))?;
        let keys: Vec<[u8; 32]> = batch.iter().map(|one| one.token.spent_key()).collect();
        let mut sorted: Vec<(&[u8; 32], &Self)> = keys
            .iter()
            .zip(batch)
            .filter(|(_, one)| open.contains(&one.poll_id) && !late.contains(&one.waiting.id))
            .collect();
        sorted.sort_by_key(|(key, one)| (one.poll_id, **key));
        let rows = sorted.iter().map(|(key, one)| one.row(key)).collect();
        let columns = ["poll_id", "token_hash", "token", "signature", "claim"];
        let tail = "ON CONFLICT DO NOTHING RETURNING poll_id, token_hash, claim";
        let mut holders: Holders =
            insert_telling(tx, "spent", &columns, rows, tail).await?.iter().map(held).collect::<Result<_>>()?;
        // Tokens that were spent before are few.
        let before: Vec<[u8; 32]> = sorted
            .iter()
            .filter(|(key, one)| !holders.contains_key(&(one.poll_id, **key)))
            .map(|(key, _)| **key)
            .collect();
        holders.extend(spent_before(tx, before).await?);
        let holder = |key: &[u8; 32], one: &Self| holders.get(&(one.poll_id, *key)).copied();
        let mut waiting: Vec<&queue::Waiting> = sorted
            .iter()
            .filter(|(key, one)| holder(key, one) == Some(one.claim))
            .map(|(_, one)| &one.waiting)
            .collect();
        // Sorted by their random numbers: in which order they came, and with which tokens, is not written down.
        waiting.sort_by_key(|one| one.id);
        queue::insert(tx, &waiting).await?;
        let outcome = |(key, one): (&[u8; 32], &Self)| match holder(key, one) {
            Some(claim) if claim == one.claim => Ok(Spent::Fresh),
            Some(_) => Ok(Spent::Known),
            None if late.contains(&one.waiting.id) => Ok(Spent::Late),
            None => Err(POLL_CLOSED.refusal()),
        };
        Ok(keys.iter().zip(batch).map(outcome).collect())
    }
}

impl Spend {
    fn row(&self, key: &[u8; 32]) -> Vec<Value> {
        vec![
            self.poll_id.into(),
            key.to_vec().into(),
            self.token.as_bytes().to_vec().into(),
            self.signature.clone().into(),
            self.claim.into(),
        ]
    }
}

/// By which claim a token was spent, by poll and hash.
type Holders = HashMap<(Id, [u8; 32]), Id>;

fn held(row: &QueryResult) -> Result<((Id, [u8; 32]), Id)> {
    let key: Vec<u8> = row.try_get("", "token_hash")?;
    let key: [u8; 32] = key.as_slice().try_into().map_err(kernel::Error::internal)?;
    Ok(((row.try_get("", "poll_id")?, key), row.try_get("", "claim")?))
}

async fn spent_before(tx: &Tx, mut keys: Vec<[u8; 32]>) -> Result<Holders> {
    keys.sort_unstable();
    keys.dedup();
    let keys = keys.into_iter().map(|key| key.to_vec().into()).collect();
    let select = "SELECT poll_id, token_hash, claim FROM spent WHERE token_hash IN";
    rows_of_keys(tx, select, keys).await?.iter().map(held).collect()
}

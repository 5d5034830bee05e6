//! The auditor has the whole chain computed again.

use kernel::event::seal::GENESIS;
use kernel::event::{self, Event};
use kernel::routes::Nothing;
use kernel::{Cx, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::events::hex;

/// What the check found.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChainVerified {
    /// Events whose link was computed again and is right.
    pub checked: i64,
    /// The first thing that is wrong.
    pub first_bad: Option<ChainFault>,
    /// Events that still wait for their link.
    pub unsealed: i64,
    /// The end of the chain; number 0 while it is empty.
    pub root: ChainEnd,
}

/// Something that was tampered with.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChainFault {
    /// Where in the chain.
    pub seq: i64,
    /// What is wrong there, in Chinese.
    pub what: String,
}

/// A link of the chain.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChainEnd {
    /// Its number.
    pub seq: i64,
    /// Its hash, hexadecimal; covers everything before it.
    pub hash: String,
}

/// Verifies every event against the chain and the signed roots; that it was done is an event itself.
///
/// # Errors
/// The database; what is wrong in it is the answer, not an error.
pub async fn verify_events(cx: Cx, _input: Nothing) -> Result<ChainVerified> {
    // Read before the transaction: a walk over a million events must not hold the writer.
    let report = event::verify(cx.read(), &cx.app.keys.public_key()).await?;
    let answer = ChainVerified {
        checked: report.checked,
        first_bad: report.first_bad.map(|bad| ChainFault { seq: bad.seq, what: bad.what }),
        unsealed: report.unsealed,
        root: match report.root {
            Some(head) => ChainEnd { seq: head.seq, hash: head.hash },
            None => ChainEnd { seq: 0, hash: hex(&GENESIS) },
        },
    };
    let tx = cx.begin().await?;
    let event = Event::of("chain.verified", "chain", tx.id()).with("checked", answer.checked);
    tx.record(event.with("first_bad", answer.first_bad.as_ref().map(|bad| bad.seq))).await?;
    tx.commit(answer).await
}

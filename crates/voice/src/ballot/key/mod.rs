//! Keys of polls: made ahead, sealed, claimed once, destroyed at the end.
//!
//! Making an RSA-2048 key takes about 0.2 s of one core, too long for a transaction, so a job keeps
//! [`BALLOT_KEYS_READY`](crate::parameters::BALLOT_KEYS_READY) of them ready ([`fill`](fn@fill)). Opening a poll
//! claims one in its own transaction ([`claim`](fn@claim)).
//!
//! Invariants, kept by constraints and triggers of the table:
//! * one key, one poll; one poll, one key;
//! * a claimed key's public half and its hash never change, so what was published stays true;
//! * a destroyed key ([`destroy`](fn@destroy)) never comes back, so nothing is signed after a poll closed for
//!   good; its public half stays, so every token can be checked for ever.
//!
//! A destroyed key is gone from the row (SQLite overwrites it, PostgreSQL at its next VACUUM); backups made before hold
//! it, sealed, until they age out. Who had it could make tokens for a poll whose tree is already published, which
//! convinces nobody; it never tells who voted how.

mod claim;
mod destroy;
mod fill;
mod open;

use kernel::Id;
use kernel::app::App;
use kernel::job::{Every, Jobs};

pub use claim::{Claimed, claim};
pub use destroy::destroy;
pub use fill::{ensure_ready, fill, ready};
pub use open::{issuer, verifier};

/// The job that fills the pool; also the name of its round.
const FILL: &str = "voice.fill_key_pool";

/// Adds the filling of the pool: every ten minutes, and after each claim.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.on(FILL, |app: App, _claimed: Id| async move { fill(&app).await.map(|_| ()) }).every(
        FILL,
        Every::Minutes(10),
        |app: App| async move { fill(&app).await.map(|_| ()) },
    )
}

/// For what a private key is sealed.
fn place(id: Id) -> String {
    format!("ballot_key.private_sealed:{id}")
}

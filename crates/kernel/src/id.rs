//! Identifiers are made by us, not by the engine.
//!
//! [`Ids::next`] gives UUIDv7 from the injected clock: sortable by creation, so a
//! primary key is also the keyset of a list. [`Ids::random`] gives UUIDv4 for
//! rows that must not tell when they were written (ballots, opinions).
//!
//! ```
//! use kernel::{id::Ids, time::Clock};
//! let ids = Ids::new(Clock::system());
//! assert!(ids.next() < ids.next());
//! ```

use std::sync::{Arc, Mutex, PoisonError};

use uuid::{ContextV7, Timestamp, Uuid};

use crate::time::Clock;

/// Identifier of any row; a string in JSON.
pub type Id = Uuid;

/// Makes identifiers; cheap to clone, shared by a process.
#[derive(Clone)]
pub struct Ids {
    clock: Clock,
    context: Arc<Mutex<ContextV7>>,
}

impl Ids {
    /// A source that takes its time from `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, context: Arc::new(Mutex::new(ContextV7::new())) }
    }

    /// The next time-ordered identifier; strictly growing within a process.
    #[must_use]
    pub fn next(&self) -> Id {
        let now = self.clock.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        let context = self.context.lock().unwrap_or_else(PoisonError::into_inner);
        Uuid::new_v7(Timestamp::from_unix(&*context, seconds, now.timestamp_subsec_nanos()))
    }

    /// An identifier that tells nothing, for anonymous rows.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where random ids are made")]
    pub fn random() -> Id {
        Uuid::new_v4()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_when_the_clock_stands_still() {
        let ids = Ids::new(Clock::fixed_at("2026-11-22T00:00:00Z"));
        let made: Vec<_> = (0..10_000).map(|_| ids.next()).collect();
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
    }
}

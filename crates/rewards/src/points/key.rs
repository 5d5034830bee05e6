//! Ids of orders that follow from what they are for: the same line of the same batch is the same order, however often
//! the process that sends it is killed. Pure.
//!
//! ```
//! use kernel::Id;
//! use rewards::points::key;
//!
//! let (batch, person) = (Id::from_u128(1), Id::from_u128(2));
//! assert_eq!(key::of("issue", &[batch, person]), key::of("issue", &[batch, person]));
//! assert_ne!(key::of("issue", &[batch, person]), key::of("issue", &[person, batch]));
//! ```

use kernel::Id;
use kernel::crypto::digest::sm3;
use kernel::time::Day;
use uuid::Builder;

/// The id of an order for these things.
#[must_use]
pub fn of(what: &str, ids: &[Id]) -> Id {
    digest(what, ids, "")
}

/// The id of an order for these things on a day.
#[must_use]
pub fn on(what: &str, ids: &[Id], day: Day) -> Id {
    digest(what, ids, &day.to_string())
}

fn digest(what: &str, ids: &[Id], rest: &str) -> Id {
    let mut text = what.as_bytes().to_vec();
    for id in ids {
        text.push(0);
        text.extend_from_slice(id.as_bytes());
    }
    text.push(0);
    text.extend_from_slice(rest.as_bytes());
    let mut head = [0; 16];
    for (slot, byte) in head.iter_mut().zip(sm3(&text)) {
        *slot = byte;
    }
    Builder::from_random_bytes(head).into_uuid()
}

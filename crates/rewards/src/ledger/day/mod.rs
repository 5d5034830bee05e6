//! Days that are over, each under one root (日封存): who keeps the root of a day can tell later whether a transfer of it
//! is what it was.
//!
//! The tree of RFC 9162 over the transfers of a book and day, in the order of their numbers, with SM3; a leaf is
//! SM3(`00` ‖ [`leaf::Leaf::bytes`]), a node SM3(`01` ‖ left ‖ right), a day without transfers SM3 of nothing. Numbers have
//! no gap and the time of a book never goes back, so a day is one run of numbers and a transfer's place follows from its
//! own. The root is signed with the key that signs the roots of the chain of events, and stands in an event of that chain.
//!
//! A day is sealed in three steps, each of which can be cut off and taken up again (`seal.rs`):
//!
//! 1. *shut*: under the lock of the book its time moves to midnight. Whoever had the lock before has written; whoever
//!    gets it after dates at midnight or later, however slow his clock is. A trigger stands behind it.
//! 2. *blocks* of 1,024 transfers are hashed one by one; they also spare whoever proves one transfer of a large day from
//!    reading all of it.
//! 3. the root over them is signed and written, together with its event.
//!
//! `zhigong verify ledger` computes all of it again.

pub mod leaf;
mod read;
mod seal;
mod way;

pub(super) use read::{Block, blocks};
pub use read::{SealedDay, before, of_book, on};
pub use seal::round;
pub use way::{Way, way};

use kernel::Id;
use kernel::time::Day;

use super::fingerprint::Bytes;

/// Transfers of a block.
pub const BLOCK: i64 = 1_024;

/// The bytes that the root of a day signs:
///
/// ```text
/// day := "zhigong ledger day 1" book day first-number transfers root
/// ```
/// with fields as in [`leaf`].
#[must_use]
pub fn message(book_id: Id, day: Day, first_seq: i64, transfers: i64, root: &[u8]) -> Vec<u8> {
    let start = Bytes(b"zhigong ledger day 1".to_vec()).id(book_id).text(&day.to_string());
    start.number(first_seq).number(transfers).some(root).0
}

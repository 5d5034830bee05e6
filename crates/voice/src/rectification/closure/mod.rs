//! The closure vote (整改回访): the electorate that rated is asked again, with fresh tokens, whether what was found is put
//! right.
//!
//! A round is a poll like any other (drawing by name, casting by nobody, shuffling, five at least) with a form of its
//! own, one question for each item: 已整改, 部分整改, 没有整改. The form is an instrument, fixed with its hash before
//! anybody draws, and names the hash of the key, so that a device can check the key before it draws.
//!
//! What was counted is published as the ratings are: a file from which anybody can recount it with `zhigong verify
//! appraisal`, and a proof for whoever holds a receipt.
//!
//! Invariants: one round of a rectification runs at a time (unique index); it is counted once; of fewer than five ballots
//! nothing is kept, and the level above decides instead.

mod ask;
mod count;
pub mod entity;
mod mine;
mod open_file;
pub mod question_entity;
pub mod result_entity;
pub mod rules;

use kernel::{Error, Id, Result};
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::instrument::{Instrument, Question};

pub use ask::{ask, due as ask_due};
pub use count::due as count_due;
pub use mine::{OpenClosure, open_for};
pub use open_file::{export, receipt};

/// What a round asks, for whoever takes its ballots.
///
/// # Errors
/// `not_found`; the database.
pub async fn questions(conn: &impl ConnectionTrait, poll: Id) -> Result<Vec<Question>> {
    let row = entity::Entity::find_by_id(poll).one(conn).await?.ok_or_else(Error::not_found)?;
    Ok(Instrument::read(&row.form)?.questions)
}

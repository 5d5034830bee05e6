//! The box, opened: for the tally and for the audit of the level above, never for a page.

use kernel::crypto::{KeyProvider, open};
use kernel::{Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::ballot_entity::{Column, Entity};
use crate::instrument::answer::Answers;

/// A ballot with its salt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// What was published of it.
    pub commitment: [u8; 32],
    /// What opens the commitment.
    pub salt: [u8; 32],
    /// What was voted.
    pub answers: Answers,
}

impl Opened {
    /// What is sealed of a ballot: salt ‖ canonical answers.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        [&self.salt[..], &self.answers.canonical()].concat()
    }
}

/// For what a ballot is sealed.
#[must_use]
pub fn place(id: Id) -> String {
    format!("ballot:{id}")
}

/// Every ballot in the box of a poll, in no order that says anything.
///
/// # Errors
/// When a ballot was changed; the database.
pub async fn ballots(conn: &impl ConnectionTrait, keys: &dyn KeyProvider, poll_id: Id) -> Result<Vec<Opened>> {
    let rows = Entity::find().filter(Column::PollId.eq(poll_id)).all(conn).await?;
    let mut ballots = Vec::with_capacity(rows.len());
    for row in rows {
        let bytes = open(keys, &place(row.id), &row.sealed).map_err(Error::internal)?;
        let (salt, answers) = bytes.split_first_chunk::<32>().ok_or_else(|| Error::internal("a ballot is cut off"))?;
        let commitment = row.commitment.as_slice().try_into().map_err(Error::internal)?;
        ballots.push(Opened { commitment, salt: *salt, answers: Answers::read(answers)? });
    }
    Ok(ballots)
}

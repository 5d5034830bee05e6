//! The box, opened: for the tally and for the audit of the level above, never for a page.

use futures::TryStreamExt;
use kernel::crypto::{KeyProvider, open};
use kernel::{Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, StreamTrait};

use super::ballot_entity::{Column, Entity, Model};
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
    rows.into_iter().map(|row| read(keys, row)).collect()
}

/// Hands every ballot in the box of a poll on, one by one: the box of a city is never in memory as a whole.
///
/// # Errors
/// When a ballot was changed; what `take` says; the database.
pub async fn each<C>(
    conn: &C,
    keys: &dyn KeyProvider,
    poll_id: Id,
    mut take: impl FnMut(&Opened) -> Result<()> + Send,
) -> Result<()>
where
    C: ConnectionTrait + StreamTrait + Send,
{
    let mut rows = Entity::find().filter(Column::PollId.eq(poll_id)).stream(conn).await?;
    while let Some(row) = rows.try_next().await? {
        take(&read(keys, row)?)?;
    }
    Ok(())
}

fn read(keys: &dyn KeyProvider, row: Model) -> Result<Opened> {
    let bytes = open(keys, &place(row.id), &row.sealed).map_err(Error::internal)?;
    let (salt, answers) = bytes.split_first_chunk::<32>().ok_or_else(|| Error::internal("a ballot is cut off"))?;
    let commitment = row.commitment.as_slice().try_into().map_err(Error::internal)?;
    Ok(Opened { commitment, salt: *salt, answers: Answers::read(answers)? })
}

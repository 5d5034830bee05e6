//! The box, opened: for the tally and for the audit of the level above, never for a page.

use futures::TryStreamExt;
use kernel::crypto::{KeyProvider, open};
use kernel::{Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, StreamTrait};

use super::ballot_entity::{Column, Entity, Model};
use super::rules;
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
    /// What is sealed of a ballot: salt ‖ canonical answers, filled up with blanks, which JSON does not mind, so that its
    /// length tells little ([`rules::filled`]).
    #[must_use]
    pub fn bytes(&self, least: usize) -> Vec<u8> {
        let mut bytes = [&self.salt[..], &self.answers.canonical()].concat();
        bytes.resize(rules::filled(bytes.len(), least), b' ');
        bytes
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

/// So many ballots of a box after a place in it, and the place to go on from; `None` after the last.
///
/// # Errors
/// When a ballot was changed; the database.
pub async fn portion(
    conn: &impl ConnectionTrait,
    keys: &dyn KeyProvider,
    poll_id: Id,
    after: Id,
    many: u64,
) -> Result<(Vec<Opened>, Option<Id>)> {
    let rows = Entity::find()
        .filter(Column::PollId.eq(poll_id))
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(many);
    let rows = rows.all(conn).await?;
    let next = rows.last().map(|row| row.id);
    Ok((rows.into_iter().map(|row| read(keys, row)).collect::<Result<_>>()?, next))
}

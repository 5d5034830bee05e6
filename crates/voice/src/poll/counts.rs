//! How many drew, how many cast, and how many were left over.

use kernel::{Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{draw_entity as draw, entity as poll, spent_entity as spent};

/// Numbers of a poll; persons, not clicks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Members who drew a ballot.
    pub drawn: u64,
    /// Ballots that came back.
    pub cast: u64,
}

/// Counts the rows.
///
/// # Errors
/// The database.
pub async fn counts(conn: &impl ConnectionTrait, poll_id: Id) -> Result<Counts> {
    let drawn = draw::Entity::find().filter(draw::Column::PollId.eq(poll_id)).count(conn).await?;
    let cast = spent::Entity::find().filter(spent::Column::PollId.eq(poll_id)).count(conn).await?;
    Ok(Counts { drawn, cast })
}

/// Ballots left over at the close, too few to be shuffled in: their number is all that is kept of them. None while the
/// poll is on.
///
/// # Errors
/// 404 for an unknown poll; the database.
pub async fn destroyed(conn: &impl ConnectionTrait, poll_id: Id) -> Result<u64> {
    let row = poll::Entity::find_by_id(poll_id).one(conn).await?.ok_or_else(Error::not_found)?;
    u64::try_from(row.destroyed.unwrap_or_default()).map_err(Error::internal)
}

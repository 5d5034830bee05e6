//! How many drew and how many cast.

use kernel::{Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{draw_entity as draw, spent_entity as spent};

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

//! The way from a transfer to the root of its day.

use kernel::crypto::tree::{self, Hash};
use kernel::{Error, Result};
use sea_orm::ConnectionTrait;

use super::BLOCK;
use super::leaf::{Leaf, node};
use super::read::{SealedDay, blocks};
use super::seal::leaves;

/// Where a transfer stands in its day, and the hashes beside the way to the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Place among the transfers of the day, from 0.
    pub place: i64,
    /// Transfers of the day.
    pub size: i64,
    /// Hashes beside the way, from the transfer upwards.
    pub path: Vec<Hash>,
}

impl Way {
    /// The root to which it leads from a transfer.
    #[must_use]
    pub fn root(&self, leaf: &Leaf) -> Option<Hash> {
        let (place, size) = (u64::try_from(self.place).ok()?, u64::try_from(self.size).ok()?);
        tree::climb(leaf.hash(), place, size, &self.path, node)
    }
}

/// The way of the transfer with this number; `None` when the day does not hold it. Reads one block, however large the day.
///
/// # Errors
/// The database.
pub async fn way(conn: &impl ConnectionTrait, day: &SealedDay, seq: i64) -> Result<Option<Way>> {
    let place = seq - day.first_seq;
    if !(0..day.transfers).contains(&place) {
        return Ok(None);
    }
    let (number, inside) = (place / BLOCK, place % BLOCK);
    let leaves = leaves(conn, day.book_id, day.first_seq + number * BLOCK, day.day).await?;
    let block = tree::levels(leaves.iter().map(Leaf::hash).collect(), node);
    let roots = blocks(conn, day.book_id, day.day).await?.iter().map(|block| block.root).collect();
    let above = tree::levels(roots, node);
    let at = |place: i64| usize::try_from(place).map_err(Error::internal);
    let path = [tree::beside(&block, at(inside)?), tree::beside(&above, at(number)?)].concat();
    Ok(Some(Way { place, size: day.transfers, path }))
}

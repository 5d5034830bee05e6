//! Trees of hashes (RFC 9162, section 2.1): one root for many leaves, and the short way from any of them to it.
//!
//! Which hash it is, and how leaves are told from nodes, is the caller's: it hands in the leaves already hashed, and the
//! function that joins two hashes. With a prefix in each of both no node can be shown as a leaf.
//!
//! ```
//! use kernel::crypto::digest::sm3;
//! use kernel::crypto::tree::{Hash, beside, climb, levels, top};
//!
//! let join = |left: &Hash, right: &Hash| sm3(&[&[1_u8][..], left.as_slice(), right.as_slice()].concat());
//! let leaves: Vec<Hash> = (0..5).map(|n| sm3(&[0, n])).collect();
//! let tree = levels(leaves.clone(), join);
//! let way = beside(&tree, 3);
//! assert_eq!(climb(leaves[3], 3, 5, &way, join), top(&tree));
//! assert_ne!(climb(leaves[2], 3, 5, &way, join), top(&tree));
//! ```

/// A hash of 32 bytes.
pub type Hash = [u8; 32];

/// All levels over the lowest one. Built from the bottom, with an odd one carried up unchanged: the same tree as the RFC
/// splits from the top.
#[must_use]
pub fn levels(lowest: Vec<Hash>, join: impl Fn(&Hash, &Hash) -> Hash) -> Vec<Vec<Hash>> {
    let mut levels = vec![lowest];
    while let Some(below) = levels.last().filter(|level| level.len() > 1) {
        let above = below.chunks(2).map(|pair| match pair {
            [left, right] => join(left, right),
            alone => alone.first().copied().unwrap_or_default(),
        });
        let above = above.collect();
        levels.push(above);
    }
    levels
}

/// The root; `None` over nothing.
#[must_use]
pub fn top(levels: &[Vec<Hash>]) -> Option<Hash> {
    levels.last().and_then(|top| top.first()).copied()
}

/// The hashes beside the way from a place upwards.
#[must_use]
pub fn beside(levels: &[Vec<Hash>], place: usize) -> Vec<Hash> {
    let one = |(height, level): (usize, &Vec<Hash>)| level.get((place >> height) ^ 1).copied();
    levels.iter().enumerate().filter_map(one).collect()
}

/// The root to which a way leads from a leaf at a place of so many (RFC 9162, section 2.1.3.2); `None` when no such tree
/// has a way of this length.
#[must_use]
pub fn climb(leaf: Hash, mut place: u64, size: u64, way: &[Hash], join: impl Fn(&Hash, &Hash) -> Hash) -> Option<Hash> {
    let mut last = size.checked_sub(1).filter(|last| place <= *last)?;
    let mut hash = leaf;
    for beside in way {
        if last == 0 {
            return None;
        }
        if place & 1 == 1 || place == last {
            hash = join(beside, &hash);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            hash = join(&hash, beside);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    (last == 0).then_some(hash)
}

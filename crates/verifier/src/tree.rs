//! The tree over the commitments: RFC 9162, section 2.1.1, leaf by leaf. Of the leaves no more is kept than the roots of the
//! whole trees that they make so far, at the most one of each height.

use openssl::sha::sha256;

use crate::Fault;
use crate::token::lower_hex;

type Hash = [u8; 32];

/// A tree that grows to the right.
#[derive(Default)]
pub struct Tree {
    /// Whole trees, the largest first, with their heights.
    whole: Vec<(u32, Hash)>,
    last: Option<Hash>,
    leaves: u64,
}

impl Tree {
    /// Adds the next commitment.
    ///
    /// # Errors
    /// [`Fault::Commitment`] for one that is none, stands twice or out of order.
    pub fn add(&mut self, written: &str) -> Result<(), Fault> {
        self.leaves += 1;
        let bytes = lower_hex(written).and_then(|bytes| Hash::try_from(bytes).ok());
        let bytes = bytes.filter(|bytes| self.last.is_none_or(|last| last < *bytes));
        let bytes = bytes.ok_or(Fault::Commitment(usize::try_from(self.leaves).unwrap_or(usize::MAX)))?;
        self.last = Some(bytes);
        let mut grown = (0, sha256(&[&[0], bytes.as_slice()].concat()));
        while let Some((_, left)) = self.whole.pop_if(|(height, _)| *height == grown.0) {
            grown = (grown.0 + 1, node(&left, &grown.1));
        }
        self.whole.push(grown);
        Ok(())
    }

    /// Commitments added.
    #[must_use]
    pub fn leaves(&self) -> u64 {
        self.leaves
    }

    /// The root of what was added.
    #[must_use]
    pub fn root(&self) -> Hash {
        let right_to_left = self.whole.iter().rev().map(|(_, root)| *root);
        right_to_left.reduce(|right, left| node(&left, &right)).unwrap_or_else(|| sha256(b""))
    }
}

fn node(left: &Hash, right: &Hash) -> Hash {
    sha256(&[[1].as_slice(), left, right].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the definition.
    fn root(sorted: &[Hash]) -> Hash {
        match sorted {
            [] => sha256(b""),
            [one] => sha256(&[&[0], one.as_slice()].concat()),
            many => {
                let (left, right) = many.split_at(many.len().next_power_of_two() / 2);
                sha256(&[[1].as_slice(), &root(left), &root(right)].concat())
            }
        }
    }

    #[test]
    fn it_grows_to_the_tree_of_the_definition() {
        let mut sorted: Vec<Hash> = (0..300_u32).map(|number| sha256(&number.to_be_bytes())).collect();
        sorted.sort_unstable();
        let mut tree = Tree::default();
        for (place, commitment) in sorted.iter().enumerate() {
            assert_eq!(tree.root(), root(&sorted[..place]), "{place}");
            tree.add(&hex::encode(commitment)).unwrap();
            assert!(tree.whole.len() <= 9, "no more than one of each height");
        }
        assert_eq!((tree.root(), tree.leaves()), (root(&sorted), 300));
        for bad in [hex::encode(sorted[299]), hex::encode(sorted[0]), "zz".repeat(32), "FF".repeat(32), "ff".repeat(31)]
        {
            let mut tree = Tree::default();
            tree.add(&hex::encode(sorted[299])).unwrap();
            assert_eq!(tree.add(&bad), Err(Fault::Commitment(2)), "{bad}");
        }
    }
}

//! The tree over all commitments of a poll, whose root is published.
//!
//! The tree of RFC 9162 (Certificate Transparency), section 2.1, over the *sorted* commitments: the order says nothing
//! about who voted when. A leaf is SHA-256(`00` ‖ commitment), a node SHA-256(`01` ‖ left ‖ right), so no node can be
//! shown as a leaf.
//!
//! Invariant: commitments are salted by the voters, so two equal ones mean that a ballot was copied; such a tree is
//! not made.
//!
//! ```
//! use voice::ballot::commitment::Commitment;
//! use voice::ballot::merkle::Tree;
//!
//! let commitments: Vec<_> = (0..5).map(|n| Commitment([n; 32])).collect();
//! let tree = Tree::of(commitments.clone())?;
//! let proof = tree.proof(&commitments[3]).ok_or(voice::ballot::merkle::CopiedBallot)?;
//! assert!(proof.leads_to(&tree.root(), &commitments[3]));
//! assert!(!proof.leads_to(&tree.root(), &commitments[2]));
//! # Ok::<(), voice::ballot::merkle::CopiedBallot>(())
//! ```

use kernel::crypto::tree::{self, Hash, levels};
use openssl::sha::{Sha256, sha256};
use serde::{Deserialize, Serialize};

use super::commitment::Commitment;

/// Two equal commitments: a ballot was entered twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a commitment stands twice")]
pub struct CopiedBallot;

/// Levels from the leaves to the roots of blocks.
const BLOCK_LEVELS: usize = 10;
/// Commitments of a block: what must be read to prove one of a large tree.
pub const BLOCK: usize = 1 << BLOCK_LEVELS;

/// A whole part of a large tree: so many commitments from `first` on, as many as make a tree of their own inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Its first commitment.
    pub first: Commitment,
    /// Root of the tree over its commitments.
    pub root: [u8; 32],
}

/// Where a commitment stands in the tree, and the hashes beside the way to the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Place in the sorted list, from 0.
    pub place: u64,
    /// Commitments in the tree.
    pub size: u64,
    /// Hashes beside the way, from the leaf upwards, in hex.
    pub path: Vec<String>,
}

/// The tree, all of its levels.
#[derive(Debug, Clone)]
pub struct Tree {
    sorted: Vec<Commitment>,
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// Sorts the commitments and builds the tree.
    ///
    /// # Errors
    /// [`CopiedBallot`] when two are equal.
    pub fn of(mut commitments: Vec<Commitment>) -> Result<Self, CopiedBallot> {
        commitments.sort_unstable();
        if commitments.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(CopiedBallot);
        }
        let levels = levels(commitments.iter().map(leaf).collect(), node);
        Ok(Self { sorted: commitments, levels })
    }

    /// The root; of no commitments it is the hash of nothing.
    #[must_use]
    pub fn root(&self) -> [u8; 32] {
        tree::top(&self.levels).unwrap_or_else(|| sha256(b""))
    }

    /// The commitments in order.
    #[must_use]
    pub fn commitments(&self) -> &[Commitment] {
        &self.sorted
    }

    /// The proof that a commitment is in the tree; `None` when it is not.
    #[must_use]
    pub fn proof(&self, commitment: &Commitment) -> Option<Proof> {
        let place = self.sorted.binary_search(commitment).ok()?;
        Some(Proof { place: place as u64, size: self.sorted.len() as u64, path: beside(&self.levels, place) })
    }

    /// The tree in blocks: kept, they spare whoever proves one commitment of a city's vote from building it anew.
    #[must_use]
    pub fn blocks(&self) -> Vec<Block> {
        let firsts = self.sorted.iter().step_by(BLOCK).copied();
        let roots = self.levels.get(BLOCK_LEVELS).or(self.levels.last()).into_iter().flatten().copied();
        firsts.zip(roots).map(|(first, root)| Block { first, root }).collect()
    }
}

/// The proof of a commitment in a tree of `size` commitments, from the roots of its blocks and the commitments of the
/// one block, `number`, in which it stands. `None` when it is not there, or the block is not the one whose root was kept.
#[must_use]
pub fn proof_in_block(
    commitment: &Commitment,
    roots: &[[u8; 32]],
    number: usize,
    inside: Vec<Commitment>,
    size: u64,
) -> Option<Proof> {
    let tree = Tree::of(inside).ok()?;
    let local = tree.proof(commitment)?;
    if roots.get(number) != Some(&tree.root()) {
        return None;
    }
    let path = [local.path, beside(&levels(roots.to_vec(), node), number)].concat();
    Some(Proof { place: (number * BLOCK) as u64 + local.place, size, path })
}

/// The hashes beside the way from a place upwards, in hex.
fn beside(levels: &[Vec<Hash>], place: usize) -> Vec<String> {
    tree::beside(levels, place).iter().map(hex::encode).collect()
}

impl Proof {
    /// Whether this proves that the commitment is under the root (RFC 9162, section 2.1.3.2).
    #[must_use]
    pub fn leads_to(&self, root: &[u8; 32], commitment: &Commitment) -> bool {
        let read = |text: &String| {
            let mut hash = [0; 32];
            hex::decode_to_slice(text, &mut hash).is_ok().then_some(hash)
        };
        let Some(way) = self.path.iter().map(read).collect::<Option<Vec<Hash>>>() else { return false };
        tree::climb(leaf(commitment), self.place, self.size, &way, node) == Some(*root)
    }
}

fn leaf(commitment: &Commitment) -> Hash {
    let mut hash = Sha256::new();
    hash.update(&[0]);
    hash.update(&commitment.0);
    hash.finish()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update(&[1]);
    hash.update(left);
    hash.update(right);
    hash.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn commitments(count: u64) -> Vec<Commitment> {
        (0..count).map(|n| Commitment(sha256(&n.to_be_bytes()))).collect()
    }

    /// The definition of RFC 9162, section 2.1.1, from the top.
    fn defined(sorted: &[Commitment]) -> Hash {
        match sorted {
            [] => sha256(b""),
            [one] => leaf(one),
            many => {
                let split = many.len().next_power_of_two() / 2;
                let (left, right) = many.split_at(split);
                node(&defined(left), &defined(right))
            }
        }
    }

    #[test]
    fn it_is_the_tree_of_the_rfc_and_every_proof_leads_to_its_root() {
        for count in 0..40 {
            let tree = Tree::of(commitments(count)).unwrap();
            assert_eq!(tree.root(), defined(tree.commitments()), "{count}");
            for commitment in tree.commitments() {
                let proof = tree.proof(commitment).unwrap();
                assert!(proof.leads_to(&tree.root(), commitment), "{count}: {}", proof.place);
            }
            assert_eq!(tree.proof(&Commitment([7; 32])), None);
        }
    }

    #[test]
    fn a_block_proves_what_the_whole_tree_proves() {
        for count in [1, 5, 1_023, 1_024, 1_025, 2_048, 3_000, 5_121] {
            let tree = Tree::of(commitments(count)).unwrap();
            let blocks = tree.blocks();
            assert_eq!(blocks.len(), tree.commitments().len().div_ceil(BLOCK));
            let roots: Vec<Hash> = blocks.iter().map(|block| block.root).collect();
            for place in [0, 1, 700, 1_023, 1_024, 2_047, 2_048, 2_999, 5_119, 5_120] {
                let Some(commitment) = tree.commitments().get(place) else { continue };
                let number = blocks.partition_point(|block| block.first <= *commitment) - 1;
                let inside = tree.commitments().chunks(BLOCK).nth(number).unwrap().to_vec();
                let proof = proof_in_block(commitment, &roots, number, inside, count);
                assert_eq!(proof, tree.proof(commitment), "{place} of {count}");
                let other = tree.commitments().iter().skip(1).step_by(2).copied().collect();
                assert_eq!(proof_in_block(commitment, &roots, number, other, count), None, "another block");
            }
        }
    }

    #[test]
    fn copied_ballots_make_no_tree() {
        let mut copied = commitments(9);
        copied.push(copied[4]);
        assert_eq!(Tree::of(copied).unwrap_err(), CopiedBallot);
    }

    #[test]
    fn a_node_is_no_leaf() {
        let tree = Tree::of(commitments(2)).unwrap();
        let [left, right] = [0, 1].map(|place| leaf(&tree.commitments()[place]));
        let inside = [&[1][..], &left, &right].concat();
        assert_eq!(sha256(&inside), tree.root());
        let alone = Proof { place: 0, size: 1, path: Vec::new() };
        assert!(!alone.leads_to(&tree.root(), &Commitment(tree.root())), "a root is no commitment");
    }

    proptest! {
        #[test]
        fn a_changed_proof_leads_nowhere(count in 1_u64..200, at: prop::sample::Index, bit: prop::sample::Index, by in 1_u64..9) {
            let tree = Tree::of(commitments(count)).unwrap();
            let commitment = tree.commitments()[at.index(tree.commitments().len())];
            let good = tree.proof(&commitment).unwrap();
            let root = tree.root();
            prop_assert!(good.leads_to(&root, &commitment));

            let (mut longer, mut shorter) = (good.clone(), good.clone());
            longer.path.push(hex::encode([0; 32]));
            prop_assert!(!longer.leads_to(&root, &commitment));
            if shorter.path.pop().is_some() {
                prop_assert!(!shorter.leads_to(&root, &commitment));
                let mut bent = good.clone();
                let at = bit.index(bent.path.len());
                bent.path[at] = hex::encode(sha256(bent.path[at].as_bytes()));
                prop_assert!(!bent.leads_to(&root, &commitment));
                bent.path[at] = "no hash".to_owned();
                prop_assert!(!bent.leads_to(&root, &commitment));
            }
            let moved = Proof { place: good.place + good.size * by, ..good.clone() };
            prop_assert!(!moved.leads_to(&root, &commitment));
            let mut flipped = commitment;
            flipped.0[bit.index(32)] ^= 1;
            prop_assert!(!good.leads_to(&root, &flipped));
        }

        #[test]
        fn the_order_of_casting_leaves_no_trace(count in 0_u64..60, shift: prop::sample::Index) {
            let mut turned = commitments(count);
            let whole = Tree::of(turned.clone()).unwrap();
            if !turned.is_empty() {
                let middle = shift.index(turned.len());
                turned.rotate_left(middle);
            }
            turned.reverse();
            prop_assert_eq!(Tree::of(turned).unwrap().root(), whole.root());
        }
    }
}

//! The bytes of a transfer that are hashed: the same on both engines, in the browser and in `examples/check-receipt.mjs`,
//! for ever.
//!
//! ```text
//! transfer := "zhigong transfer 1" field*14     in this order:
//!             id fingerprint book_id seq kind debit_id credit_id amount_cents reason shop_id reverses_id event_id at day
//! field    := 00                                no value
//!           | 01 length(8 bytes, big endian) bytes
//! ```
//! Identifiers are their 16 bytes, numbers 8 bytes big endian, the time microseconds since 1970 as a number, the day
//! `YYYY-MM-DD`, text UTF-8. The fingerprint of the order covers who asked for it and what it belongs to.
//!
//! Balances are left out: that of the other side is somebody else's business, and they follow from the transfers before.
//! The way of a transfer shows the hash of its neighbour; the neighbour's id, which only its two sides are told, keeps
//! anybody from trying out what it might be: of a payment it is made at random by who asks, of an issue it is worked out
//! of ids that were.

use kernel::crypto::digest::sm3;
use kernel::crypto::tree::{self, Hash};
use kernel::time::{Day, Time};
use kernel::{Id, Result};
use sea_orm::QueryResult;

use crate::ledger::fingerprint::Bytes;

/// What of a row is hashed.
pub const COLUMNS: &str = "id, fingerprint, book_id, seq, kind, debit_id, credit_id, amount_cents, reason, shop_id,
    reverses_id, event_id, at, day";

/// A transfer, as far as it is hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Which.
    pub id: Id,
    /// Of the order.
    pub fingerprint: Vec<u8>,
    /// The book.
    pub book_id: Id,
    /// Its number in the book.
    pub seq: i64,
    /// Its kind.
    pub kind: String,
    /// The account that gave.
    pub debit_id: Id,
    /// The account that got.
    pub credit_id: Id,
    /// How much, in cents.
    pub amount_cents: i64,
    /// Why.
    pub reason: String,
    /// In which shop.
    pub shop_id: Option<Id>,
    /// What it gives back or corrects.
    pub reverses_id: Option<Id>,
    /// The event that it was written with.
    pub event_id: Id,
    /// When.
    pub at: Time,
    /// The day in China.
    pub day: Day,
}

impl Leaf {
    /// From a row with [`COLUMNS`].
    ///
    /// # Errors
    /// A row of another shape.
    pub fn of(row: &QueryResult) -> Result<Self> {
        Ok(Self {
            id: row.try_get("", "id")?,
            fingerprint: row.try_get("", "fingerprint")?,
            book_id: row.try_get("", "book_id")?,
            seq: row.try_get("", "seq")?,
            kind: row.try_get("", "kind")?,
            debit_id: row.try_get("", "debit_id")?,
            credit_id: row.try_get("", "credit_id")?,
            amount_cents: row.try_get("", "amount_cents")?,
            reason: row.try_get("", "reason")?,
            shop_id: row.try_get("", "shop_id")?,
            reverses_id: row.try_get("", "reverses_id")?,
            event_id: row.try_get("", "event_id")?,
            at: row.try_get("", "at")?,
            day: row.try_get("", "day")?,
        })
    }

    /// The bytes that are hashed.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        Bytes(b"zhigong transfer 1".to_vec())
            .id(self.id)
            .some(&self.fingerprint)
            .id(self.book_id)
            .number(self.seq)
            .text(&self.kind)
            .id(self.debit_id)
            .id(self.credit_id)
            .number(self.amount_cents)
            .text(&self.reason)
            .maybe(self.shop_id)
            .maybe(self.reverses_id)
            .id(self.event_id)
            .number(self.at.timestamp_micros())
            .text(&self.day.to_string())
            .0
    }

    /// Its hash in the tree.
    #[must_use]
    pub fn hash(&self) -> Hash {
        sm3(&[&[0_u8][..], self.bytes().as_slice()].concat())
    }
}

/// The hash over two.
#[must_use]
pub fn node(left: &Hash, right: &Hash) -> Hash {
    sm3(&[&[1_u8][..], left.as_slice(), right.as_slice()].concat())
}

/// The root over hashes, be they of transfers or of whole blocks.
#[must_use]
pub fn root(lowest: Vec<Hash>) -> Hash {
    tree::top(&tree::levels(lowest, node)).unwrap_or_else(|| sm3(b""))
}

#[cfg(test)]
mod tests {
    use kernel::crypto::verify_signature;
    use serde_json::Value;

    use super::*;

    /// What the browser and the script are tested against as well; should this fail, old receipts no longer verify.
    const SLIP: &str = include_str!("../../../../../web/shared/verify/fixtures/slip.json");
    const DAY: &str = include_str!("../../../../../web/shared/verify/fixtures/slip-day.json");

    fn read(slip: &Value) -> Leaf {
        let of = &slip["transfer"];
        let text = |name: &str| of[name].as_str().unwrap().to_owned();
        let id = |name: &str| text(name).parse().unwrap();
        let maybe = |name: &str| of[name].as_str().map(|text| text.parse().unwrap());
        Leaf {
            id: id("id"),
            fingerprint: hex::decode(text("fingerprint")).unwrap(),
            book_id: id("book_id"),
            seq: of["seq"].as_i64().unwrap(),
            kind: text("kind"),
            debit_id: id("debit_id"),
            credit_id: id("credit_id"),
            amount_cents: of["amount_cents"].as_i64().unwrap(),
            reason: text("reason"),
            shop_id: maybe("shop_id"),
            reverses_id: maybe("reverses_id"),
            event_id: id("event_id"),
            at: Time::from_timestamp_micros(of["at_micros"].as_i64().unwrap()).unwrap(),
            day: text("day").parse().unwrap(),
        }
    }

    #[test]
    fn bytes_never_change() {
        let slip: Value = serde_json::from_str(SLIP).unwrap();
        let leaf = read(&slip);
        let way: Vec<Hash> = slip["path"]
            .as_array()
            .unwrap()
            .iter()
            .map(|text| hex::decode(text.as_str().unwrap()).unwrap().try_into().unwrap())
            .collect();
        let (place, size) = (slip["place"].as_u64().unwrap(), slip["size"].as_u64().unwrap());
        let root = |leaf: &Leaf| tree::climb(leaf.hash(), place, size, &way, node).map(hex::encode);
        assert_eq!(root(&leaf).as_deref(), slip["root"].as_str());
        let changed = [
            Leaf { amount_cents: leaf.amount_cents + 1, ..leaf.clone() },
            Leaf { reason: format!("{} ", leaf.reason), ..leaf.clone() },
            Leaf { shop_id: None, ..leaf.clone() },
            Leaf { reverses_id: Some(leaf.id), ..leaf.clone() },
            Leaf { seq: leaf.seq + 1, ..leaf.clone() },
        ];
        for leaf in changed {
            assert_ne!(root(&leaf).as_deref(), slip["root"].as_str(), "{leaf:?}");
        }
        assert_eq!(
            root(&leaf),
            Some(hex::encode(super::root(vec![way[0], leaf.hash(), way[1],]))),
            "the second of three"
        );
    }

    #[test]
    fn the_signature_of_a_day_is_over_these_bytes() {
        let days: Value = serde_json::from_str(DAY).unwrap();
        let of = &days["items"][0];
        let bytes = |name: &str| hex::decode(of[name].as_str().unwrap()).unwrap();
        let (book, day) =
            (of["book_id"].as_str().unwrap().parse().unwrap(), of["day"].as_str().unwrap().parse().unwrap());
        let message = |transfers| crate::ledger::day::message(book, day, 7, transfers, &bytes("root"));
        let good = |transfers| verify_signature(&bytes("public_key"), &message(transfers), &bytes("signature"));
        assert!(good(3) && !good(4));
    }

    #[test]
    fn a_root_over_blocks_is_the_root_over_all() {
        let leaves: Vec<Hash> = (0..2_500_u32).map(|n| sm3(&n.to_be_bytes())).collect();
        let blocks = leaves.chunks(1_024).map(|block| root(block.to_vec())).collect();
        assert_eq!(root(blocks), root(leaves));
        assert_eq!(root(Vec::new()), sm3(b""));
    }
}

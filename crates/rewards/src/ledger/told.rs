//! What an event says of the transfers that were written with it.
//!
//! A transaction leaves one event for the transfers of a kind in a book, and not one each: the transfer is a row that is
//! never changed and says everything itself, so that an event each would be the same again, sealed once more. The event
//! says how many they are, between which numbers of the book, how much they come to, and the digest of all that is
//! written in them, which thereby stands under the chain of the sealer within a second.
//!
//! ```text
//! digest   := SM3("zhigong transfers 1" transfer*)       in the order of their numbers
//! transfer := field*18, each with its length:
//!             id fingerprint book_id seq kind debit_id credit_id amount_cents debit_after_cents credit_after_cents
//!             reason subject_id shop_id actor_id reverses_id hold_id bank_line_id at
//! ```

use std::collections::BTreeMap;

use kernel::Id;
use kernel::crypto::digest::sm3;
use kernel::event::Event;
use serde::Deserialize;

use super::engine::rows::Transfer;
use super::fingerprint::Bytes;

/// What stands in the event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Told {
    pub(super) first_seq: i64,
    pub(super) last_seq: i64,
    /// How many; there may be others between them, of another kind.
    pub(super) transfers: u64,
    /// What they come to.
    amount_cents: i64,
    digest: String,
}

impl Told {
    /// Of transfers of one kind in one book, in the order of their numbers.
    pub(super) fn of<'a>(transfers: impl IntoIterator<Item = &'a Transfer>) -> Self {
        let mut told = Self { first_seq: 0, last_seq: 0, transfers: 0, amount_cents: 0, digest: String::new() };
        let mut bytes = Bytes(b"zhigong transfers 1".to_vec());
        for transfer in transfers {
            if told.transfers == 0 {
                told.first_seq = transfer.seq;
            }
            told.last_seq = transfer.seq;
            told.transfers += 1;
            told.amount_cents = told.amount_cents.saturating_add(transfer.amount_cents);
            bytes = row(bytes, transfer);
        }
        told.digest = hex::encode(sm3(&bytes.0));
        told
    }

    /// The event, at the union whose budget all of them concern.
    pub(super) fn event(&self, kind: &'static str, book_id: Id, node_id: Option<Id>) -> Event {
        let event = Event::of(kind, AGGREGATE, book_id)
            .with("first_seq", self.first_seq)
            .with("last_seq", self.last_seq)
            .with("transfers", self.transfers)
            .with("amount_cents", self.amount_cents)
            .with("digest", &self.digest);
        match node_id {
            Some(node) => event.at(node),
            None => event,
        }
    }
}

/// What such an event is about.
const AGGREGATE: &str = "ledger_book";

fn row(bytes: Bytes, of: &Transfer) -> Bytes {
    bytes
        .id(of.id)
        .some(&of.fingerprint)
        .id(of.book_id)
        .number(of.seq)
        .text(of.kind.as_str())
        .id(of.debit_id)
        .id(of.credit_id)
        .number(of.amount_cents)
        .number(of.debit_after_cents)
        .number(of.credit_after_cents)
        .text(&of.reason)
        .maybe(of.subject_id)
        .maybe(of.shop_id)
        .maybe(of.actor_id)
        .maybe(of.reverses_id)
        .maybe(of.hold_id)
        .maybe(of.bank_line_id)
        .number(of.at.timestamp_micros())
}

/// Transfers by the event that they share: its kind and its book.
pub(super) fn bundles(transfers: &[Transfer]) -> BTreeMap<(Id, &'static str), Vec<&Transfer>> {
    let mut bundles = BTreeMap::<_, Vec<&Transfer>>::new();
    for transfer in transfers {
        bundles.entry((transfer.book_id, transfer.kind.event())).or_default().push(transfer);
    }
    bundles
}

/// The union that all of them concern; none if they concern several.
pub(super) fn node(transfers: &[&Transfer]) -> Option<Id> {
    let first = transfers.first()?.node_id?;
    transfers.iter().all(|transfer| transfer.node_id == Some(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ledger::kind::TransferKind;

    fn transfer(seq: i64, kind: TransferKind) -> Transfer {
        let id = |n: u128| Id::from_u128(n);
        Transfer {
            id: id(100 + u128::from(seq.unsigned_abs())),
            fingerprint: [7; 32],
            book_id: id(1),
            seq,
            kind,
            debit_id: id(2),
            credit_id: id(3),
            amount_cents: 5,
            debit_after_cents: 6,
            credit_after_cents: 7,
            reason: "午餐".to_owned(),
            subject_id: None,
            shop_id: None,
            actor_id: None,
            reverses_id: None,
            hold_id: None,
            bank_line_id: None,
            node_id: Some(id(9)),
            at: kernel::time::Time::from_timestamp_micros(1_795_000_000_000_000).unwrap(),
        }
    }

    /// Should this fail, events that were sealed no longer say what their transfers are.
    #[test]
    fn the_digest_never_changes() {
        let told = Told::of([&transfer(4, TransferKind::Pay), &transfer(6, TransferKind::Pay)]);
        assert_eq!((told.first_seq, told.last_seq, told.transfers, told.amount_cents), (4, 6, 2, 10));
        assert_eq!(told.digest, "27ddde9c302351471ae03c1038dc3d0840601636d67859fad13ead8a4feed8c5");
    }

    #[test]
    fn every_field_counts() {
        let of = transfer(4, TransferKind::Pay);
        let (whole, some) = (Told::of([&of]), Some(Id::from_u128(77)));
        let changed = [
            Transfer { id: Id::nil(), ..of.clone() },
            Transfer { fingerprint: [8; 32], ..of.clone() },
            Transfer { book_id: Id::nil(), ..of.clone() },
            Transfer { seq: 5, ..of.clone() },
            Transfer { kind: TransferKind::Refund, ..of.clone() },
            Transfer { debit_id: Id::nil(), ..of.clone() },
            Transfer { credit_id: Id::nil(), ..of.clone() },
            Transfer { amount_cents: 6, ..of.clone() },
            Transfer { debit_after_cents: 0, ..of.clone() },
            Transfer { credit_after_cents: 0, ..of.clone() },
            Transfer { reason: "晚餐".to_owned(), ..of.clone() },
            Transfer { subject_id: some, ..of.clone() },
            Transfer { shop_id: some, ..of.clone() },
            Transfer { actor_id: some, ..of.clone() },
            Transfer { reverses_id: some, ..of.clone() },
            Transfer { hold_id: some, ..of.clone() },
            Transfer { bank_line_id: some, ..of.clone() },
            Transfer { at: of.at + chrono::TimeDelta::microseconds(1), ..of.clone() },
        ];
        let digests: BTreeSet<String> = changed.iter().map(|one| Told::of([one]).digest).collect();
        assert_eq!(digests.len(), changed.len());
        assert!(!digests.contains(&whole.digest));
    }

    #[test]
    fn a_bundle_is_of_a_kind_in_a_book() {
        let other = Transfer { book_id: Id::from_u128(8), node_id: None, ..transfer(1, TransferKind::Pay) };
        let all =
            [transfer(1, TransferKind::Pay), transfer(2, TransferKind::Refund), transfer(3, TransferKind::Pay), other];
        let bundles = bundles(&all);
        let seqs: Vec<Vec<i64>> = bundles.values().map(|some| some.iter().map(|one| one.seq).collect()).collect();
        assert_eq!(seqs, [vec![1, 3], vec![2], vec![1]]);
        assert_eq!(node(&bundles[&(Id::from_u128(1), "transfer.paid")]), Some(Id::from_u128(9)));
        assert_eq!(node(&bundles[&(Id::from_u128(8), "transfer.paid")]), None);
        let mixed = [&all[0], &all[3]];
        assert_eq!(node(&mixed), None);
    }
}

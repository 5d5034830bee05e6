//! Days that were sealed beside what their transfers make.

use std::collections::BTreeMap;

use kernel::crypto::tree::Hash;
use kernel::crypto::verify_signature;
use kernel::time::Day;
use kernel::{Id, Result};
use sea_orm::ConnectionTrait;
use serde_json::Value;

use super::Audit;
use super::transfers::Row;
use crate::ledger::day::{self, Block, SealedDay, leaf};

/// The sealed days of a book, and what its transfers say of them.
pub(super) struct Days {
    sealed: BTreeMap<Day, SealedDay>,
    /// The sealed day that is being read: the number of its first transfer, and the hash of each.
    open: Option<(Day, i64, Vec<Hash>)>,
    /// Roots of days that are whole.
    whole: BTreeMap<Day, Made>,
    /// Transfers on a day before the last sealed one that is not sealed itself.
    stray: u64,
}

/// What the transfers of a day make.
#[derive(Debug, PartialEq, Eq)]
struct Made {
    first_seq: i64,
    transfers: i64,
    root: Hash,
    blocks: Vec<Block>,
}

impl Made {
    fn of(first_seq: i64, hashes: &[Hash]) -> Self {
        let count = |hashes: &[Hash]| i64::try_from(hashes.len()).unwrap_or(i64::MAX);
        let size = usize::try_from(day::BLOCK).unwrap_or(usize::MAX);
        let block = |part: &[Hash]| Block { transfers: count(part), root: leaf::root(part.to_vec()) };
        let blocks: Vec<Block> = hashes.chunks(size).map(block).collect();
        let root = leaf::root(blocks.iter().map(|block| block.root).collect());
        Self { first_seq, transfers: count(hashes), root, blocks }
    }
}

impl Days {
    /// The next transfer, in the order of numbers. Hashes are kept of one day only: those before it are whole.
    pub(super) fn take(&mut self, row: &Row) {
        let last = self.sealed.keys().next_back();
        if !self.sealed.contains_key(&row.day) {
            self.stray += u64::from(last.is_some_and(|last| row.day < *last));
            return;
        }
        if self.open.as_ref().is_none_or(|(day, ..)| *day != row.day) {
            self.close();
        }
        let (_, _, hashes) = self.open.get_or_insert_with(|| (row.day, row.seq, Vec::new()));
        hashes.push(row.leaf().hash());
    }

    fn close(&mut self) {
        if let Some((day, first_seq, hashes)) = self.open.take() {
            self.whole.insert(day, Made::of(first_seq, &hashes));
        }
    }
}

impl<C: ConnectionTrait> Audit<'_, C> {
    pub(super) async fn sealed_days(&self, book: Id) -> Result<Days> {
        let sealed = day::of_book(self.conn, book).await?.into_iter().map(|one| (one.day, one)).collect();
        Ok(Days { sealed, open: None, whole: BTreeMap::new(), stray: 0 })
    }

    pub(super) async fn check_days(&mut self, book: Id, mut days: Days) -> Result<()> {
        days.close();
        let stray = days.stray;
        self.report.check(stray == 0, "I14", || format!("{stray} transfers of book {book} are on days left out"));
        let ids: Vec<Id> = days.sealed.values().map(|one| one.event_id).collect();
        let events = self.sealings(ids).await?;
        let mut expected: Option<(Day, i64)> = None;
        for (on, sealed) in &days.sealed {
            self.report.days += 1;
            let made = days.whole.remove(on).unwrap_or_else(|| Made::of(sealed.first_seq, &[]));
            let said = (sealed.first_seq, sealed.transfers, sealed.root);
            let fits = said == (made.first_seq, made.transfers, made.root);
            self.report.check(fits, "I14", || format!("book {book} on {on} is not what was sealed"));
            let fits = day::blocks(self.conn, book, *on).await? == made.blocks;
            self.report.check(fits, "I14", || format!("the blocks of book {book} on {on} are not what was sealed"));
            let follows = expected.is_none_or(|expected| expected == (*on, sealed.first_seq));
            self.report.check(follows, "I14", || format!("book {book} on {on} does not follow the day before"));
            let message = day::message(book, *on, sealed.first_seq, sealed.transfers, &sealed.root);
            let signed = verify_signature(&sealed.public_key, &message, &sealed.signature);
            self.report.check(signed, "I14", || format!("the signature of book {book} on {on} is not good"));
            let told = events.get(&sealed.event_id).is_some_and(|payload| tells(payload, sealed));
            self.report.check(told, "I14", || format!("book {book} on {on} and its event do not agree"));
            expected = on.succ_opt().map(|next| (next, sealed.first_seq + sealed.transfers));
        }
        Ok(())
    }

    /// What events say of days that were sealed.
    async fn sealings(&self, ids: Vec<Id>) -> Result<BTreeMap<Id, Value>> {
        let sql = "SELECT id, payload FROM event WHERE kind = 'ledger.day_sealed' AND id IN";
        let mut payloads = BTreeMap::new();
        for row in self.of_keys(sql, ids).await? {
            let payload: String = row.try_get("", "payload")?;
            payloads.insert(row.try_get("", "id")?, serde_json::from_str(&payload)?);
        }
        Ok(payloads)
    }
}

fn tells(payload: &Value, sealed: &SealedDay) -> bool {
    payload["day"] == sealed.day.to_string()
        && payload["first_seq"] == sealed.first_seq
        && payload["transfers"] == sealed.transfers
        && payload["root"] == hex::encode(sealed.root)
}

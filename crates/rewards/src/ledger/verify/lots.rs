//! Lots beside what was used of them.

use std::collections::{BTreeSet, HashMap};

use kernel::{Error, Id, Result};
use sea_orm::{ConnectionTrait, QueryResult};

use super::{Audit, LotsSeen, TOLD};
use crate::ledger::engine::rows::Lot;
use crate::ledger::kind::TransferKind;
use crate::ledger::order::AccountKind;
use crate::ledger::read;

/// Lots whose uses are asked for at a time: of many at once an engine would rather read both tables from end to end.
const ASKED: usize = 256;

/// What transfers did to a lot, in cents. Sums stop at the end of 64 bits: no lot has so much.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct LotSum {
    /// What was given less what was taken.
    used: i64,
    /// What of it expired.
    expired: i64,
    /// What of it was taken back by the reversal of the issue.
    reversed: i64,
}

/// By lot that was used. No index finds the uses of a lot: the walk over all transfers adds them up, and the sums are there
/// until the lots were held against them. A lot takes 41 bytes, in a table that is half empty at times: 50 to 100 megabytes
/// a million lots.
pub(super) type LotSums = HashMap<Id, LotSum>;

impl LotSum {
    pub(super) fn add(&mut self, kind: TransferKind, cents: i64) {
        self.used = self.used.saturating_add(cents);
        match kind {
            TransferKind::Expire => self.expired = self.expired.saturating_sub(cents),
            TransferKind::Reverse => self.reversed = self.reversed.saturating_sub(cents),
            _ => {}
        }
    }
}

impl<C: ConnectionTrait> Audit<'_, C> {
    /// `pins` is what open holds set aside of each lot.
    pub(super) async fn check_lots(&mut self, pins: &HashMap<Id, i64>, mut seen: LotsSeen) -> Result<()> {
        let mut after = Id::nil();
        loop {
            let rows = self.page(read::LOT, after).await?;
            let Some(last) = rows.last() else { break };
            after = last.try_get("", "id")?;
            let lots = rows.iter().map(read::lot).collect::<Result<Vec<_>>>()?;
            self.check_some_lots(&lots, pins, &mut seen.sums);
        }
        self.report.about = None;
        let (lots, uses, opened) = (self.report.lots, self.report.uses, seen.opened);
        self.report.check(opened == lots, "I5", || format!("{lots} lots are there, transfers opened {opened}"));
        // What was looked at was taken out of the sums.
        for id in seen.sums.into_keys().collect::<BTreeSet<Id>>() {
            self.report.fault("I6", format!("something was used of lot {id}, which is not there"));
        }
        let all = self.count("lot_use").await?;
        self.report.check(all == uses, "I6", || format!("{all} uses are there, {uses} of transfers"));
        if all != uses {
            let sql = format!(
                "SELECT u.transfer_id FROM lot_use u LEFT JOIN transfer t ON t.id = u.transfer_id WHERE t.id IS NULL
                    ORDER BY u.transfer_id LIMIT {TOLD}"
            );
            let strays = self.rows(&sql, []).await?;
            self.check_users(&strays).await?;
        }
        Ok(())
    }

    /// Their accounts are there, and `sums` what was used of them: it is taken out.
    pub(super) fn check_some_lots(&mut self, lots: &[Lot], pins: &HashMap<Id, i64>, sums: &mut LotSums) {
        for lot in lots {
            self.report.lots += 1;
            let (id, report) = (lot.id, &mut self.report);
            report.about = Some(lot.book_id);
            let sum = sums.remove(&id).unwrap_or_default();
            // A grace lot begins with nothing and gets what the refund gives it.
            let first = if lot.grace_of.is_some() { 0 } else { i128::from(lot.amount_cents) };
            let left = first + i128::from(sum.used);
            let fits = left == i128::from(lot.left_cents) && (0..=lot.amount_cents).contains(&lot.left_cents);
            report.check(fits, "I5", || format!("lot {id} has {} left, its uses say {left}", lot.left_cents));
            let back = (lot.expired_cents, lot.reversed_cents);
            report.check(back == (sum.expired, sum.reversed), "I5", || {
                format!("of lot {id} {} expired and {} were reversed, it says {back:?}", sum.expired, sum.reversed)
            });
            let pinned = pins.get(&id).copied().unwrap_or_default();
            report.check(lot.held_cents == pinned, "I2", || {
                format!("of lot {id} {} are held, its holds say {pinned}", lot.held_cents)
            });
            let wallet = self.accounts.get_mut(&lot.account_id);
            match wallet.filter(|one| one.kind == AccountKind::Wallet && one.book_id == lot.book_id) {
                Some(wallet) => wallet.open_lots_cents += lot.left_cents,
                None => report.fault("I5", format!("lot {id} is in no wallet of its book")),
            }
        }
    }

    /// What was used of some lots: by the transfers of their wallets, from the one on that opened the lot.
    pub(super) async fn sums_of(&self, lots: &[Lot]) -> Result<LotSums> {
        let mut sums = LotSums::new();
        for some in lots.chunks(ASKED) {
            for side in ["debit_id", "credit_id"] {
                let sql = format!(
                    "SELECT l.id, t.kind, u.amount_cents FROM lot l
                        JOIN transfer t ON t.{side} = l.account_id AND t.seq >= l.seq
                        JOIN lot_use u ON u.transfer_id = t.id AND u.lot_id = l.id WHERE l.id IN"
                );
                for row in self.of_keys(&sql, some.iter().map(|lot| lot.id)).await? {
                    let kind = TransferKind::parse(&row.try_get::<String>("", "kind")?);
                    let kind = kind.ok_or_else(|| Error::internal("a transfer of no kind"))?;
                    sums.entry(row.try_get("", "id")?).or_default().add(kind, row.try_get("", "amount_cents")?);
                }
            }
        }
        Ok(sums)
    }

    /// The transfers of these uses are there; one that is not speaks against the book of the lot.
    pub(super) async fn check_users(&mut self, uses: &[QueryResult]) -> Result<()> {
        let mut missing = BTreeSet::new();
        for row in uses {
            missing.insert(row.try_get::<Id>("", "transfer_id")?);
        }
        for row in self.of_keys("SELECT id FROM transfer WHERE id IN", missing.iter().copied()).await? {
            missing.remove(&row.try_get::<Id>("", "id")?);
        }
        let sql = "SELECT u.transfer_id, u.lot_id, l.book_id FROM lot_use u LEFT JOIN lot l ON l.id = u.lot_id
            WHERE u.transfer_id IN";
        for row in self.of_keys(sql, missing).await? {
            let (by, lot): (Id, Id) = (row.try_get("", "transfer_id")?, row.try_get("", "lot_id")?);
            self.report.about = row.try_get("", "book_id")?;
            self.report.fault("I6", format!("something was used of lot {lot} by transfer {by}, which is not there"));
        }
        Ok(())
    }
}

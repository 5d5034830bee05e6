//! What transfers of a page took from lots, gave them, and opened.

use std::collections::HashMap;

use kernel::{Id, Result};
use sea_orm::ConnectionTrait;

use super::lots::LotSums;
use super::transfers::Row;
use super::{AccountSeen, Audit, Report};
use crate::ledger::engine::rows::Lot;
use crate::ledger::kind::TransferKind;
use crate::ledger::order::AccountKind;
use crate::ledger::read;

/// The lots of a page.
pub(super) struct Splits {
    uses: HashMap<Id, Vec<(Id, i64)>>,
    opened: HashMap<Id, Vec<Lot>>,
    lots: HashMap<Id, Lot>,
}

impl Splits {
    pub(super) async fn load<C: ConnectionTrait>(audit: &Audit<'_, C>, rows: &[Row]) -> Result<Self> {
        let ids = || rows.iter().map(|row| row.id);
        let (mut uses, mut opened): (HashMap<Id, Vec<_>>, HashMap<Id, Vec<_>>) = (HashMap::new(), HashMap::new());
        let sql = "SELECT transfer_id, lot_id, amount_cents FROM lot_use WHERE transfer_id IN";
        for row in audit.of_keys(sql, ids()).await? {
            let of: Id = row.try_get("", "transfer_id")?;
            let split: (Id, i64) = (row.try_get("", "lot_id")?, row.try_get("", "amount_cents")?);
            uses.entry(of).or_default().push(split);
        }
        for row in audit.of_keys(&format!("{} WHERE transfer_id IN", read::LOT), ids()).await? {
            let lot = read::lot(&row)?;
            opened.entry(lot.transfer_id).or_default().push(lot);
        }
        let mut lots = HashMap::new();
        let used = uses.values().flatten().map(|(lot, _)| *lot);
        for row in audit.of_keys(&format!("{} WHERE id IN", read::LOT), used).await? {
            let lot = read::lot(&row)?;
            lots.insert(lot.id, lot);
        }
        Ok(Self { uses, opened, lots })
    }

    pub(super) fn uses(&self) -> u64 {
        self.uses.values().map(|uses| uses.len() as u64).sum()
    }

    pub(super) fn opened(&self) -> u64 {
        self.opened.values().map(|lots| lots.len() as u64).sum()
    }

    /// Adds up by lot what these transfers, those of the page, did.
    pub(super) fn add_up(&self, rows: &[Row], sums: &mut LotSums) {
        for row in rows {
            for (lot, cents) in self.uses.get(&row.id).into_iter().flatten() {
                sums.entry(*lot).or_default().add(row.kind, *cents);
            }
        }
    }

    /// Lots that were used or opened.
    pub(super) fn touched(&self) -> impl Iterator<Item = Id> {
        self.lots.keys().copied().chain(self.opened.values().flatten().map(|lot| lot.id))
    }

    /// The lot that an issue made.
    pub(super) fn issued(&self, id: Id) -> Option<&Lot> {
        self.opened.get(&id)?.iter().find(|lot| lot.id == id)
    }

    /// The lot that an expiry took from.
    pub(super) fn only_use(&self, id: Id) -> Option<Id> {
        match self.uses.get(&id)?.as_slice() {
            [(lot, _)] => Some(*lot),
            _ => None,
        }
    }

    /// Whether a transfer took each of its lots from the first cent to the last.
    pub(super) fn is_whole(&self, id: Id) -> bool {
        let whole = |(lot, cents): &(Id, i64)| self.lots.get(lot).is_some_and(|lot| lot.amount_cents == -cents);
        self.uses.get(&id).is_none_or(|uses| uses.iter().all(whole))
    }

    pub(super) fn check(&self, row: &Row, accounts: &HashMap<Id, AccountSeen>, report: &mut Report) {
        let uses = self.uses.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let opened = self.opened.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let is_wallet = |id: &Id| accounts.get(id).is_some_and(|one| one.kind == AccountKind::Wallet);
        let used: i128 = uses.iter().map(|(_, cents)| i128::from(*cents)).sum();
        let issued = opened.iter().filter(|lot| lot.grace_of.is_none());
        let made: i128 = issued.map(|lot| i128::from(lot.amount_cents)).sum();
        let (spends, gets) = (is_wallet(&row.debit_id), is_wallet(&row.credit_id));
        let expected = i128::from(row.amount_cents) * (i128::from(gets) - i128::from(spends));
        report.check(used + made == expected, "I6", || format!("the lots of transfer {} are not its amount", row.id));
        let wallet = if spends { row.debit_id } else { row.credit_id };
        let own = |lot: &Lot| lot.account_id == wallet;
        let theirs = uses.iter().all(|(lot, cents)| self.lots.get(lot).is_some_and(own) && (*cents < 0) == spends);
        report.check(theirs && opened.iter().all(own), "I6", || {
            format!("transfer {} uses lots of another wallet, or the wrong way", row.id)
        });
        let fresh = match row.kind {
            TransferKind::Issue => matches!(opened, [lot] if self.is_of_issue(lot, row, accounts)),
            TransferKind::Refund => opened
                .iter()
                .all(|lot| lot.grace_of.is_some() && lot.seq == row.seq && uses.contains(&(lot.id, lot.amount_cents))),
            _ => opened.is_empty(),
        };
        report.check(fresh, "I6", || {
            let lots: Vec<String> = opened.iter().map(|lot| lot.id.to_string()).collect();
            format!("transfer {} did not open its lots ({}) as it must", row.id, lots.join(", "))
        });
        let in_time = |lot: &Id| self.lots.get(lot).is_some_and(|lot| lot.expires_on >= row.day);
        let in_time = row.kind != TransferKind::Pay || uses.iter().all(|(lot, _)| in_time(lot));
        report.check(in_time, "I5", || format!("transfer {} spends a lot after its last day", row.id));
    }

    fn is_of_issue(&self, lot: &Lot, row: &Row, accounts: &HashMap<Id, AccountSeen>) -> bool {
        let issuer = accounts.get(&row.debit_id).and_then(|one| one.owner_id);
        lot.id == row.id
            && lot.amount_cents == row.amount_cents
            && lot.budget_id == row.debit_id
            && Some(lot.issuer_id) == issuer
            && lot.seq == row.seq
            && lot.grace_of.is_none()
    }
}

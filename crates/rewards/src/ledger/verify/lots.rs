//! Lots beside what was used of them.

use std::collections::HashMap;

use kernel::{Id, Result};
use sea_orm::ConnectionTrait;

use super::{Audit, LotsSeen};
use crate::ledger::engine::rows::Lot;
use crate::ledger::order::AccountKind;
use crate::ledger::read;

impl<C: ConnectionTrait> Audit<'_, C> {
    /// `pins` is what open holds set aside of each lot.
    pub(super) async fn check_lots(&mut self, pins: &HashMap<Id, i64>, seen: LotsSeen) -> Result<()> {
        let mut after = Id::nil();
        loop {
            let rows = self.page(read::LOT, after).await?;
            let Some(last) = rows.last() else { break };
            after = last.try_get("", "id")?;
            let lots = rows.iter().map(read::lot).collect::<Result<Vec<_>>>()?;
            self.check_some_lots(&lots, pins).await?;
        }
        self.report.about = None;
        let (lots, uses) = (self.report.lots, self.report.uses);
        let all = self.count("lot_use").await?;
        self.report
            .check(seen.opened == lots, "I5", || format!("{lots} lots are there, transfers opened {}", seen.opened));
        self.report.check(seen.uses == uses && all == uses, "I6", || {
            format!("{all} uses are there, {} of transfers and {uses} of lots", seen.uses)
        });
        Ok(())
    }

    /// Their accounts are there.
    pub(super) async fn check_some_lots(&mut self, lots: &[Lot], pins: &HashMap<Id, i64>) -> Result<()> {
        let mut used: HashMap<Id, i128> = HashMap::new();
        let sql = "SELECT lot_id, amount_cents FROM lot_use WHERE lot_id IN";
        for row in self.of_keys(sql, lots.iter().map(|lot| lot.id)).await? {
            self.report.uses += 1;
            let cents: i64 = row.try_get("", "amount_cents")?;
            *used.entry(row.try_get("", "lot_id")?).or_default() += i128::from(cents);
        }
        for lot in lots {
            self.report.lots += 1;
            let (id, report) = (lot.id, &mut self.report);
            report.about = Some(lot.book_id);
            // A grace lot begins with nothing and gets what the refund gives it.
            let first = if lot.grace_of.is_some() { 0 } else { i128::from(lot.amount_cents) };
            let left = first + used.get(&id).copied().unwrap_or_default();
            let fits = left == i128::from(lot.left_cents) && (0..=lot.amount_cents).contains(&lot.left_cents);
            report.check(fits, "I5", || format!("lot {id} has {} left, its uses say {left}", lot.left_cents));
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
        Ok(())
    }
}

//! A member spends: lots go first-expiring first.

use kernel::Id;
use kernel::combine::Outcome;
use kernel::error::Refusal;

use super::{Engine, Entry, amount};
use crate::ledger::facts::Facts;
use crate::ledger::kind::{TransferKind, is_paid};
use crate::ledger::order::{Done, Order, What};
use crate::ledger::{LEDGER_ACCOUNT, LEDGER_SHORT};

impl Engine {
    pub(super) fn pay(&mut self, order: &Order, facts: &Facts) -> Outcome<Done> {
        let What::Pay { merchant_account_id: to, amount_cents, shop_id, reason, subject_id, .. } = &order.what else {
            return Err(LEDGER_ACCOUNT.refusal());
        };
        let wallet = facts.wallet();
        self.spender(order, wallet, *to, *amount_cents)?;
        let parts = self.parts(order, wallet, *amount_cents)?;
        let entry = Entry::new(TransferKind::Pay, wallet, *to, *amount_cents, reason);
        let done = self.post(order, facts.print, &Entry { subject_id: *subject_id, shop_id: *shop_id, ..entry })?;
        for (lot, part) in &parts {
            self.use_lot(order.id, *lot, -part);
        }
        self.remember(order, TransferKind::Pay, (wallet, *to, *amount_cents), *subject_id, parts);
        self.remember_shop(order, *shop_id);
        Ok(done)
    }

    /// Refuses unless a wallet may pay somebody.
    pub(super) fn spender(&self, order: &Order, wallet: Id, to: Id, amount_cents: i64) -> Result<(), Refusal> {
        amount(amount_cents)?;
        self.account(order, to, is_paid)?;
        if !self.state.accounts.contains_key(&wallet) {
            return Err(LEDGER_SHORT.refusal());
        }
        self.thawed([wallet, to])
    }

    /// Of which lots an amount is taken; none that has expired, and nothing that is held.
    pub(super) fn parts(&self, order: &Order, wallet: Id, amount_cents: i64) -> Result<Vec<(Id, i64)>, Refusal> {
        let today = self.day(order.book_id);
        let (mut rest, mut parts) = (amount_cents, Vec::new());
        for lot in self.state.open_lots(wallet).filter(|lot| lot.expires_on >= today && lot.free_cents() > 0) {
            let part = rest.min(lot.free_cents());
            parts.push((lot.id, part));
            rest -= part;
            if rest == 0 {
                return Ok(parts);
            }
        }
        Err(LEDGER_SHORT.refusal())
    }
}

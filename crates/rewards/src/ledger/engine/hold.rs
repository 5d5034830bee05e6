//! Two phases: an amount is held with its lots, then captured, in part or whole, or released. A hold is resolved once.

use kernel::Id;
use kernel::combine::Outcome;
use kernel::error::Refusal;

use super::rows::{Hold, HoldState};
use super::{Engine, Entry, amount};
use crate::ledger::facts::Facts;
use crate::ledger::kind::TransferKind;
use crate::ledger::order::{Done, Order, What};
use crate::ledger::{LEDGER_ACCOUNT, LEDGER_HOLD_DONE};

impl Engine {
    pub(super) fn hold(&mut self, order: &Order, facts: &Facts) -> Outcome<Done> {
        let What::Hold { to, amount_cents, expires_at, shop_id, reason, subject_id, .. } = &order.what else {
            return Err(LEDGER_ACCOUNT.refusal());
        };
        amount(*amount_cents)?;
        let at = self.open_moment(order.book_id);
        if *expires_at <= at {
            return Err(LEDGER_HOLD_DONE.refusal());
        }
        let account_id = facts.wallet();
        self.spender(order, account_id, *to, *amount_cents)?;
        let pins = self.parts(order, account_id, *amount_cents)?;
        for (lot, part) in &pins {
            self.change_lot(*lot, 0, *part);
        }
        let hold = Hold {
            id: order.id,
            book_id: order.book_id,
            account_id,
            to_id: *to,
            amount_cents: *amount_cents,
            state: HoldState::Held,
            captured_cents: 0,
            expires_at: *expires_at,
            shop_id: *shop_id,
            reason: reason.clone(),
            subject_id: *subject_id,
            actor_id: order.by,
            held_at: at,
            resolved_at: None,
            resolved_by: None,
            pins,
        };
        self.change_held(account_id, *amount_cents);
        self.effects.new_holds.push(order.id);
        let done = self.held(order, &hold);
        self.state.holds.insert(order.id, hold);
        Ok(done)
    }

    pub(super) fn capture(&mut self, order: &Order, print: [u8; 32], hold_id: Id, cents: i64) -> Outcome<Done> {
        amount(cents)?;
        let hold = self.open_hold(order, hold_id)?;
        if cents > hold.amount_cents || hold.expires_at <= self.open_moment(order.book_id) {
            return Err(LEDGER_HOLD_DONE.refusal());
        }
        self.thawed([hold.account_id, hold.to_id])?;
        self.free(&hold);
        let entry = Entry::new(TransferKind::Capture, hold.account_id, hold.to_id, cents, &hold.reason);
        let entry = Entry { subject_id: hold.subject_id, shop_id: hold.shop_id, hold_id: Some(hold_id), ..entry };
        let done = match self.post(order, print, &entry) {
            Ok(done) => done,
            Err(refusal) => {
                self.pin(&hold);
                return Err(refusal);
            }
        };
        let (mut rest, mut uses) = (cents, Vec::new());
        for (lot, held) in &hold.pins {
            let part = rest.min(*held);
            if part > 0 {
                self.use_lot(order.id, *lot, -part);
                uses.push((*lot, part));
            }
            rest -= part;
        }
        self.resolve(order, &hold, HoldState::Captured, cents);
        self.remember(order, TransferKind::Capture, (hold.account_id, hold.to_id, cents), hold.subject_id, uses);
        self.remember_shop(order, hold.shop_id);
        Ok(done)
    }

    pub(super) fn release(&mut self, order: &Order, hold_id: Id) -> Outcome<Done> {
        let hold = self.open_hold(order, hold_id)?;
        self.free(&hold);
        self.resolve(order, &hold, HoldState::Released, 0);
        Ok(self.held(order, &hold))
    }

    fn open_hold(&self, order: &Order, id: Id) -> Result<Hold, Refusal> {
        let open = |hold: &&Hold| hold.book_id == order.book_id && hold.state == HoldState::Held;
        self.state.holds.get(&id).filter(open).cloned().ok_or_else(|| LEDGER_HOLD_DONE.refusal())
    }

    fn free(&mut self, hold: &Hold) {
        hold.pins.iter().for_each(|(lot, part)| self.change_lot(*lot, 0, -part));
        self.change_held(hold.account_id, -hold.amount_cents);
    }

    fn pin(&mut self, hold: &Hold) {
        hold.pins.iter().for_each(|(lot, part)| self.change_lot(*lot, 0, *part));
        self.change_held(hold.account_id, hold.amount_cents);
    }

    fn change_held(&mut self, account_id: Id, cents: i64) {
        if let Some(account) = self.state.accounts.get_mut(&account_id) {
            account.held_cents += cents;
        }
        self.effects.accounts.insert(account_id);
    }

    fn resolve(&mut self, order: &Order, hold: &Hold, state: HoldState, captured_cents: i64) {
        let at = self.open_moment(order.book_id);
        let (resolved_at, resolved_by) = (Some(at), Some(order.id));
        let resolved = Hold { state, captured_cents, resolved_at, resolved_by, ..hold.clone() };
        self.state.holds.insert(hold.id, resolved);
        self.effects.resolved_holds.push(hold.id);
    }

    /// The answer to an order that moves nothing, and the book's new time.
    fn held(&mut self, order: &Order, hold: &Hold) -> Done {
        let at = self.open_moment(order.book_id);
        let of = |id: &Id| self.state.accounts.get(id).map_or((0, 0), |one| (one.balance_cents, one.held_cents));
        let ((balance, held), (credit_after_cents, _)) = (of(&hold.account_id), of(&hold.to_id));
        let seq = self.state.books.get_mut(&order.book_id).map_or(0, |book| {
            book.at = at;
            book.seq
        });
        self.effects.books.insert(order.book_id);
        Done {
            transfer_id: hold.id,
            amount_cents: hold.amount_cents,
            debit_after_cents: balance - held,
            credit_after_cents,
            seq,
            at,
            fresh: true,
        }
    }
}

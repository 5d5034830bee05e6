//! Orders of money that is not a member's yet, or no longer: top-ups, moves, issues and their reversal.

use kernel::Id;
use kernel::combine::Outcome;
use kernel::error::Refusal;

use super::rows::{Account, Lot, Past};
use super::{Engine, Entry, amount};
use crate::ledger::account::custody_id;
use crate::ledger::facts::Facts;
use crate::ledger::kind::{TransferKind, fits};
use crate::ledger::order::{AccountKind, Done, Order, What};
use crate::ledger::{LEDGER_ACCOUNT, LEDGER_BANK_LINE, LEDGER_DAY, LEDGER_REVERSED, LEDGER_SPENT};

impl Engine {
    pub(super) fn top_up(
        &mut self,
        order: &Order,
        print: [u8; 32],
        budget_id: Id,
        amount_cents: i64,
        bank_line_id: Id,
    ) -> Outcome<Done> {
        amount(amount_cents)?;
        self.account(order, budget_id, |kind| kind == AccountKind::Budget)?;
        if self.state.bank_lines.contains(&bank_line_id) {
            return Err(LEDGER_BANK_LINE.refusal());
        }
        let custody = custody_id(order.book_id);
        self.thawed([custody, budget_id])?;
        let open = || Account::opened(custody, order.book_id, AccountKind::Custody, None);
        self.state.accounts.entry(custody).or_insert_with(open);
        let entry = Entry::new(TransferKind::TopUp, custody, budget_id, amount_cents, "");
        let done = self.post(order, print, &Entry { bank_line_id: Some(bank_line_id), ..entry })?;
        self.state.bank_lines.insert(bank_line_id);
        self.remember(order, TransferKind::TopUp, (custody, budget_id, amount_cents), None, Vec::new());
        Ok(done)
    }

    pub(super) fn shift(&mut self, order: &Order, print: [u8; 32]) -> Outcome<Done> {
        let What::Move { from, to, amount_cents, kind, reason, subject_id } = &order.what else {
            return Err(LEDGER_ACCOUNT.refusal());
        };
        amount(*amount_cents)?;
        let giver = self.account(order, *from, |_| true)?.kind;
        self.account(order, *to, |taker| fits(*kind, giver, taker) && from != to)?;
        self.thawed([*from, *to])?;
        let kind = TransferKind::Move(*kind);
        let entry = Entry::new(kind, *from, *to, *amount_cents, reason);
        let done = self.post(order, print, &Entry { subject_id: *subject_id, ..entry })?;
        self.remember(order, kind, (*from, *to, *amount_cents), *subject_id, Vec::new());
        Ok(done)
    }

    pub(super) fn issue(&mut self, order: &Order, facts: &Facts) -> Outcome<Done> {
        let What::Issue { budget_id, person_id, amount_cents, expires_on, reason, subject_id } = &order.what else {
            return Err(LEDGER_ACCOUNT.refusal());
        };
        amount(*amount_cents)?;
        let budget = self.account(order, *budget_id, |kind| kind == AccountKind::Budget)?;
        let issuer_id = budget.owner_id.ok_or_else(|| LEDGER_ACCOUNT.refusal())?;
        if *expires_on < self.day(order.book_id) {
            return Err(LEDGER_DAY.refusal());
        }
        let wallet = facts.wallet();
        self.thawed([*budget_id, wallet])?;
        let open = || Account::opened(wallet, order.book_id, AccountKind::Wallet, Some(*person_id));
        let fresh = !self.state.accounts.contains_key(&wallet);
        self.state.accounts.entry(wallet).or_insert_with(open);
        let entry = Entry::new(TransferKind::Issue, *budget_id, wallet, *amount_cents, reason);
        let posted = self.post(order, facts.print, &Entry { subject_id: *subject_id, ..entry });
        if posted.is_err() && fresh {
            self.state.accounts.remove(&wallet);
        }
        let done = posted?;
        let lot = Lot {
            id: order.id,
            book_id: order.book_id,
            account_id: wallet,
            issuer_id,
            budget_id: *budget_id,
            transfer_id: order.id,
            grace_of: None,
            amount_cents: *amount_cents,
            left_cents: *amount_cents,
            held_cents: 0,
            expired_cents: 0,
            reversed_cents: 0,
            expires_on: *expires_on,
            seq: done.seq,
        };
        self.effects.lots.insert(lot.id);
        self.state.put_lot(lot);
        self.remember(order, TransferKind::Issue, (*budget_id, wallet, *amount_cents), *subject_id, Vec::new());
        Ok(done)
    }

    pub(super) fn reverse(&mut self, order: &Order, print: [u8; 32], of: Id, reason: &str) -> Outcome<Done> {
        let past = self.earlier(order, of)?;
        let whole = |lot: &Lot| lot.left_cents == lot.amount_cents && lot.held_cents == 0;
        let spent = past.kind == TransferKind::Issue && !self.state.lot(of).is_some_and(whole);
        if !past.kind.is_reversible() || past.reversed || spent {
            return Err(LEDGER_REVERSED.refusal());
        }
        self.undo(order, print, &past, (of, past.amount_cents), reason)
    }

    pub(super) fn take_back(&mut self, order: &Order, print: [u8; 32], of: Id, reason: &str) -> Outcome<Done> {
        let past = self.earlier(order, of)?;
        if past.kind != TransferKind::Issue || past.reversed {
            return Err(LEDGER_REVERSED.refusal());
        }
        let free = self.state.lot(of).map_or(0, Lot::free_cents);
        if free == 0 {
            return Err(LEDGER_SPENT.refusal());
        }
        self.undo(order, print, &past, (of, free), reason)
    }

    /// A transfer of the order's book.
    fn earlier(&self, order: &Order, id: Id) -> Result<Past, Refusal> {
        let past = self.state.past.get(&id).filter(|past| past.book_id == order.book_id);
        past.cloned().ok_or_else(|| LEDGER_ACCOUNT.refusal())
    }

    /// So much of a transfer goes back the way it came.
    fn undo(
        &mut self,
        order: &Order,
        print: [u8; 32],
        past: &Past,
        (of, cents): (Id, i64),
        reason: &str,
    ) -> Outcome<Done> {
        self.thawed([past.credit_id, past.debit_id])?;
        let entry = Entry::new(TransferKind::Reverse, past.credit_id, past.debit_id, cents, reason);
        let entry = Entry { subject_id: past.subject_id, reverses_id: Some(of), ..entry };
        let done = self.post(order, print, &entry)?;
        let mut uses = Vec::new();
        if past.kind == TransferKind::Issue {
            self.back_to_budget((order.id, of), cents, |lot| &mut lot.reversed_cents);
            uses.push((of, cents));
        }
        if let Some(past) = self.state.past.get_mut(&of) {
            past.reversed = true;
        }
        let between = (past.credit_id, past.debit_id, cents);
        self.remember(order, TransferKind::Reverse, between, past.subject_id, uses);
        Ok(done)
    }

    /// For orders of the same batch that refer to this one.
    pub(super) fn remember(
        &mut self,
        order: &Order,
        kind: TransferKind,
        (debit_id, credit_id, amount_cents): (Id, Id, i64),
        subject_id: Option<Id>,
        uses: Vec<(Id, i64)>,
    ) {
        let (book_id, refunded_cents, reversed, shop_id) = (order.book_id, 0, false, None);
        let past = Past {
            book_id,
            kind,
            debit_id,
            credit_id,
            amount_cents,
            subject_id,
            shop_id,
            uses,
            refunded_cents,
            reversed,
        };
        self.state.past.insert(order.id, past);
    }

    /// Where it was paid.
    pub(super) fn remember_shop(&mut self, order: &Order, shop_id: Option<Id>) {
        if let Some(past) = self.state.past.get_mut(&order.id) {
            past.shop_id = shop_id;
        }
    }
}

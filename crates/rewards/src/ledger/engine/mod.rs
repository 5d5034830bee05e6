//! Orders in sequence, without a database and without a clock.
//!
//! [`Engine`] is given the rows that a batch may touch ([`State`]) and decides one order after the other; what is to be
//! written stands in its [`Effects`]. It says the same as [`super::plain`], which does one order at a time in plain SQL: a
//! property test compares them.
//!
//! Checks come in one order, so that an order has one refusal: whether the book stands still → the month → the amount → the accounts → what it refers to →
//! frozen → enough.

mod fund;
mod give_back;
mod hold;
mod joint;
pub mod rows;
mod spend;
pub mod state;

use kernel::Id;
use kernel::calendar::china_day;
use kernel::combine::Outcome;
use kernel::error::Refusal;
use kernel::time::{Day, Time};

use super::facts::Facts;
use super::kind::TransferKind;
use super::order::{AccountKind, Done, Order, What};
use super::{
    LEDGER_ACCOUNT, LEDGER_AMOUNT, LEDGER_BUDGET, LEDGER_FROZEN, LEDGER_KEY, LEDGER_MONTH, LEDGER_SHORT, LEDGER_STOPPED,
};
pub use give_back::grace_id;
use rows::{Account, Burnt, Known, Lot, Transfer, Use};
pub use state::{Effects, Moment, State};

/// The largest amount: ten million million yuan. Sums of a book stay far from the end of 64 bits.
pub const MOST_CENTS: i64 = 1_000_000_000_000_000;

/// Decides orders.
#[derive(Debug)]
pub struct Engine {
    /// What it knows.
    pub state: State,
    /// What it changed.
    pub effects: Effects,
    moment: Moment,
}

/// A transfer before its checks.
struct Entry<'a> {
    kind: TransferKind,
    debit_id: Id,
    credit_id: Id,
    amount_cents: i64,
    reason: &'a str,
    subject_id: Option<Id>,
    shop_id: Option<Id>,
    reverses_id: Option<Id>,
    hold_id: Option<Id>,
    bank_line_id: Option<Id>,
}

impl<'a> Entry<'a> {
    fn new(kind: TransferKind, debit_id: Id, credit_id: Id, amount_cents: i64, reason: &'a str) -> Self {
        let (subject_id, shop_id, reverses_id, hold_id, bank_line_id) = (None, None, None, None, None);
        Self {
            kind,
            debit_id,
            credit_id,
            amount_cents,
            reason,
            subject_id,
            shop_id,
            reverses_id,
            hold_id,
            bank_line_id,
        }
    }
}

impl Engine {
    /// An engine over what was loaded.
    #[must_use]
    pub fn new(state: State, moment: Moment) -> Self {
        Self { state, effects: Effects::default(), moment }
    }

    /// Decides one order: carried out, refused, or known.
    ///
    /// # Errors
    /// The refusal.
    pub fn carry_out(&mut self, order: &Order, facts: &Facts) -> Outcome<Done> {
        let fingerprint = facts.print;
        if let Some(known) = self.state.known.get(&order.id) {
            if known.fingerprint != fingerprint {
                return Err(LEDGER_KEY.refusal());
            }
            return known.answer.clone().map(|done| Done { fresh: false, ..done });
        }
        // Nothing is written into a book that stands still, not even the refusal: the same order may be asked again.
        if self.stopped(order.book_id) {
            return Err(LEDGER_STOPPED.refusal());
        }
        let at = self.open_moment(order.book_id);
        let answer = self.decide(order, facts);
        let moved = self.effects.transfers.last().is_some_and(|last| last.id == order.id);
        if !moved {
            self.effects.burnt.push(Burnt { id: order.id, fingerprint, at, answer: answer.clone() });
        }
        self.state.known.insert(order.id, Known { fingerprint, answer: answer.clone() });
        answer
    }

    fn decide(&mut self, order: &Order, facts: &Facts) -> Outcome<Done> {
        let print = facts.print;
        if order.what.moves() && self.closed(order.book_id) {
            return Err(LEDGER_MONTH.refusal());
        }
        match &order.what {
            What::TopUp { budget_id, amount_cents, bank_line_id } => {
                self.top_up(order, print, *budget_id, *amount_cents, *bank_line_id)
            }
            What::Move { .. } => self.shift(order, print),
            What::Issue { .. } => self.issue(order, facts),
            What::Pay { .. } => self.pay(order, facts),
            What::Hold { .. } => self.hold(order, facts),
            What::Capture { hold_id, amount_cents } => self.capture(order, print, *hold_id, *amount_cents),
            What::Release { hold_id } => self.release(order, *hold_id),
            What::Refund { payment_id, amount_cents, reason, grace_until } => {
                self.refund(order, print, (*payment_id, *amount_cents), reason, *grace_until)
            }
            What::Expire { lot_id, today } => self.expire(order, print, *lot_id, *today),
            What::Reverse { transfer_id, reason } => self.reverse(order, print, *transfer_id, reason),
            What::TakeBack { transfer_id, reason } => self.take_back(order, print, *transfer_id, reason),
        }
    }

    /// The ledger's time in a book: the machine's, but never before what is written, nor within a day that is shut
    /// ([`super::day`]).
    fn open_moment(&self, book: Id) -> Time {
        self.state.books.get(&book).map_or(self.moment.now, |book| book.at.max(self.moment.now))
    }

    /// The ledger's day in a book.
    fn day(&self, book: Id) -> Day {
        china_day(self.open_moment(book))
    }

    /// Whether the ledger's day in a book lies in a month that is closed: only when a machine's clock is wrong.
    fn closed(&self, book: Id) -> bool {
        let open_from = self.state.books.get(&book).and_then(|book| book.open_from);
        open_from.is_some_and(|from| self.day(book) < from)
    }

    /// Whether a book stands still, since its figures do not agree.
    fn stopped(&self, book: Id) -> bool {
        self.state.books.get(&book).is_some_and(|book| book.stopped)
    }

    /// An account of the order's book and of a kind that fits.
    fn account(&self, order: &Order, id: Id, fits: impl Fn(AccountKind) -> bool) -> Result<&Account, Refusal> {
        let account = self.state.accounts.get(&id).filter(|one| one.book_id == order.book_id && fits(one.kind));
        account.ok_or_else(|| LEDGER_ACCOUNT.refusal())
    }

    /// Refuses when one of them is frozen; what is not opened yet is not.
    fn thawed(&self, accounts: [Id; 2]) -> Result<(), Refusal> {
        let frozen = |id: &Id| self.state.accounts.get(id).is_some_and(|one| one.frozen);
        if accounts.iter().any(frozen) { Err(LEDGER_FROZEN.refusal()) } else { Ok(()) }
    }

    /// What both accounts have once an amount went from the one to the other.
    fn after(&self, debit_id: Id, credit_id: Id, amount_cents: i64) -> Result<(i64, i64), Refusal> {
        let missing = || LEDGER_ACCOUNT.refusal();
        let debit = self.state.accounts.get(&debit_id).ok_or_else(missing)?;
        let credit = self.state.accounts.get(&credit_id).ok_or_else(missing)?;
        if !debit.affords(amount_cents) {
            return Err(short(debit.kind));
        }
        let beyond = || LEDGER_AMOUNT.refusal();
        let debit_after = debit.balance_cents.checked_sub(amount_cents).ok_or_else(beyond)?;
        let credit_after = credit.balance_cents.checked_add(amount_cents).ok_or_else(beyond)?;
        Ok((debit_after, credit_after))
    }

    /// The last check and the only way in which balances change.
    fn post(&mut self, order: &Order, fingerprint: [u8; 32], entry: &Entry<'_>) -> Outcome<Done> {
        let (debit_after, credit_after) = self.after(entry.debit_id, entry.credit_id, entry.amount_cents)?;
        let sides = [entry.debit_id, entry.credit_id].map(|id| self.state.accounts.get(&id));
        let of_budget = sides.into_iter().flatten().find(|one| one.kind == AccountKind::Budget);
        let node_id = of_budget.and_then(|one| one.owner_id);
        let at = self.open_moment(order.book_id);
        let book = self.state.books.get_mut(&order.book_id).ok_or_else(|| LEDGER_ACCOUNT.refusal())?;
        (book.seq, book.at) = (book.seq + 1, at);
        let seq = book.seq;
        for (id, after) in [(entry.debit_id, debit_after), (entry.credit_id, credit_after)] {
            if let Some(account) = self.state.accounts.get_mut(&id) {
                (account.balance_cents, account.seq) = (after, seq);
            }
            self.effects.accounts.insert(id);
        }
        self.effects.books.insert(order.book_id);
        self.effects.transfers.push(Transfer {
            id: order.id,
            fingerprint,
            book_id: order.book_id,
            seq,
            kind: entry.kind,
            debit_id: entry.debit_id,
            credit_id: entry.credit_id,
            amount_cents: entry.amount_cents,
            debit_after_cents: debit_after,
            credit_after_cents: credit_after,
            reason: entry.reason.to_owned(),
            subject_id: entry.subject_id,
            shop_id: entry.shop_id,
            actor_id: order.by,
            reverses_id: entry.reverses_id,
            hold_id: entry.hold_id,
            bank_line_id: entry.bank_line_id,
            node_id,
            at,
        });
        let (amount_cents, transfer_id) = (entry.amount_cents, order.id);
        let (debit_after_cents, credit_after_cents) = (debit_after, credit_after);
        Ok(Done { transfer_id, amount_cents, debit_after_cents, credit_after_cents, seq, at, fresh: true })
    }

    /// Changes what is left of a lot, and writes down by which transfer.
    fn use_lot(&mut self, transfer_id: Id, lot_id: Id, amount_cents: i64) {
        self.change_lot(lot_id, amount_cents, 0);
        self.effects.uses.push(Use { transfer_id, lot_id, amount_cents });
    }

    /// Takes from a lot what goes back to its budget, and adds it up there as what it is.
    fn back_to_budget(&mut self, (transfer_id, lot_id): (Id, Id), cents: i64, sum: fn(&mut Lot) -> &mut i64) {
        self.use_lot(transfer_id, lot_id, -cents);
        if let Some(mut lot) = self.state.lot(lot_id).cloned() {
            *sum(&mut lot) += cents;
            self.state.put_lot(lot);
            self.effects.lots_back.insert(lot_id);
        }
    }

    fn change_lot(&mut self, lot_id: Id, left_cents: i64, held_cents: i64) {
        if let Some(mut lot) = self.state.lot(lot_id).cloned() {
            lot.left_cents += left_cents;
            lot.held_cents += held_cents;
            self.state.put_lot(lot);
            self.effects.lots.insert(lot_id);
        }
    }
}

/// Above zero and not beyond all measure.
fn amount(amount_cents: i64) -> Result<(), Refusal> {
    if (1..=MOST_CENTS).contains(&amount_cents) { Ok(()) } else { Err(LEDGER_AMOUNT.refusal()) }
}

/// What somebody is told who has not enough.
#[must_use]
pub fn short(kind: AccountKind) -> Refusal {
    if kind == AccountKind::Budget { LEDGER_BUDGET.refusal() } else { LEDGER_SHORT.refusal() }
}

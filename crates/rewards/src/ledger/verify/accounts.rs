//! Books and accounts: read first, and held against their history last.

use std::collections::BTreeMap;

use kernel::{Id, Result};
use sea_orm::ConnectionTrait;

use super::{AccountSeen, Audit, BookSeen, BookSums, Report};
use crate::ledger::account::account_id;
use crate::ledger::engine::rows::Account;
use crate::ledger::order::AccountKind;
use crate::ledger::read;

impl<C: ConnectionTrait> Audit<'_, C> {
    pub(super) async fn load_books(&mut self) -> Result<()> {
        for row in self.rows("SELECT id, seq, at FROM ledger_book", []).await? {
            let (seq, at) = (row.try_get("", "seq")?, row.try_get("", "at")?);
            self.books.insert(row.try_get("", "id")?, BookSeen { seq, at, last_seq: 0, last_at: None, sum: 0 });
            self.report.books += 1;
        }
        Ok(())
    }

    pub(super) async fn load_accounts(&mut self) -> Result<()> {
        let mut after = Id::nil();
        loop {
            let rows = self.page(read::ACCOUNT, after).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.try_get("", "id")?;
            for row in &rows {
                self.take_account(&read::account(row)?);
            }
        }
    }

    /// Looks at an account by itself, and takes it in as one without a history.
    pub(super) fn take_account(&mut self, one: &Account) {
        let (report, id) = (&mut self.report, one.id);
        report.accounts += 1;
        report.about = Some(one.book_id);
        let named = account_id(one.book_id, one.kind, one.owner_id, &one.purpose, one.fiscal_year);
        report.check(named == id, "I13", || format!("account {id} does not have the id of what it says"));
        let bound = matches!(one.kind, AccountKind::Budget | AccountKind::Wallet);
        let floored = !bound || one.floor_cents.is_some_and(|floor| floor >= 0);
        report.check(floored, "I8", || format!("account {id} may fall below zero"));
        self.accounts.insert(id, AccountSeen::of(one));
    }

    pub(super) fn sum_up(&mut self) {
        let blank = |id: &Id| (*id, BookSums { book_id: *id, ..BookSums::default() });
        let mut sums: BTreeMap<Id, BookSums> = self.books.keys().map(blank).collect();
        for one in self.accounts.values() {
            let Some(book) = sums.get_mut(&one.book_id) else { continue };
            let cents = i128::from(one.running_cents);
            match one.kind {
                // The account at the bank is below zero by what is there.
                AccountKind::Custody => book.custody_cents -= cents,
                AccountKind::Budget => book.budget_cents += cents,
                AccountKind::Wallet => book.wallet_cents += cents,
                AccountKind::Merchant => book.merchant_cents += cents,
                AccountKind::Escrow | AccountKind::Expiry | AccountKind::Adjustment => book.other_cents += cents,
            }
        }
        self.report.sums = sums.into_values().collect();
    }

    pub(super) fn check_accounts(&mut self) {
        let report = &mut self.report;
        for (id, one) in &self.accounts {
            one.check(*id, report);
            match self.books.get_mut(&one.book_id) {
                Some(book) => book.sum += i128::from(one.balance_cents),
                None => report.fault("I1", format!("account {id} is in no book")),
            }
        }
        self.check_books();
    }

    pub(super) fn check_books(&mut self) {
        let report = &mut self.report;
        for (id, book) in &self.books {
            report.about = Some(*id);
            report.check(book.sum == 0, "I1", || format!("the balances of book {id} are {} over all", book.sum));
            report.check(book.seq == book.last_seq, "I4", || {
                format!("book {id} says its last number is {}, it is {}", book.seq, book.last_seq)
            });
            let on_time = book.last_at.is_none_or(|at| at <= book.at);
            report.check(on_time, "I4", || format!("book {id} has a transfer after its own time"));
        }
    }
}

impl AccountSeen {
    fn of(one: &Account) -> Self {
        Self {
            book_id: one.book_id,
            kind: one.kind,
            owner_id: one.owner_id,
            balance_cents: one.balance_cents,
            held_cents: one.held_cents,
            floor_cents: one.floor_cents,
            seq: one.seq,
            running_cents: 0,
            last_seq: 0,
            open_lots_cents: 0,
            open_holds_cents: 0,
        }
    }

    /// Against its history.
    pub(super) fn check(&self, id: Id, report: &mut Report) {
        let Self { balance_cents, held_cents, running_cents, open_holds_cents, .. } = *self;
        report.about = Some(self.book_id);
        report.check(balance_cents == running_cents, "I2", || {
            format!("account {id} says {balance_cents}, its transfers say {running_cents}")
        });
        report.check(held_cents == open_holds_cents, "I2", || {
            format!("account {id} holds {held_cents}, its open holds say {open_holds_cents}")
        });
        report.check(self.seq == self.last_seq, "I4", || {
            format!("account {id} says its last transfer is {}, it is {}", self.seq, self.last_seq)
        });
        let free = i128::from(balance_cents) - i128::from(held_cents);
        let floored = self.floor_cents.is_none_or(|floor| free >= i128::from(floor));
        report.check(floored, "I3", || format!("account {id} is below its floor: {free}"));
        let lots = if self.kind == AccountKind::Wallet { balance_cents } else { 0 };
        report.check(self.open_lots_cents == lots, "I5", || {
            format!("account {id} should have open lots of {lots}, they are {}", self.open_lots_cents)
        });
    }
}

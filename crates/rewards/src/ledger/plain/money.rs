//! Top-ups, moves, issues and reversals.

use kernel::{Id, Result};

use super::{Plain, entry, sound, thawed};
use crate::ledger::account::{custody_id, wallet_id};
use crate::ledger::engine::rows::{Lot, Past};
use crate::ledger::kind::{TransferKind, fits};
use crate::ledger::order::{AccountKind, Done, What};
use crate::ledger::{LEDGER_ACCOUNT, LEDGER_BANK_LINE, LEDGER_DAY, LEDGER_REVERSED, LEDGER_SPENT, read};

impl Plain<'_> {
    pub(super) async fn top_up(&self, budget_id: Id, cents: i64, bank_line: Id) -> Result<Done> {
        sound(cents)?;
        let budget = self.account(budget_id).await?;
        if budget.kind != AccountKind::Budget {
            return Err(LEDGER_ACCOUNT.refusal().into());
        }
        if self.one("SELECT id FROM transfer WHERE bank_line_id = $1", [bank_line.into()]).await?.is_some() {
            return Err(LEDGER_BANK_LINE.refusal().into());
        }
        let custody = custody_id(self.order.book_id);
        thawed([&budget].into_iter().chain(self.find_account(custody).await?.as_ref()))?;
        self.open_account(custody, AccountKind::Custody, None, None).await?;
        let entry = entry(TransferKind::TopUp, custody, budget_id, cents, "");
        self.post(super::Entry { bank_line: Some(bank_line), ..entry }).await
    }

    pub(super) async fn shift(&self) -> Result<Done> {
        let What::Move { from, to, amount_cents, kind, reason, subject_id } = &self.order.what else {
            return Err(LEDGER_ACCOUNT.refusal().into());
        };
        sound(*amount_cents)?;
        let (giver, taker) = (self.account(*from).await?, self.account(*to).await?);
        if from == to || !fits(*kind, giver.kind, taker.kind) {
            return Err(LEDGER_ACCOUNT.refusal().into());
        }
        thawed([&giver, &taker])?;
        let entry = entry(TransferKind::Move(*kind), *from, *to, *amount_cents, reason);
        self.post(super::Entry { subject: *subject_id, ..entry }).await
    }

    pub(super) async fn issue(&self) -> Result<Done> {
        let What::Issue { budget_id, person_id, amount_cents, expires_on, reason, subject_id } = &self.order.what
        else {
            return Err(LEDGER_ACCOUNT.refusal().into());
        };
        sound(*amount_cents)?;
        let budget = self.account(*budget_id).await?;
        let issuer = budget.owner_id.filter(|_| budget.kind == AccountKind::Budget);
        let issuer = issuer.ok_or_else(|| LEDGER_ACCOUNT.refusal())?;
        if *expires_on < self.today() {
            return Err(LEDGER_DAY.refusal().into());
        }
        let wallet = wallet_id(self.order.book_id, *person_id);
        thawed([&budget].into_iter().chain(self.find_account(wallet).await?.as_ref()))?;
        if !budget.affords(*amount_cents) {
            return Err(super::LEDGER_BUDGET.refusal().into());
        }
        self.open_account(wallet, AccountKind::Wallet, Some(*person_id), Some(0)).await?;
        let entry = entry(TransferKind::Issue, *budget_id, wallet, *amount_cents, reason);
        let done = self.post(super::Entry { subject: *subject_id, ..entry }).await?;
        let lot = Lot {
            id: self.order.id,
            book_id: self.order.book_id,
            account_id: wallet,
            issuer_id: issuer,
            budget_id: *budget_id,
            transfer_id: self.order.id,
            grace_of: None,
            amount_cents: *amount_cents,
            left_cents: *amount_cents,
            held_cents: 0,
            expired_cents: 0,
            reversed_cents: 0,
            expires_on: *expires_on,
            seq: done.seq,
        };
        self.new_lot(&lot).await?;
        Ok(done)
    }

    pub(super) async fn reverse(&self, of: Id, reason: &str) -> Result<Done> {
        let past = self.past(of).await?.ok_or_else(|| LEDGER_ACCOUNT.refusal())?;
        let again = self.reversed(of).await?;
        let mut whole = true;
        if past.kind == TransferKind::Issue {
            let lot = self.lot(of).await?;
            whole = lot.is_some_and(|lot| lot.left_cents == lot.amount_cents && lot.held_cents == 0);
        }
        if again || !whole || !past.kind.is_reversible() {
            return Err(LEDGER_REVERSED.refusal().into());
        }
        let (giver, taker) = (self.account(past.credit_id).await?, self.account(past.debit_id).await?);
        thawed([&giver, &taker])?;
        let entry = entry(TransferKind::Reverse, past.credit_id, past.debit_id, past.amount_cents, reason);
        let done = self.post(super::Entry { subject: past.subject_id, reverses: Some(of), ..entry }).await?;
        if past.kind == TransferKind::Issue {
            self.take_reversed(of, past.amount_cents).await?;
        }
        Ok(done)
    }

    pub(super) async fn take_back(&self, of: Id, reason: &str) -> Result<Done> {
        let past = self.past(of).await?.ok_or_else(|| LEDGER_ACCOUNT.refusal())?;
        if past.kind != TransferKind::Issue || self.reversed(of).await? {
            return Err(LEDGER_REVERSED.refusal().into());
        }
        let cents = self.lot(of).await?.map_or(0, |lot| lot.left_cents - lot.held_cents);
        if cents == 0 {
            return Err(LEDGER_SPENT.refusal().into());
        }
        let (wallet, budget) = (self.account(past.credit_id).await?, self.account(past.debit_id).await?);
        thawed([&wallet, &budget])?;
        let entry = entry(TransferKind::Reverse, wallet.id, budget.id, cents, reason);
        let done = self.post(super::Entry { subject: past.subject_id, reverses: Some(of), ..entry }).await?;
        self.take_reversed(of, cents).await?;
        Ok(done)
    }

    async fn take_reversed(&self, lot: Id, cents: i64) -> Result<()> {
        self.use_lot(lot, -cents).await?;
        let count = "UPDATE lot SET reversed_cents = reversed_cents + $2 WHERE id = $1";
        self.tx.execute_sql(count, [lot.into(), cents.into()]).await?;
        Ok(())
    }

    async fn reversed(&self, of: Id) -> Result<bool> {
        let before = "SELECT id FROM transfer WHERE reverses_id = $1 AND kind = 'reverse'";
        Ok(self.one(before, [of.into()]).await?.is_some())
    }

    /// A transfer of this book.
    pub(super) async fn past(&self, id: Id) -> Result<Option<Past>> {
        let row = self.one(&format!("{} WHERE id = $1", read::PAST), [id.into()]).await?;
        let past = row.map(|row| read::past(&row)).transpose()?;
        Ok(past.filter(|past| past.book_id == self.order.book_id))
    }

    async fn open_account(&self, id: Id, kind: AccountKind, owner: Option<Id>, floor: Option<i64>) -> Result<()> {
        let sql = "INSERT INTO ledger_account (id, book_id, kind, owner_id, purpose, fiscal_year, balance_cents,
            held_cents, floor_cents, seq) VALUES ($1, $2, $3, $4, '', 0, 0, 0, $5, 0) ON CONFLICT DO NOTHING";
        let values = [id.into(), self.order.book_id.into(), kind.as_str().into(), owner.into(), floor.into()];
        self.tx.execute_sql(sql, values).await?;
        Ok(())
    }
}

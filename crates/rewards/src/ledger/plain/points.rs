//! What members do with points.

use kernel::time::Day;
use kernel::{Id, Result};

use super::{Plain, entry, sound, thawed};
use crate::ledger::account::wallet_id;
use crate::ledger::engine::grace_id;
use crate::ledger::engine::rows::{Hold, HoldState, Lot};
use crate::ledger::kind::{TransferKind, is_paid};
use crate::ledger::order::{Done, What};
use crate::ledger::{EXPIRED, LEDGER_ACCOUNT, LEDGER_EXPIRY, LEDGER_HOLD_DONE, LEDGER_REFUND, LEDGER_SHORT, read};

impl Plain<'_> {
    pub(super) async fn pay(&self) -> Result<Done> {
        let What::Pay { person_id, merchant_account_id: to, amount_cents, shop_id, reason, subject_id } =
            &self.order.what
        else {
            return Err(LEDGER_ACCOUNT.refusal().into());
        };
        let (wallet, parts) = self.spend(*person_id, *to, *amount_cents).await?;
        let entry = entry(TransferKind::Pay, wallet, *to, *amount_cents, reason);
        let done = self.post(super::Entry { subject: *subject_id, shop: *shop_id, ..entry }).await?;
        for (lot, part) in parts {
            self.use_lot(lot, -part).await?;
        }
        Ok(done)
    }

    pub(super) async fn hold(&self) -> Result<Done> {
        let What::Hold { person_id, to, amount_cents, expires_at, shop_id, reason, subject_id } = &self.order.what
        else {
            return Err(LEDGER_ACCOUNT.refusal().into());
        };
        sound(*amount_cents)?;
        if *expires_at <= self.at {
            return Err(LEDGER_HOLD_DONE.refusal().into());
        }
        let (wallet, parts) = self.spend(*person_id, *to, *amount_cents).await?;
        let event = self.tx.record(kernel::event::Event::of("hold.placed", "hold", self.order.id)).await?;
        let sql = "INSERT INTO ledger_hold (id, book_id, account_id, to_id, amount_cents, state, captured_cents,
            expires_at, reason, subject_id, actor_id, event_id, held_at, shop_id)
            VALUES ($1, $2, $3, $4, $5, 'held', 0, $6, $7, $8, $9, $10, $11, $12)";
        let values = [
            self.order.id.into(),
            self.order.book_id.into(),
            wallet.into(),
            (*to).into(),
            (*amount_cents).into(),
            (*expires_at).into(),
            reason.clone().into(),
            (*subject_id).into(),
            self.order.by.into(),
            event.into(),
            self.at.into(),
            (*shop_id).into(),
        ];
        self.tx.execute_sql(sql, values).await?;
        for (lot, part) in parts {
            let pin = "INSERT INTO lot_hold (hold_id, lot_id, amount_cents) VALUES ($1, $2, $3)";
            self.tx.execute_sql(pin, [self.order.id.into(), lot.into(), part.into()]).await?;
            let lot_held = "UPDATE lot SET held_cents = held_cents + $2 WHERE id = $1";
            self.tx.execute_sql(lot_held, [lot.into(), part.into()]).await?;
        }
        let held = "UPDATE ledger_account SET held_cents = held_cents + $2 WHERE id = $1";
        self.tx.execute_sql(held, [wallet.into(), (*amount_cents).into()]).await?;
        self.held(self.order.id, wallet, *to, *amount_cents).await
    }

    pub(super) async fn capture(&self, hold_id: Id, cents: i64) -> Result<Done> {
        sound(cents)?;
        let hold = self.open_hold(hold_id).await?;
        if hold.amount_cents < cents || self.at >= hold.expires_at {
            return Err(LEDGER_HOLD_DONE.refusal().into());
        }
        let (wallet, to) = (self.account(hold.account_id).await?, self.account(hold.to_id).await?);
        thawed([&wallet, &to])?;
        if to.balance_cents.checked_add(cents).is_none() {
            return Err(super::LEDGER_AMOUNT.refusal().into());
        }
        let pins = self.free(&hold).await?;
        let entry = entry(TransferKind::Capture, hold.account_id, hold.to_id, cents, &hold.reason);
        let entry = super::Entry { subject: hold.subject_id, shop: hold.shop_id, hold: Some(hold_id), ..entry };
        let done = self.post(entry).await?;
        let mut rest = cents;
        for (lot, pinned) in pins {
            let part = pinned.min(rest);
            rest -= part;
            if part > 0 {
                self.use_lot(lot, -part).await?;
            }
        }
        self.resolve(hold_id, HoldState::Captured, cents).await?;
        Ok(done)
    }

    pub(super) async fn release(&self, hold_id: Id) -> Result<Done> {
        let hold = self.open_hold(hold_id).await?;
        self.free(&hold).await?;
        self.resolve(hold_id, HoldState::Released, 0).await?;
        self.tx.record(kernel::event::Event::of("hold.released", "hold", hold_id)).await?;
        self.held(hold_id, hold.account_id, hold.to_id, hold.amount_cents).await
    }

    pub(super) async fn refund(&self, of: Id, cents: i64, reason: &str, grace_until: Day) -> Result<Done> {
        sound(cents)?;
        let past = self.past(of).await?.filter(|past| past.kind.is_payment());
        let past = past.ok_or_else(|| LEDGER_REFUND.refusal())?;
        let before = self.refunded(of).await?;
        if before + cents > past.amount_cents {
            return Err(LEDGER_REFUND.refusal().into());
        }
        let (merchant, wallet) = (self.account(past.credit_id).await?, self.account(past.debit_id).await?);
        thawed([&merchant, &wallet])?;
        let entry = entry(TransferKind::Refund, merchant.id, wallet.id, cents, reason);
        let entry = super::Entry { subject: past.subject_id, shop: past.shop_id, reverses: Some(of), ..entry };
        let done = self.post(entry).await?;
        // Fen by fen from the newest split: those of earlier refunds are passed over.
        let newest = "SELECT u.lot_id, u.amount_cents FROM lot_use u JOIN lot l ON l.id = u.lot_id
            WHERE u.transfer_id = $1 ORDER BY l.expires_on DESC, l.seq DESC, l.id DESC";
        let (mut from, to) = (0, before + cents);
        for row in self.all(newest, [of.into()]).await? {
            let (id, used): (Id, i64) = (row.try_get("", "lot_id")?, -row.try_get::<i64>("", "amount_cents")?);
            let part = to.min(from + used) - before.max(from).min(from + used);
            from += used;
            if part > 0 {
                self.give_back(id, part, grace_until, done.seq).await?;
            }
        }
        Ok(done)
    }

    /// What went back of a payment so far.
    pub(super) async fn refunded(&self, of: Id) -> Result<i64> {
        let sum = "SELECT CAST(COALESCE(SUM(amount_cents), 0) AS bigint) AS n FROM transfer
            WHERE reverses_id = $1 AND kind = 'refund'";
        let row = self.one(sum, [of.into()]).await?;
        Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or_default())
    }

    async fn give_back(&self, id: Id, cents: i64, grace_until: Day, seq: i64) -> Result<()> {
        let lot = self.lot(id).await?.ok_or_else(|| kernel::Error::internal("a use of no lot"))?;
        if self.today() <= lot.expires_on {
            return self.use_lot(id, cents).await;
        }
        let grace = Lot {
            id: grace_id(self.order.id, id),
            transfer_id: self.order.id,
            grace_of: Some(id),
            amount_cents: cents,
            left_cents: cents,
            held_cents: 0,
            expired_cents: 0,
            reversed_cents: 0,
            expires_on: grace_until,
            seq,
            ..lot
        };
        self.new_lot(&grace).await?;
        self.write_use(grace.id, cents).await
    }

    pub(super) async fn expire(&self, lot_id: Id, today: Day) -> Result<Done> {
        let lot = self.lot(lot_id).await?.filter(|lot| lot.book_id == self.order.book_id);
        let lot = lot.ok_or_else(|| LEDGER_ACCOUNT.refusal())?;
        let cents = lot.left_cents - lot.held_cents;
        if lot.expires_on >= today || lot.expires_on >= self.today() || cents == 0 {
            return Err(LEDGER_EXPIRY.refusal().into());
        }
        let (wallet, budget) = (self.account(lot.account_id).await?, self.account(lot.budget_id).await?);
        thawed([&wallet, &budget])?;
        let done = self.post(entry(TransferKind::Expire, wallet.id, budget.id, cents, EXPIRED)).await?;
        self.use_lot(lot_id, -cents).await?;
        let count = "UPDATE lot SET expired_cents = expired_cents + $2 WHERE id = $1";
        self.tx.execute_sql(count, [lot_id.into(), cents.into()]).await?;
        Ok(done)
    }

    /// The wallet of who spends, and of which lots.
    async fn spend(&self, person: Id, to: Id, cents: i64) -> Result<(Id, Vec<(Id, i64)>)> {
        sound(cents)?;
        let to = self.account(to).await?;
        if !is_paid(to.kind) {
            return Err(LEDGER_ACCOUNT.refusal().into());
        }
        let wallet = self.find_account(wallet_id(self.order.book_id, person)).await?;
        let wallet = wallet.ok_or_else(|| LEDGER_SHORT.refusal())?;
        thawed([&wallet, &to])?;
        let (mut rest, mut parts) = (cents, Vec::new());
        for lot in self.free_lots(wallet.id).await? {
            let part = rest.min(lot.left_cents - lot.held_cents);
            rest -= part;
            if part > 0 {
                parts.push((lot.id, part));
            }
        }
        if rest > 0 { Err(LEDGER_SHORT.refusal().into()) } else { Ok((wallet.id, parts)) }
    }

    /// Lots of a wallet that can be spent, first-expiring first.
    pub(super) async fn free_lots(&self, wallet: Id) -> Result<Vec<Lot>> {
        let sql = format!(
            "{} WHERE account_id = $1 AND expires_on >= $2 AND left_cents > held_cents ORDER BY expires_on, seq, id",
            read::LOT
        );
        self.all(&sql, [wallet.into(), self.today().into()]).await?.iter().map(read::lot).collect()
    }

    pub(super) async fn lot(&self, id: Id) -> Result<Option<Lot>> {
        let row = self.one(&format!("{} WHERE id = $1", read::LOT), [id.into()]).await?;
        row.map(|row| read::lot(&row)).transpose()
    }

    pub(super) async fn use_lot(&self, id: Id, cents: i64) -> Result<()> {
        let change = "UPDATE lot SET left_cents = left_cents + $2, is_open = (left_cents + $2 > 0) WHERE id = $1";
        self.tx.execute_sql(change, [id.into(), cents.into()]).await?;
        self.write_use(id, cents).await
    }

    async fn write_use(&self, id: Id, cents: i64) -> Result<()> {
        let write = "INSERT INTO lot_use (transfer_id, lot_id, amount_cents) VALUES ($1, $2, $3)";
        self.tx.execute_sql(write, [self.order.id.into(), id.into(), cents.into()]).await?;
        Ok(())
    }

    pub(super) async fn new_lot(&self, lot: &Lot) -> Result<()> {
        let sql = "INSERT INTO lot (id, book_id, account_id, issuer_id, budget_id, transfer_id, grace_of, amount_cents,
            left_cents, held_cents, expired_cents, reversed_cents, is_open, expires_on, seq)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
        let values = [
            lot.id.into(),
            lot.book_id.into(),
            lot.account_id.into(),
            lot.issuer_id.into(),
            lot.budget_id.into(),
            lot.transfer_id.into(),
            lot.grace_of.into(),
            lot.amount_cents.into(),
            lot.left_cents.into(),
            lot.held_cents.into(),
            lot.expired_cents.into(),
            lot.reversed_cents.into(),
            true.into(),
            lot.expires_on.into(),
            lot.seq.into(),
        ];
        self.tx.execute_sql(sql, values).await?;
        Ok(())
    }

    async fn open_hold(&self, id: Id) -> Result<Hold> {
        let row = self.one(&format!("{} WHERE id = $1", read::HOLD), [id.into()]).await?;
        let hold = row.map(|row| read::hold(&row)).transpose()?;
        let open = |hold: &Hold| hold.state == HoldState::Held && hold.book_id == self.order.book_id;
        Ok(hold.filter(open).ok_or_else(|| LEDGER_HOLD_DONE.refusal())?)
    }

    /// Nothing of it is held any more; answers of which lots it was.
    async fn free(&self, hold: &Hold) -> Result<Vec<(Id, i64)>> {
        let held = "UPDATE ledger_account SET held_cents = held_cents - $2 WHERE id = $1";
        self.tx.execute_sql(held, [hold.account_id.into(), hold.amount_cents.into()]).await?;
        let sql = "SELECT h.lot_id, h.amount_cents FROM lot_hold h JOIN lot l ON l.id = h.lot_id WHERE h.hold_id = $1
            ORDER BY l.expires_on, l.seq, l.id";
        let mut pins = Vec::new();
        for row in self.all(sql, [hold.id.into()]).await? {
            let (lot, part): (Id, i64) = (row.try_get("", "lot_id")?, row.try_get("", "amount_cents")?);
            let lot_held = "UPDATE lot SET held_cents = held_cents - $2 WHERE id = $1";
            self.tx.execute_sql(lot_held, [lot.into(), part.into()]).await?;
            pins.push((lot, part));
        }
        Ok(pins)
    }

    async fn resolve(&self, hold: Id, state: HoldState, cents: i64) -> Result<()> {
        let sql = "UPDATE ledger_hold SET state = $2, captured_cents = $3, resolved_at = $4, resolved_by = $5
            WHERE id = $1";
        let values = [hold.into(), state.as_str().into(), cents.into(), self.at.into(), self.order.id.into()];
        self.tx.execute_sql(sql, values).await?;
        Ok(())
    }

    /// The answer where no money moves; the book's time goes on.
    async fn held(&self, hold: Id, wallet: Id, to: Id, amount_cents: i64) -> Result<Done> {
        let (wallet, to) = (self.account(wallet).await?, self.account(to).await?);
        let book = "UPDATE ledger_book SET at = $2 WHERE id = $1 RETURNING seq";
        let row = self.one(book, [self.order.book_id.into(), self.at.into()]).await?;
        let seq: i64 = row.map(|row| row.try_get("", "seq")).transpose()?.unwrap_or_default();
        let (transfer_id, debit_after_cents) = (hold, wallet.balance_cents - wallet.held_cents);
        let (credit_after_cents, at) = (to.balance_cents, self.at);
        Ok(Done { transfer_id, amount_cents, debit_after_cents, credit_after_cents, seq, at, fresh: true })
    }
}

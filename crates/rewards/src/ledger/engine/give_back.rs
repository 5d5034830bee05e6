//! Points go back: a refund to the lots of the payment, an expired lot to its budget.

use kernel::Id;
use kernel::combine::Outcome;
use kernel::time::Day;

use super::rows::{Lot, Past, Use};
use super::{Engine, Entry, amount};
use crate::ledger::account::derived;
use crate::ledger::kind::TransferKind;
use crate::ledger::order::{Done, Order};
use crate::ledger::{EXPIRED, LEDGER_ACCOUNT, LEDGER_EXPIRY, LEDGER_REFUND};

impl Engine {
    pub(super) fn refund(
        &mut self,
        order: &Order,
        print: [u8; 32],
        (payment_id, cents): (Id, i64),
        reason: &str,
        grace_until: Day,
    ) -> Outcome<Done> {
        amount(cents)?;
        let past = self.state.past.get(&payment_id);
        let past = past.filter(|past| past.book_id == order.book_id && past.kind.is_payment()).cloned();
        let past = past.ok_or_else(|| LEDGER_REFUND.refusal())?;
        if cents > past.amount_cents - past.refunded_cents {
            return Err(LEDGER_REFUND.refusal());
        }
        self.thawed([past.credit_id, past.debit_id])?;
        let entry = Entry::new(TransferKind::Refund, past.credit_id, past.debit_id, cents, reason);
        let entry =
            Entry { subject_id: past.subject_id, shop_id: past.shop_id, reverses_id: Some(payment_id), ..entry };
        let done = self.post(order, print, &entry)?;
        let today = self.day(order.book_id);
        for (lot_id, part) in returned(&past, cents) {
            match self.state.lot(lot_id).cloned() {
                Some(lot) if lot.expires_on < today => self.grace(order.id, &lot, part, grace_until, done.seq),
                _ => self.use_lot(order.id, lot_id, part),
            }
        }
        if let Some(past) = self.state.past.get_mut(&payment_id) {
            past.refunded_cents += cents;
        }
        let between = (past.credit_id, past.debit_id, cents);
        self.remember(order, TransferKind::Refund, between, past.subject_id, Vec::new());
        Ok(done)
    }

    /// A lot of its own for what goes back to one that has expired: it begins with nothing and gets the part like any
    /// other.
    fn grace(&mut self, refund_id: Id, of: &Lot, cents: i64, until: Day, seq: i64) {
        let lot = Lot {
            id: grace_id(refund_id, of.id),
            transfer_id: refund_id,
            grace_of: Some(of.id),
            amount_cents: cents,
            left_cents: cents,
            held_cents: 0,
            expired_cents: 0,
            reversed_cents: 0,
            expires_on: until,
            seq,
            ..of.clone()
        };
        self.effects.lots.insert(lot.id);
        self.effects.uses.push(Use { transfer_id: refund_id, lot_id: lot.id, amount_cents: cents });
        self.state.put_lot(lot);
    }

    pub(super) fn expire(&mut self, order: &Order, print: [u8; 32], lot_id: Id, today: Day) -> Outcome<Done> {
        let lot = self.state.lot(lot_id).filter(|lot| lot.book_id == order.book_id);
        let lot = lot.cloned().ok_or_else(|| LEDGER_ACCOUNT.refusal())?;
        let over = lot.expires_on < today.min(self.day(order.book_id));
        if !over || lot.free_cents() == 0 {
            return Err(LEDGER_EXPIRY.refusal());
        }
        self.thawed([lot.account_id, lot.budget_id])?;
        let entry = Entry::new(TransferKind::Expire, lot.account_id, lot.budget_id, lot.free_cents(), EXPIRED);
        let done = self.post(order, print, &entry)?;
        self.back_to_budget((order.id, lot_id), done.amount_cents, |lot| &mut lot.expired_cents);
        let between = (lot.account_id, lot.budget_id, done.amount_cents);
        self.remember(order, TransferKind::Expire, between, None, Vec::new());
        Ok(done)
    }
}

/// The lot of what a refund gives back to an expired one.
#[must_use]
pub fn grace_id(refund_id: Id, lot_id: Id) -> Id {
    let text = [b"zhigong grace 1".as_slice(), refund_id.as_bytes(), lot_id.as_bytes()].concat();
    derived(&text, Some(refund_id))
}

/// Which lots get how much of a refund: newest split first, after what earlier refunds gave back.
pub(super) fn returned(past: &Past, cents: i64) -> Vec<(Id, i64)> {
    let (mut skip, mut rest, mut parts) = (past.refunded_cents, cents, Vec::new());
    for (lot, used) in past.uses.iter().rev() {
        let before = skip.min(*used);
        skip -= before;
        let part = rest.min(used - before);
        if part > 0 {
            parts.push((*lot, part));
        }
        rest -= part;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Refunded before, asked for now, and what each lot gets.
    type Case = (i64, i64, &'static [(u128, i64)]);

    #[test]
    fn the_newest_split_comes_back_first() {
        let lot = Id::from_u128;
        let past = |refunded_cents| Past {
            book_id: lot(9),
            kind: TransferKind::Pay,
            debit_id: lot(8),
            credit_id: lot(7),
            amount_cents: 60,
            subject_id: None,
            shop_id: None,
            uses: vec![(lot(1), 10), (lot(2), 20), (lot(3), 30)],
            refunded_cents,
            reversed: false,
        };
        let cases: [Case; 5] = [
            (0, 60, &[(3, 30), (2, 20), (1, 10)]),
            (0, 5, &[(3, 5)]),
            (5, 30, &[(3, 25), (2, 5)]),
            (30, 20, &[(2, 20)]),
            (59, 1, &[(1, 1)]),
        ];
        for (refunded, cents, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(id, part)| (lot(*id), *part)).collect();
            assert_eq!(returned(&past(refunded), cents), expected, "{cents} after {refunded}");
        }
    }
}

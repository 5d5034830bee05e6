//! Several books in one go: who gives how much is found first, and everything that could stop one of the parts is looked
//! at before the first is carried out.

use kernel::combine::Outcome;
use kernel::error::Refusal;
use kernel::{Error, Id, Result};

use super::give_back::returned;
use super::rows::{Burnt, Known, Lot, Past};
use super::{Engine, amount};
use crate::ledger::account::wallet_id;
use crate::ledger::facts::Facts;
use crate::ledger::joint::{GiveBack, Joint, Part, Spend};
use crate::ledger::kind::is_paid;
use crate::ledger::order::{Done, Order};
use crate::ledger::{LEDGER_ACCOUNT, LEDGER_KEY, LEDGER_MONTH, LEDGER_REFUND, LEDGER_SHORT, LEDGER_STOPPED};

impl Engine {
    /// Decides an order over several books: carried out in all that it needs, or refused.
    ///
    /// # Errors
    /// When a part is refused although nothing stood in its way; then nothing may be written.
    pub fn carry_out_joint(&mut self, joint: &Joint, whole: &[(Order, Facts)]) -> Result<Outcome<Vec<Part>>> {
        let Some((first, facts)) = whole.first() else { return Ok(Err(LEDGER_ACCOUNT.refusal())) };
        if whole.len() == 1 {
            return Ok(self.carry_out(first, facts).map(|done| vec![Part { book_id: first.book_id, done }]));
        }
        if whole.iter().any(|(order, _)| self.state.known.contains_key(&order.id)) {
            return Ok(Err(LEDGER_KEY.refusal()));
        }
        if whole.iter().any(|(order, _)| self.stopped(order.book_id)) {
            return Ok(Err(LEDGER_STOPPED.refusal()));
        }
        match self.split(joint, whole) {
            Ok(cents) => self.together(&joint.orders(&cents)).map(Ok),
            Err(refusal) => Ok(Err(self.burn(first, facts, refusal))),
        }
    }

    /// How much each book gives.
    fn split(&self, joint: &Joint, whole: &[(Order, Facts)]) -> Result<Vec<i64>, Refusal> {
        if whole.iter().any(|(order, _)| self.closed(order.book_id)) {
            return Err(LEDGER_MONTH.refusal());
        }
        amount(joint.amount_cents())?;
        let (line, missing) = match joint {
            Joint::Spend(spend) => (self.to_spend(spend, whole)?, LEDGER_SHORT),
            Joint::GiveBack(back) => (self.to_give_back(back)?, LEDGER_REFUND),
        };
        let cents = taken(&line, whole.len(), joint.amount_cents()).ok_or_else(|| missing.refusal())?;
        for ((book, of), cents) in joint.books().iter().zip(&cents).filter(|(_, cents)| **cents > 0) {
            let (debit, credit) = match joint {
                Joint::Spend(spend) => (wallet_id(*book, spend.person_id), *of),
                Joint::GiveBack(_) => self.payment((*book, *of)).map(|past| (past.credit_id, past.debit_id))?,
            };
            self.after(debit, credit, *cents)?;
        }
        Ok(cents)
    }

    /// What the wallets can give, in the order in which it is spent: places of the books, and how much.
    fn to_spend(&self, spend: &Spend, whole: &[(Order, Facts)]) -> Result<Vec<(usize, i64)>, Refusal> {
        for ((order, _), (_, to)) in whole.iter().zip(&spend.to) {
            self.account(order, *to, is_paid)?;
        }
        for ((_, facts), (_, to)) in whole.iter().zip(&spend.to) {
            self.thawed([facts.wallet(), *to])?;
        }
        let mut line = Vec::new();
        for (at, (order, facts)) in whole.iter().enumerate() {
            let today = self.day(order.book_id);
            let lots = self.state.open_lots(facts.wallet());
            for lot in lots.filter(|lot| lot.expires_on >= today && lot.free_cents() > 0) {
                let (day, seq, id) = lot.place();
                line.push(((day, at, seq, id), lot.free_cents()));
            }
        }
        line.sort_unstable();
        Ok(line.into_iter().map(|((_, at, ..), cents)| (at, cents)).collect())
    }

    /// What the payments can give back, newest split first.
    fn to_give_back(&self, back: &GiveBack) -> Result<Vec<(usize, i64)>, Refusal> {
        let payments = back.of.iter().map(|of| self.payment(*of)).collect::<Result<Vec<_>, _>>()?;
        let left: i64 = payments.iter().map(|past| past.amount_cents - past.refunded_cents).sum();
        if back.amount_cents > left {
            return Err(LEDGER_REFUND.refusal());
        }
        for past in &payments {
            self.thawed([past.credit_id, past.debit_id])?;
        }
        let mut line = Vec::new();
        for (at, past) in payments.into_iter().enumerate() {
            for (lot, cents) in returned(past, past.amount_cents - past.refunded_cents) {
                let place = self.state.lot(lot).map(Lot::place).map(|(day, seq, id)| (day, at, seq, id));
                line.push((place, at, cents));
            }
        }
        line.sort_unstable();
        Ok(line.into_iter().rev().map(|(_, at, cents)| (at, cents)).collect())
    }

    fn payment(&self, (book, of): (Id, Id)) -> Result<&Past, Refusal> {
        let past = self.state.past.get(&of).filter(|past| past.book_id == book && past.kind.is_payment());
        past.ok_or_else(|| LEDGER_REFUND.refusal())
    }

    fn together(&mut self, orders: &[Order]) -> Result<Vec<Part>> {
        let mut parts = Vec::with_capacity(orders.len());
        for order in orders {
            let odd = |refusal: Refusal| Error::internal(format!("a part of a whole was refused: {}", refusal.code));
            parts.push(Part { book_id: order.book_id, done: self.carry_out(order, &Facts::of(order)).map_err(odd)? });
        }
        Ok(parts)
    }

    /// Keeps the refusal of a whole under its id.
    fn burn(&mut self, first: &Order, facts: &Facts, refusal: Refusal) -> Refusal {
        let (fingerprint, at) = (facts.print, self.open_moment(first.book_id));
        let answer: Outcome<Done> = Err(refusal.clone());
        self.effects.burnt.push(Burnt { id: first.id, fingerprint, at, answer: answer.clone() });
        self.state.known.insert(first.id, Known { fingerprint, answer });
        refusal
    }
}

/// How much each book gives when an amount is taken from the front of the line; none when the line is too short.
fn taken(line: &[(usize, i64)], books: usize, amount_cents: i64) -> Option<Vec<i64>> {
    let (mut rest, mut cents) = (amount_cents, vec![0; books]);
    for (at, free) in line {
        let part = rest.min(*free);
        rest -= part;
        *cents.get_mut(*at)? += part;
    }
    (rest == 0).then_some(cents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_taken_from_the_front() {
        let line = [(1, 10), (0, 20), (1, 30)];
        for (cents, expected) in [
            (5, Some(vec![0, 5])),
            (10, Some(vec![0, 10])),
            (25, Some(vec![15, 10])),
            (60, Some(vec![20, 40])),
            (61, None),
        ] {
            assert_eq!(taken(&line, 2, cents), expected, "{cents}");
        }
    }
}

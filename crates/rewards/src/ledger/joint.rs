//! Orders over several books: what a member pays with all her points, and what goes back of it. All of it, or nothing.
//!
//! Money never leaves a book: such an order is one payment, or one refund, in every book that takes part. Lots of all
//! wallets stand in one line, first-expiring first; those of one day in the order in which their books are named, and
//! within a book as they were issued. What goes back goes the other way, newest split first.
//!
//! A part is a transfer like any other. The first one has the id of the whole, the others have ids that follow from it and
//! from their book. An order that names one book is the ledger's order there, in every respect. One that names several is
//! answered once: who asks keeps the answer, and the same id again is `ledger.key`.

use kernel::combine::Outcome;
use kernel::time::Day;
use kernel::{Id, Result, Tx};

use super::account::derived;
use super::engine::{Engine, Moment};
use super::facts::Facts;
use super::order::{Done, Order, What};
use super::{load, lock, write};

/// A member pays with the points of several books. Amounts are whole cents, above zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spend {
    /// 128 bit, made by the caller.
    pub id: Id,
    /// Account of who acts.
    pub by: Option<Id>,
    /// Whose wallets.
    pub person_id: Id,
    /// Books that may take part, each with the account that is paid there. Each book once.
    pub to: Vec<(Id, Id)>,
    /// How much altogether.
    pub amount_cents: i64,
    /// In which shop.
    pub shop_id: Option<Id>,
    /// For what.
    pub reason: String,
    /// What it belongs to.
    pub subject_id: Option<Id>,
}

/// Part or all of a [`Spend`] goes back to the lots it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiveBack {
    /// 128 bit, made by the caller.
    pub id: Id,
    /// Account of who acts.
    pub by: Option<Id>,
    /// Books that took part, each with its payment, in the order in which they were named when it was paid.
    pub of: Vec<(Id, Id)>,
    /// How much altogether.
    pub amount_cents: i64,
    /// Why.
    pub reason: String,
    /// Last day of what goes back to a lot that has expired meanwhile.
    pub grace_until: Day,
}

/// An order over several books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joint {
    /// A member pays.
    Spend(Spend),
    /// A payment goes back.
    GiveBack(GiveBack),
}

/// What became of it in one book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The book.
    pub book_id: Id,
    /// The answer there.
    pub done: Done,
}

impl Joint {
    /// The id of the whole.
    pub(super) fn id(&self) -> Id {
        match self {
            Self::Spend(spend) => spend.id,
            Self::GiveBack(back) => back.id,
        }
    }

    /// How much altogether.
    pub(super) fn amount_cents(&self) -> i64 {
        match self {
            Self::Spend(spend) => spend.amount_cents,
            Self::GiveBack(back) => back.amount_cents,
        }
    }

    /// Books, each with the account that is paid there, or with its payment.
    pub(super) fn books(&self) -> &[(Id, Id)] {
        match self {
            Self::Spend(spend) => &spend.to,
            Self::GiveBack(back) => &back.of,
        }
    }

    /// Everything that it may touch: one order a book, each of the whole amount.
    pub(super) fn whole(&self) -> Vec<Order> {
        self.numbered(self.books().iter().map(|book| (*book, self.amount_cents())))
    }

    /// The orders that carry it out when the books give so much each; one that gives nothing takes no part.
    pub(super) fn orders(&self, cents: &[i64]) -> Vec<Order> {
        let giving = self.books().iter().copied().zip(cents.iter().copied());
        self.numbered(giving.filter(|(_, cents)| *cents > 0))
    }

    fn numbered(&self, books: impl Iterator<Item = ((Id, Id), i64)>) -> Vec<Order> {
        let order = |(at, (book, cents)): (usize, ((Id, Id), i64))| {
            let id = if at == 0 { self.id() } else { part_id(self.id(), book.0) };
            self.order(id, book, cents)
        };
        books.enumerate().map(order).collect()
    }

    fn order(&self, id: Id, (book_id, of): (Id, Id), amount_cents: i64) -> Order {
        let (by, what) = match self {
            Self::Spend(spend) => {
                let what = What::Pay {
                    person_id: spend.person_id,
                    merchant_account_id: of,
                    amount_cents,
                    shop_id: spend.shop_id,
                    reason: spend.reason.clone(),
                    subject_id: spend.subject_id,
                };
                (spend.by, what)
            }
            Self::GiveBack(back) => {
                let (reason, grace_until) = (back.reason.clone(), back.grace_until);
                (back.by, What::Refund { payment_id: of, amount_cents, reason, grace_until })
            }
        };
        Order { id, book_id, by, what }
    }
}

/// The id of a part that is not the first one.
#[must_use]
pub fn part_id(id: Id, book_id: Id) -> Id {
    derived(&[b"zhigong part 1".as_slice(), id.as_bytes(), book_id.as_bytes()].concat(), Some(id))
}

/// Carries orders out in their sequence, each in all of its books or in none; answers one outcome for each. The books
/// stay locked until the transaction ends. See [`super::apply()`].
///
/// # Errors
/// Contention, or the database; then nothing of it is there once the transaction is gone.
pub async fn apply_joint(tx: &Tx, asked: &[Joint]) -> Result<Vec<Outcome<Vec<Part>>>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let with_facts = |order: Order| {
        let facts = Facts::of(&order);
        (order, facts)
    };
    let whole = asked.iter().map(|joint| joint.whole().into_iter().map(with_facts).collect());
    let whole: Vec<Vec<(Order, Facts)>> = whole.collect();
    let orders: Vec<(&Order, Facts)> = whole.iter().flatten().map(|(order, facts)| (order, *facts)).collect();
    let books = lock::lock_books(tx, orders.iter().map(|(order, _)| order.book_id)).await?;
    let moment = Moment { now: tx.now() };
    let state = load::load(tx, None, books, &orders, moment).await?;
    let mut engine = Engine::new(state, moment);
    let each = asked.iter().zip(&whole).map(|(joint, whole)| engine.carry_out_joint(joint, whole));
    let outcomes = each.collect::<Result<Vec<_>>>()?;
    write::write(tx, &engine).await?;
    Ok(outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_part_has_the_id_of_the_whole() {
        let id = Id::from_u128;
        let spend = Spend {
            id: id(1),
            by: None,
            person_id: id(2),
            to: vec![(id(11), id(21)), (id(12), id(22)), (id(13), id(23))],
            amount_cents: 60,
            shop_id: None,
            reason: String::new(),
            subject_id: None,
        };
        let joint = Joint::Spend(spend);
        let told = |orders: Vec<Order>| -> Vec<(Id, Id)> {
            orders.into_iter().map(|order| (order.id, order.book_id)).collect()
        };
        let (second, third) = (part_id(id(1), id(12)), part_id(id(1), id(13)));
        assert_eq!(told(joint.whole()), [(id(1), id(11)), (second, id(12)), (third, id(13))]);
        assert_eq!(told(joint.orders(&[0, 20, 40])), [(id(1), id(12)), (third, id(13))]);
        assert!(second != third && joint.orders(&[0, 0, 0]).is_empty());
    }
}

//! Which books take part: points that a funder entrusted are paid together with the city's own.
//!
//! A payment is one row, whatever it took from where. What it took from other books than the city's own stands beside it,
//! and each part is a transfer of its book, owed to the merchant there.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use kernel::db::InOrder;
use kernel::{Id, Result, Tx};
use sea_orm::Value;

use super::load::of_ids;
use super::{Act, Pay};
use crate::ledger::{OWN_BOOK, Part};
use crate::merchant::open_account_in;

pub(super) const PART: [&str; 5] = ["payment_id", "position", "book_id", "transfer_id", "points_cents"];

/// What a payment took from a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Took {
    position: i64,
    book_id: Id,
    transfer_id: Id,
    points_cents: i64,
}

/// What is known of books beside the city's own.
#[derive(Debug, Default)]
pub(super) struct Books {
    /// Those in which somebody who pays has points.
    purses: HashMap<Id, BTreeSet<Id>>,
    /// Accounts of merchants in them.
    accounts: HashMap<(Id, Id), Id>,
    /// By payment: what it took from where, unless it took everything from the city's own.
    parts: HashMap<Id, Vec<Took>>,
    new: Vec<Id>,
}

/// Reads them; a merchant's account is opened with the first payment that may need it.
pub(super) async fn load(tx: &Tx, batch: &[Act]) -> Result<Books> {
    let mut books = Books::default();
    let paying = || batch.iter().filter_map(|act| if let Act::Pay(pay) = act { Some(pay) } else { None });
    let select = "SELECT owner_id, book_id FROM ledger_account
        WHERE kind = 'wallet' AND balance_cents > 0 AND owner_id IN";
    for row in of_ids(tx, select, paying().map(|pay| pay.person_id)).await? {
        let mut row = InOrder::of(&row);
        let (person, book): (Id, Id) = (row.next()?, row.next()?);
        if book != OWN_BOOK {
            books.purses.entry(person).or_default().insert(book);
        }
    }
    let needed = |pay: &Pay| {
        let of = books.purses.get(&pay.person_id).into_iter().flatten();
        of.map(|book| (pay.merchant_id, *book)).collect::<Vec<_>>()
    };
    let needed: BTreeSet<(Id, Id)> = paying().flat_map(needed).collect();
    books.open(tx, needed).await?;
    let gone_back = batch.iter().filter_map(|act| match act {
        Act::Pay(_) => None,
        Act::Reverse(reverse) => Some(reverse.payment_id),
        Act::Refund(refund) => Some(refund.payment_id),
    });
    let select =
        "SELECT payment_id, position, book_id, transfer_id, points_cents FROM payment_part WHERE payment_id IN";
    for row in of_ids(tx, select, gone_back).await? {
        let took = Took {
            position: row.try_get("", "position")?,
            book_id: row.try_get("", "book_id")?,
            transfer_id: row.try_get("", "transfer_id")?,
            points_cents: row.try_get("", "points_cents")?,
        };
        books.parts.entry(row.try_get("", "payment_id")?).or_default().push(took);
    }
    books.parts.values_mut().for_each(|parts| parts.sort_unstable_by_key(|took| took.position));
    Ok(books)
}

impl Books {
    async fn open(&mut self, tx: &Tx, needed: BTreeSet<(Id, Id)>) -> Result<()> {
        let select = "SELECT merchant_id, book_id, account_id FROM merchant_account WHERE merchant_id IN";
        for row in of_ids(tx, select, needed.iter().map(|(merchant, _)| *merchant)).await? {
            let place = (row.try_get("", "merchant_id")?, row.try_get("", "book_id")?);
            self.accounts.insert(place, row.try_get("", "account_id")?);
        }
        for (merchant, book) in needed {
            if let Entry::Vacant(place) = self.accounts.entry((merchant, book)) {
                place.insert(open_account_in(tx, merchant, book).await?);
            }
        }
        Ok(())
    }

    /// Books that may take part in a payment, each with the account that is paid there: the city's own first.
    pub(super) fn to(&self, act: &Pay) -> Vec<(Id, Id)> {
        let others = self.purses.get(&act.person_id).into_iter().flatten();
        let others = others.filter_map(|book| Some((*book, *self.accounts.get(&(act.merchant_id, *book))?)));
        [(OWN_BOOK, act.merchant_account_id)].into_iter().chain(others).collect()
    }

    /// The transfers of a payment.
    pub(super) fn of(&self, payment: Id) -> Vec<(Id, Id)> {
        match self.parts.get(&payment) {
            Some(parts) => parts.iter().map(|took| (took.book_id, took.transfer_id)).collect(),
            None => vec![(OWN_BOOK, payment)],
        }
    }

    /// Enters what a payment took from where; answers whether another book than the city's own took part.
    pub(super) fn paid(&mut self, payment: Id, parts: &[Part]) -> bool {
        if parts.iter().all(|part| part.book_id == OWN_BOOK) {
            return false;
        }
        let took = |(position, part): (i64, &Part)| Took {
            position,
            book_id: part.book_id,
            transfer_id: part.done.transfer_id,
            points_cents: part.done.amount_cents,
        };
        self.parts.insert(payment, (1..).zip(parts).map(took).collect());
        self.new.push(payment);
        true
    }

    /// Rows that are new.
    pub(super) fn rows(&self) -> Vec<Vec<Value>> {
        let new = self.new.iter().filter_map(|payment| Some((payment, self.parts.get(payment)?)));
        let row = |payment: Id, took: &Took| {
            vec![
                payment.into(),
                took.position.into(),
                took.book_id.into(),
                took.transfer_id.into(),
                took.points_cents.into(),
            ]
        };
        new.flat_map(|(payment, parts)| parts.iter().map(move |took| row(*payment, took))).collect()
    }
}

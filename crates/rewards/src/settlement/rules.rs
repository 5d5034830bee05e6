//! Digests, numbers and words of settlements. Pure.

use std::fmt::Write;

use kernel::Id;
use kernel::crypto::digest::sm3;
use kernel::time::Day;

use super::gather::{Gathered, Sum};

/// SM3 over a statement, written out line by line: equal digests, equal statements.
#[must_use]
pub fn digest(book: Id, merchant: Id, day: Day, gathered: &Gathered) -> [u8; 32] {
    let mut text = format!("zhigong merchant statement 1\n{book}\n{merchant}\n{day}\n{}\n", amounts(&gathered.sum));
    for line in &gathered.lines {
        let id = |id: Option<Id>| id.map_or_else(|| "-".to_owned(), |id| id.to_string());
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{} {} {}", id(line.shop_id), id(line.issuer_id), amounts(&line.sum));
    }
    sm3(text.as_bytes())
}

fn amounts(sum: &Sum) -> String {
    format!("{} {} {} {}", sum.payments, sum.paid_cents, sum.refunds, sum.refunded_cents)
}

/// What a settlement pays to one merchant, as it is sealed when it is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed<'a> {
    /// What the bank repeats.
    pub reference: &'a str,
    /// To whom.
    pub merchant: Id,
    /// To which account.
    pub bank: Id,
    /// How much.
    pub cents: i64,
}

/// SM3 over a settlement, item by item in order.
#[must_use]
pub fn seal<'a>(number: &str, through: Day, items: impl IntoIterator<Item = Sealed<'a>>) -> [u8; 32] {
    let mut text = format!("zhigong settlement 1\n{number}\n{through}\n");
    for item in items {
        let _ = writeln!(text, "{} {} {} {}", item.reference, item.merchant, item.bank, item.cents);
    }
    sm3(text.as_bytes())
}

/// The number of the n-th settlement of a day, such as `20261123-01`.
#[must_use]
pub fn number(day: Day, nth: i64) -> String {
    format!("{}-{nth:02}", day.format("%Y%m%d"))
}

/// What the bank repeats for the n-th item of a settlement: letters and digits alone, which every bank takes.
#[must_use]
pub fn reference(number: &str, nth: i64) -> String {
    format!("ZG{}{nth:04}", number.replace('-', ""))
}

#[cfg(test)]
mod tests {
    use super::super::gather::Line;
    use super::*;

    fn day() -> Day {
        "2026-11-23".parse().unwrap()
    }

    #[test]
    fn every_figure_of_a_statement_is_in_its_digest() {
        let sum = Sum { payments: 3, paid_cents: 900, refunds: 1, refunded_cents: 100 };
        let line = Line { shop_id: Some(Id::from_u128(7)), issuer_id: None, sum };
        let whole = Gathered { lines: vec![line.clone()], sum };
        let (book, merchant) = (Id::from_u128(1), Id::from_u128(2));
        let first = digest(book, merchant, day(), &whole);
        assert_eq!(first, digest(book, merchant, day(), &whole.clone()));
        let more = Sum { refunds: 2, ..sum };
        let changed = [
            digest(merchant, book, day(), &whole),
            digest(book, merchant, day().succ_opt().unwrap(), &whole),
            digest(book, merchant, day(), &Gathered { sum: more, ..whole.clone() }),
            digest(book, merchant, day(), &Gathered { lines: vec![Line { sum: more, ..line.clone() }], sum }),
            digest(
                book,
                merchant,
                day(),
                &Gathered { lines: vec![Line { issuer_id: line.shop_id, shop_id: None, ..line }], sum },
            ),
        ];
        assert!(changed.iter().all(|other| *other != first));
    }

    #[test]
    fn numbers() {
        assert_eq!(number(day(), 1), "20261123-01");
        assert_eq!(reference("20261123-01", 14), "ZG20261123010014");
        let item = Sealed { reference: "a", merchant: Id::nil(), bank: Id::nil(), cents: 5 };
        let other = Sealed { cents: 6, ..item };
        assert_ne!(seal("1", day(), [item]), seal("1", day(), [other]));
        assert_ne!(seal("1", day(), [item]), seal("2", day(), [item]));
    }
}

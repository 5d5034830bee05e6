//! What makes two orders the same order.
//!
//! ```text
//! order := SM3("zhigong order 1" what field*)     book, by, then the fields of the order
//! field := 00 | 01 length(8 bytes, big endian) bytes
//! ```
//! What follows from the day of asking is left out (`grace_until` of a refund, `today` of an expiry): asked again after
//! midnight it is the same order. The shop of a hold stands at its end and only if there is one: a hold without a shop
//! is the same order as before holds had any.

use kernel::Id;
use kernel::crypto::digest::sm3;

use super::order::{Order, What};

/// Fields one after the other, each with its length in front.
pub(super) struct Bytes(pub(super) Vec<u8>);

impl Bytes {
    pub(super) fn some(mut self, value: &[u8]) -> Self {
        self.0.push(1);
        self.0.extend_from_slice(&(value.len() as u64).to_be_bytes());
        self.0.extend_from_slice(value);
        self
    }

    pub(super) fn id(self, id: Id) -> Self {
        self.some(id.as_bytes())
    }

    pub(super) fn maybe(mut self, id: Option<Id>) -> Self {
        match id {
            Some(id) => self.id(id),
            None => {
                self.0.push(0);
                self
            }
        }
    }

    pub(super) fn number(self, number: i64) -> Self {
        self.some(&number.to_be_bytes())
    }

    pub(super) fn text(self, text: &str) -> Self {
        self.some(text.as_bytes())
    }
}

/// The fingerprint of an order, without its id.
#[must_use]
pub fn fingerprint(order: &Order) -> [u8; 32] {
    let start = |what: &str| {
        let mut title = Vec::with_capacity(256);
        title.extend_from_slice(b"zhigong order 1 ");
        title.extend_from_slice(what.as_bytes());
        Bytes(title).id(order.book_id).maybe(order.by)
    };
    let bytes = match &order.what {
        What::TopUp { budget_id, amount_cents, bank_line_id } => {
            start("top_up").id(*budget_id).number(*amount_cents).id(*bank_line_id)
        }
        What::Move { from, to, amount_cents, kind, reason, subject_id } => {
            start(kind.as_str()).id(*from).id(*to).number(*amount_cents).text(reason).maybe(*subject_id)
        }
        What::Issue { budget_id, person_id, amount_cents, expires_on, reason, subject_id } => start("issue")
            .id(*budget_id)
            .id(*person_id)
            .number(*amount_cents)
            .text(&expires_on.to_string())
            .text(reason)
            .maybe(*subject_id),
        What::Pay { person_id, merchant_account_id, amount_cents, shop_id, reason, subject_id } => start("pay")
            .id(*person_id)
            .id(*merchant_account_id)
            .number(*amount_cents)
            .maybe(*shop_id)
            .text(reason)
            .maybe(*subject_id),
        What::Hold { person_id, to, amount_cents, expires_at, shop_id, reason, subject_id } => {
            let hold = start("hold")
                .id(*person_id)
                .id(*to)
                .number(*amount_cents)
                .number(expires_at.timestamp_micros())
                .text(reason)
                .maybe(*subject_id);
            match shop_id {
                Some(shop) => hold.id(*shop),
                None => hold,
            }
        }
        What::Capture { hold_id, amount_cents } => start("capture").id(*hold_id).number(*amount_cents),
        What::Release { hold_id } => start("release").id(*hold_id),
        What::Refund { payment_id, amount_cents, reason, grace_until: _ } => {
            start("refund").id(*payment_id).number(*amount_cents).text(reason)
        }
        What::Expire { lot_id, today: _ } => start("expire").id(*lot_id),
        What::Reverse { transfer_id, reason } => start("reverse").id(*transfer_id).text(reason),
        What::TakeBack { transfer_id, reason } => start("take_back").id(*transfer_id).text(reason),
    };
    sm3(&bytes.0)
}

#[cfg(test)]
mod tests {
    use kernel::time::Day;

    use super::*;

    fn order(what: What) -> Order {
        Order { id: Id::from_u128(1), book_id: Id::from_u128(2), by: None, what }
    }

    #[test]
    fn every_field_counts_but_the_day_of_asking() {
        let pay = |amount_cents, shop_id, reason: &str| {
            let (person_id, merchant_account_id) = (Id::from_u128(3), Id::from_u128(4));
            let reason = reason.to_owned();
            fingerprint(&order(What::Pay {
                person_id,
                merchant_account_id,
                amount_cents,
                shop_id,
                reason,
                subject_id: None,
            }))
        };
        let first = pay(5, None, "");
        assert_eq!(first, pay(5, None, ""));
        assert_ne!(first, pay(6, None, ""));
        assert_ne!(first, pay(5, Some(Id::from_u128(3)), ""));
        assert_ne!(first, pay(5, None, "a"));
        let expire = |day| {
            let today = Day::from_ymd_opt(2026, 11, day).unwrap();
            fingerprint(&order(What::Expire { lot_id: Id::from_u128(3), today }))
        };
        assert_eq!(expire(1), expire(2));
        let release = order(What::Release { hold_id: Id::from_u128(3) });
        assert_ne!(fingerprint(&release), fingerprint(&Order { by: Some(Id::from_u128(9)), ..release.clone() }));
        assert_ne!(fingerprint(&release), expire(1));
        let (transfer_id, reason) = (Id::from_u128(3), "发错了".to_owned());
        let whole = fingerprint(&order(What::Reverse { transfer_id, reason: reason.clone() }));
        assert_ne!(whole, fingerprint(&order(What::TakeBack { transfer_id, reason })));
    }
}

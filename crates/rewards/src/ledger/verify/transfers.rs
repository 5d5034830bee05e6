//! Transfers in the order of their numbers: each follows from the one before.

use std::collections::BTreeMap;

use kernel::calendar::china_day;
use kernel::time::{Day, Time};
use kernel::{Error, Id, Result};
use sea_orm::{ConnectionTrait, QueryResult};

use super::splits::Splits;
use super::{Audit, LotsSeen, PAGE};
use crate::ledger::day::leaf::Leaf;
use crate::ledger::engine::rows::Transfer;
use crate::ledger::fingerprint::fingerprint;
use crate::ledger::kind::TransferKind;
use crate::ledger::order::{Order, What};

pub(super) const COLUMNS: &str =
    "id, fingerprint, book_id, seq, kind, debit_id, credit_id, amount_cents, debit_after_cents,
    credit_after_cents, reason, subject_id, shop_id, actor_id, reverses_id, hold_id, bank_line_id, event_id, at, day";

/// A whole row.
pub(super) struct Row {
    pub(super) id: Id,
    fingerprint: Vec<u8>,
    pub(super) book_id: Id,
    pub(super) seq: i64,
    pub(super) kind: TransferKind,
    pub(super) debit_id: Id,
    pub(super) credit_id: Id,
    pub(super) amount_cents: i64,
    debit_after_cents: i64,
    credit_after_cents: i64,
    reason: String,
    subject_id: Option<Id>,
    shop_id: Option<Id>,
    actor_id: Option<Id>,
    reverses_id: Option<Id>,
    pub(super) hold_id: Option<Id>,
    bank_line_id: Option<Id>,
    pub(super) event_id: Id,
    at: Time,
    pub(super) day: Day,
}

impl Row {
    pub(super) fn of(row: &QueryResult) -> Result<Self> {
        let kind: String = row.try_get("", "kind")?;
        Ok(Self {
            id: row.try_get("", "id")?,
            fingerprint: row.try_get("", "fingerprint")?,
            book_id: row.try_get("", "book_id")?,
            seq: row.try_get("", "seq")?,
            kind: TransferKind::parse(&kind).ok_or_else(|| Error::internal(format!("no kind of transfer: {kind}")))?,
            debit_id: row.try_get("", "debit_id")?,
            credit_id: row.try_get("", "credit_id")?,
            amount_cents: row.try_get("", "amount_cents")?,
            debit_after_cents: row.try_get("", "debit_after_cents")?,
            credit_after_cents: row.try_get("", "credit_after_cents")?,
            reason: row.try_get("", "reason")?,
            subject_id: row.try_get("", "subject_id")?,
            shop_id: row.try_get("", "shop_id")?,
            actor_id: row.try_get("", "actor_id")?,
            reverses_id: row.try_get("", "reverses_id")?,
            hold_id: row.try_get("", "hold_id")?,
            bank_line_id: row.try_get("", "bank_line_id")?,
            event_id: row.try_get("", "event_id")?,
            at: row.try_get("", "at")?,
            day: row.try_get("", "day")?,
        })
    }
}

impl Row {
    /// As far as it is hashed under the root of its day.
    pub(super) fn leaf(&self) -> Leaf {
        Leaf {
            id: self.id,
            fingerprint: self.fingerprint.clone(),
            book_id: self.book_id,
            seq: self.seq,
            kind: self.kind.as_str().to_owned(),
            debit_id: self.debit_id,
            credit_id: self.credit_id,
            amount_cents: self.amount_cents,
            reason: self.reason.clone(),
            shop_id: self.shop_id,
            reverses_id: self.reverses_id,
            event_id: self.event_id,
            at: self.at,
            day: self.day,
        }
    }
}

impl Row {
    /// As it was written. A fingerprint that is none is nobody's.
    pub(super) fn written(&self) -> Transfer {
        Transfer {
            id: self.id,
            fingerprint: self.fingerprint.as_slice().try_into().unwrap_or_default(),
            book_id: self.book_id,
            seq: self.seq,
            kind: self.kind,
            debit_id: self.debit_id,
            credit_id: self.credit_id,
            amount_cents: self.amount_cents,
            debit_after_cents: self.debit_after_cents,
            credit_after_cents: self.credit_after_cents,
            reason: self.reason.clone(),
            subject_id: self.subject_id,
            shop_id: self.shop_id,
            actor_id: self.actor_id,
            reverses_id: self.reverses_id,
            hold_id: self.hold_id,
            bank_line_id: self.bank_line_id,
            node_id: None,
            at: self.at,
        }
    }

    /// Whether it carried out an order. What is taken back of an issue leaves the row of its reversal, which alone is always
    /// `whole`: both orders are tried.
    fn is_of(&self, order: Order, whole: bool) -> bool {
        if fingerprint(&order).as_slice() == self.fingerprint {
            return whole || !matches!(order.what, What::Reverse { .. });
        }
        let What::Reverse { transfer_id, reason } = order.what else { return false };
        let rest = Order { what: What::TakeBack { transfer_id, reason }, ..order };
        fingerprint(&rest).as_slice() == self.fingerprint
    }
}

impl<C: ConnectionTrait> Audit<'_, C> {
    pub(super) async fn check_transfers(&mut self) -> Result<LotsSeen> {
        let mut seen = LotsSeen::default();
        let books: Vec<Id> = self.books.keys().copied().collect();
        for book in books {
            let mut days = self.sealed_days(book).await?;
            let mut after = 0_i64;
            loop {
                let rows = self.page_of_book(book, after).await?;
                let Some(last) = rows.last() else { break };
                after = last.seq;
                let splits = self.check_page(&rows).await?;
                seen.opened += splits.opened();
                splits.add_up(&rows, &mut seen.sums);
                rows.iter().for_each(|row| days.take(row));
            }
            self.check_days(book, days).await?;
        }
        self.report.about = None;
        let (all, followed) = (self.count("transfer").await?, self.report.transfers);
        self.report.check(all == followed, "I4", || format!("{all} transfers are there, {followed} are in a book"));
        Ok(seen)
    }

    /// Transfers of a book after a number.
    pub(super) async fn page_of_book(&self, book: Id, after: i64) -> Result<Vec<Row>> {
        let sql = format!("SELECT {COLUMNS} FROM transfer WHERE book_id = $1 AND seq > $2 ORDER BY seq LIMIT {PAGE}");
        self.rows(&sql, [book.into(), after.into()]).await?.iter().map(Row::of).collect()
    }

    /// Transfers that follow each other; answers what they did to lots. Their accounts are there, as they stood before.
    pub(super) async fn check_page(&mut self, rows: &[Row]) -> Result<Splits> {
        let splits = Splits::load(self, rows).await?;
        self.report.uses += splits.uses();
        for row in rows {
            self.report.transfers += 1;
            self.report.about = Some(row.book_id);
            self.check_number(row);
            self.check_balances(row);
            let same = self.order_of(row, &splits).is_some_and(|order| row.is_of(order, splits.is_whole(row.id)));
            self.report.check(same, "I13", || format!("transfer {} is not what was ordered", row.id));
            splits.check(row, &self.accounts, &mut self.report);
        }
        self.check_events(rows).await?;
        self.check_returns(rows).await?;
        Ok(splits)
    }

    fn check_number(&mut self, row: &Row) {
        let Some(book) = self.books.get_mut(&row.book_id) else { return };
        let (expected, before) = (book.last_seq + 1, book.last_at);
        (book.last_seq, book.last_at) = (row.seq, Some(row.at));
        self.report.check(row.seq == expected, "I4", || {
            format!("transfer {} has number {}, which comes after {}", row.id, row.seq, expected - 1)
        });
        let on_time = before.is_none_or(|before| before <= row.at) && row.day == china_day(row.at);
        self.report.check(on_time, "I4", || format!("transfer {} has a time that cannot be", row.id));
    }

    fn check_balances(&mut self, row: &Row) {
        let sides = [
            (row.debit_id, -row.amount_cents, row.debit_after_cents),
            (row.credit_id, row.amount_cents, row.credit_after_cents),
        ];
        for (id, change, after) in sides {
            let Some(account) = self.accounts.get_mut(&id).filter(|one| one.book_id == row.book_id) else {
                self.report.fault("I1", format!("transfer {} names account {id}, which is not in its book", row.id));
                continue;
            };
            let follows = account.running_cents.checked_add(change);
            // Goes on from what is written, so that one changed row is one fault and not a thousand.
            (account.running_cents, account.last_seq) = (after, row.seq);
            let below = account.floor_cents.is_some_and(|floor| after < floor);
            self.report.check(follows == Some(after), "I4", || {
                format!("after transfer {} account {id} has {after}, not what follows from the one before", row.id)
            });
            self.report.check(!below, "I3", || format!("after transfer {} account {id} is below its floor", row.id));
        }
    }

    /// The order that a transfer came from, as far as it counts for the fingerprint.
    fn order_of(&self, row: &Row, splits: &Splits) -> Option<Order> {
        let owner = |id: Id| self.accounts.get(&id).and_then(|one| one.owner_id);
        let (amount_cents, reason, subject_id) = (row.amount_cents, row.reason.clone(), row.subject_id);
        let what = match row.kind {
            TransferKind::TopUp => {
                What::TopUp { budget_id: row.credit_id, amount_cents, bank_line_id: row.bank_line_id? }
            }
            TransferKind::Move(kind) => {
                What::Move { from: row.debit_id, to: row.credit_id, amount_cents, kind, reason, subject_id }
            }
            TransferKind::Issue => What::Issue {
                budget_id: row.debit_id,
                person_id: owner(row.credit_id)?,
                amount_cents,
                expires_on: splits.issued(row.id)?.expires_on,
                reason,
                subject_id,
            },
            TransferKind::Pay => What::Pay {
                person_id: owner(row.debit_id)?,
                merchant_account_id: row.credit_id,
                amount_cents,
                shop_id: row.shop_id,
                reason,
                subject_id,
            },
            TransferKind::Capture => What::Capture { hold_id: row.hold_id?, amount_cents },
            TransferKind::Refund => {
                What::Refund { payment_id: row.reverses_id?, amount_cents, reason, grace_until: row.day }
            }
            TransferKind::Expire => What::Expire { lot_id: splits.only_use(row.id)?, today: row.day },
            TransferKind::Reverse => What::Reverse { transfer_id: row.reverses_id?, reason },
        };
        Some(Order { id: row.id, book_id: row.book_id, by: row.actor_id, what })
    }

    /// Refunds and reversals beside what they give back: everything that went back of the same transfers.
    async fn check_returns(&mut self, rows: &[Row]) -> Result<()> {
        let sql = "SELECT r.reverses_id, r.kind, r.book_id, r.amount_cents, p.kind AS of_kind, p.amount_cents AS paid,
            CAST(CASE WHEN r.debit_id = p.credit_id AND r.credit_id = p.debit_id THEN 1 ELSE 0 END AS bigint)
            AS opposite FROM transfer r LEFT JOIN transfer p ON p.id = r.reverses_id WHERE r.reverses_id IN";
        let mut returns: BTreeMap<(Id, String), Back> = BTreeMap::new();
        for row in self.of_keys(sql, rows.iter().filter_map(|row| row.reverses_id)).await? {
            let opposite: i64 = row.try_get("", "opposite")?;
            let blank = Back {
                book_id: row.try_get("", "book_id")?,
                of_kind: row.try_get("", "of_kind")?,
                paid: row.try_get("", "paid")?,
                opposite: true,
                cents: 0,
            };
            let back = returns.entry((row.try_get("", "reverses_id")?, row.try_get("", "kind")?)).or_insert(blank);
            back.cents += i128::from(row.try_get::<i64>("", "amount_cents")?);
            back.opposite &= opposite == 1;
        }
        for ((of, kind), back) in returns {
            self.report.about = Some(back.book_id);
            let fits = back.opposite && back.fits(&kind);
            self.report.check(fits, "I7", || format!("what goes back of transfer {of} does not fit it"));
        }
        Ok(())
    }
}

/// What went back of a transfer.
struct Back {
    book_id: Id,
    of_kind: Option<String>,
    paid: Option<i64>,
    opposite: bool,
    cents: i128,
}

impl Back {
    fn fits(&self, kind: &str) -> bool {
        let (Some(of), Some(paid)) = (self.of_kind.as_deref().and_then(TransferKind::parse), self.paid) else {
            return false;
        };
        if kind == TransferKind::Refund.as_str() {
            of.is_payment() && self.cents <= i128::from(paid)
        } else {
            let whole = self.cents == i128::from(paid);
            // Of an issue what was left comes back.
            of.is_reversible() && (whole || of == TransferKind::Issue && self.cents < i128::from(paid))
        }
    }
}

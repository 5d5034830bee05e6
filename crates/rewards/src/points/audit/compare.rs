//! The proof against the bank: what the ledger says must be in a book's account there when a day ended, held against what
//! the bank says was there.
//!
//! The ledger and the bank do not write the same thing down on the same day. So what the ledger holds is led over to what
//! the bank must hold, step by step ([`BankSums::expected`]):
//!
//! ```text
//!   custody of the ledger when the day ended
//! + money that came in at the bank and is in no budget yet
//! + payments to merchants that the ledger made and the bank does not show yet
//! + money that the ledger gave back and the bank does not show yet
//! − payments that the bank shows and the ledger has not made yet
//! = what must be at the bank
//! ```
//!
//! What the bank shows of payments to merchants is what settlements know of its answers (`settlement::reconcile`): the same
//! file said it once. A difference there that was closed without a payment takes a line out again; a payment that came back is
//! not counted a second time as money that came in ([`PAYOUT_BACK`]). Of money that went back to whoever had given it, it is
//! the line that was matched (`bank::outgoing`). Everything is asked by its day, of rows that never change: a line
//! that is entered late makes an old day agree, and a day that was over says the same for ever after.
//!
//! A balance is typed by people. So a difference is told to people, and never stops a book (`super::stop`).

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ConnectionTrait, Statement};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ledger;
use crate::points::bank::PAYOUT_BACK;
use crate::points::bank::balance::entity::Model as Balance;
use crate::points::bank::balance::standing;

/// Days that are shown before today.
const DAYS: u64 = 14;
/// China is so far ahead of UTC.
const CHINA: TimeDelta = TimeDelta::hours(8);

/// A day of a book at the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankDay {
    /// The day.
    pub day: NaiveDate,
    /// `missing` without a balance, `waiting` for another person to look at it, `agrees`, `differs`.
    pub state: String,
    /// The balance that counts, and what must be there.
    pub figures: Option<BankFigures>,
    /// A balance that waits for another person to look at it.
    pub waiting: Option<BankWaiting>,
}

/// A balance that somebody typed and nobody else has looked at yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankWaiting {
    /// Which.
    pub id: Uuid,
    /// What was there, in cents.
    pub balance_cents: i64,
    /// Why the one before was wrong.
    pub reason: Option<String>,
    /// The caller typed it.
    pub own: bool,
}

/// What the bank says was there when a day ended, and how what must be there follows from the ledger; in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankFigures {
    /// What the bank says.
    pub balance_cents: i64,
    /// In the custody of the ledger.
    pub custody_cents: i64,
    /// Came in, and is in no budget yet.
    pub unmatched_cents: i64,
    /// Paid to merchants in the ledger, and not at the bank yet.
    pub payouts_under_way_cents: i64,
    /// Given back in the ledger, and not at the bank yet.
    pub returns_under_way_cents: i64,
    /// Paid at the bank, and not in the ledger yet.
    pub ahead_cents: i64,
    /// What must be there.
    pub expected_cents: i64,
    /// What is there beyond it; below zero it is less.
    pub difference_cents: i64,
}

/// What leads from the ledger to the bank; in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BankSums {
    custody: i64,
    unmatched: i64,
    payouts: i64,
    returns: i64,
    ahead: i64,
}

impl BankSums {
    /// What must be at the bank; nothing beyond all measure.
    #[must_use]
    pub fn expected(self) -> Option<i64> {
        let more = self.custody.checked_add(self.unmatched)?.checked_add(self.payouts)?.checked_add(self.returns)?;
        more.checked_sub(self.ahead)
    }

    fn against(self, balance_cents: i64) -> Option<BankFigures> {
        let expected_cents = self.expected()?;
        Some(BankFigures {
            balance_cents,
            custody_cents: self.custody,
            unmatched_cents: self.unmatched,
            payouts_under_way_cents: self.payouts,
            returns_under_way_cents: self.returns,
            ahead_cents: self.ahead,
            expected_cents,
            difference_cents: balance_cents.checked_sub(expected_cents)?,
        })
    }
}

/// The last days of a book at the bank, the latest first; today only when it has a balance already.
///
/// # Errors
/// The database.
pub async fn days(cx: &Cx, book: Id) -> Result<Vec<BankDay>> {
    let (conn, today) = (cx.read(), cx.today());
    let Some(first) = first_day(conn, book).await? else { return Ok(Vec::new()) };
    let from = today.checked_sub_days(Days::new(DAYS)).map_or(first, |from| from.max(first));
    let mut standing = standing(conn, book, from).await?;
    let mut found = Vec::new();
    for day in from.iter_days().take_while(|day| *day <= today) {
        let stands = standing.remove(&day).unwrap_or_default();
        if day == today && stands.counts.is_none() && stands.waiting.is_none() {
            continue;
        }
        let figures = match &stands.counts {
            Some(balance) => Some(compare(conn, balance).await?),
            None => None,
        };
        let state = match (&figures, &stands.waiting) {
            (Some(figures), _) if figures.difference_cents == 0 => "agrees",
            (Some(_), _) => "differs",
            (None, Some(_)) => "waiting",
            (None, None) => "missing",
        };
        let me = cx.caller.account_id();
        let waiting = stands.waiting.map(|row| BankWaiting {
            own: row.entered_by.is_some() && row.entered_by == me,
            id: row.id,
            balance_cents: row.balance_cents,
            reason: row.reason,
        });
        found.push(BankDay { day, state: state.to_owned(), figures, waiting });
    }
    found.reverse();
    Ok(found)
}

/// Holds a balance against the ledger.
///
/// # Errors
/// The database.
pub async fn compare(conn: &impl ConnectionTrait, balance: &Balance) -> Result<BankFigures> {
    let sums = sums(conn, balance.book_id, balance.day).await?;
    sums.against(balance.balance_cents).ok_or_else(|| Error::internal("money at the bank beyond all measure"))
}

/// The day on which money of a book came to its custody for the first time.
///
/// # Errors
/// The database.
pub async fn first_day(conn: &impl ConnectionTrait, book: Id) -> Result<Option<Day>> {
    let sql = "SELECT day FROM transfer WHERE debit_id = $1 ORDER BY seq LIMIT 1";
    let values = [ledger::custody_id(book).into()];
    let row = conn.query_one_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?;
    Ok(row.map(|row| row.try_get("", "day")).transpose()?)
}

/// By item of a settlement: what the ledger paid by the day, what the bank shows of it for sure, and what it shows at the
/// most. A payment that came back counts when it had been entered as paid; else neither has it.
const ITEMS: &str = "WITH said AS (
        SELECT p.item_id, p.cents AS ledger, 0 AS sure, 0 AS shown
        FROM settlement_payout p JOIN transfer t ON t.id = p.transfer_id WHERE p.book_id = $1 AND t.day <= $2
    UNION ALL
        SELECT l.item_id, 0, CASE WHEN EXISTS (SELECT 1 FROM settlement_difference d
                WHERE d.statement_id = l.statement_id AND d.line = l.number AND d.state = 'done'
                    AND d.action IN ('close', 'release')) THEN 0 ELSE l.cents END, l.cents
        FROM bank_statement_line l JOIN bank_statement s ON s.id = l.statement_id
            JOIN settlement_item i ON i.id = l.item_id
        WHERE i.book_id = $1 AND l.outcome = 'paid' AND l.class IN ('matched', 'amount', 'day', 'duplicate')
            AND (l.booked_on <= $2 OR (l.booked_on IS NULL AND s.uploaded_at < $3))
    UNION ALL
        SELECT l.item_id, 0, -l.cents, -l.cents
        FROM bank_statement_line l JOIN bank_statement s ON s.id = l.statement_id
            JOIN settlement_item i ON i.id = l.item_id
        WHERE i.book_id = $1 AND l.class = 'returned'
            AND EXISTS (SELECT 1 FROM settlement_payout p WHERE p.transfer_id = i.return_transfer_id)
            AND (l.booked_on <= $2 OR (l.booked_on IS NULL AND s.uploaded_at < $3))
    ), item AS (SELECT item_id, SUM(ledger) AS ledger, SUM(sure) AS sure, SUM(shown) AS shown FROM said GROUP BY item_id)";

/// What leads from the ledger to the bank when a day ended, in one statement: a moment of the ledger.
async fn sums(conn: &impl ConnectionTrait, book: Id, day: Day) -> Result<BankSums> {
    let sql = format!(
        "{ITEMS}
        SELECT 'custody' AS kind, CAST(
            COALESCE((SELECT SUM(amount_cents) FROM transfer WHERE debit_id = $4 AND day <= $2), 0)
            - COALESCE((SELECT SUM(amount_cents) FROM transfer WHERE credit_id = $4 AND day <= $2), 0) AS bigint) AS cents
        UNION ALL SELECT 'unmatched', CAST(COALESCE(SUM(amount_cents), 0) AS bigint) FROM bank_line
            WHERE book_id = $1 AND day <= $2 AND NOT EXISTS (SELECT 1 FROM transfer t
                WHERE t.bank_line_id = bank_line.id AND t.day <= $2 AND NOT EXISTS (SELECT 1 FROM transfer r
                    WHERE r.reverses_id = t.id AND r.kind = 'reverse' AND r.day <= $2)) AND NOT {PAYOUT_BACK}
        UNION ALL SELECT 'payouts', CAST(COALESCE(SUM(ledger - shown), 0) AS bigint) FROM item WHERE ledger > shown
        UNION ALL SELECT 'ahead', CAST(COALESCE(SUM(sure - ledger), 0) AS bigint) FROM item WHERE sure > ledger
        UNION ALL SELECT 'returns', CAST(COALESCE(SUM(t.amount_cents), 0) AS bigint) FROM transfer t
            WHERE t.credit_id = $4 AND t.kind = 'return' AND t.day <= $2
                AND NOT EXISTS (SELECT 1 FROM points_funding f JOIN points_funding_paid p ON p.funding_id = f.id
                    JOIN bank_outgoing o ON o.id = p.outgoing_id WHERE f.transfer_id = t.id AND o.day <= $2)
                AND NOT EXISTS (SELECT 1 FROM transfer r
                    WHERE r.reverses_id = t.id AND r.kind = 'reverse' AND r.day <= $2)
        UNION ALL SELECT 'returns_ahead', CAST(COALESCE(SUM(o.amount_cents), 0) AS bigint) FROM bank_outgoing o
            JOIN points_funding_paid p ON p.outgoing_id = o.id JOIN points_funding f ON f.id = p.funding_id
            JOIN transfer t ON t.id = f.transfer_id WHERE o.book_id = $1 AND o.day <= $2 AND t.day > $2"
    );
    let midnight = day.checked_add_days(Days::new(1)).map(|next| next.and_time(NaiveTime::MIN).and_utc() - CHINA);
    let midnight = midnight.ok_or_else(|| Error::internal("the last of all days"))?;
    let values = [book.into(), day.into(), midnight.into(), ledger::custody_id(book).into()];
    let rows = conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?;
    let mut found: BTreeMap<String, i64> = BTreeMap::new();
    for row in rows {
        found.insert(row.try_get("", "kind")?, row.try_get("", "cents")?);
    }
    let of = |kind: &str| found.get(kind).copied().unwrap_or_default();
    Ok(BankSums {
        custody: of("custody"),
        unmatched: of("unmatched"),
        payouts: of("payouts"),
        returns: of("returns"),
        ahead: of("ahead") + of("returns_ahead"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_at_the_bank() {
        let sums =
            |custody, unmatched, payouts, returns, ahead| BankSums { custody, unmatched, payouts, returns, ahead };
        // What leads to it, what the bank says, and how much that is beyond what must be there.
        let cases = [
            (sums(100, 0, 0, 0, 0), 100, 0),
            // Came in, in no budget yet.
            (sums(100, 20, 0, 0, 0), 120, 0),
            (sums(100, 20, 0, 0, 0), 100, -20),
            // Left the ledger, still at the bank.
            (sums(70, 0, 30, 0, 0), 100, 0),
            (sums(70, 0, 0, 30, 0), 100, 0),
            (sums(70, 0, 0, 30, 0), 70, -30),
            // Left the bank, still in the ledger.
            (sums(100, 0, 0, 0, 30), 70, 0),
            // A fee that nobody entered.
            (sums(100, 0, 0, 0, 0), 95, -5),
            (sums(50, 20, 10, 5, 7), 79, 1),
        ];
        for (sums, balance, difference) in cases {
            let figures = sums.against(balance).unwrap();
            assert_eq!(figures.difference_cents, difference, "{sums:?}");
            assert_eq!(figures.expected_cents + difference, balance, "{sums:?}");
        }
        assert_eq!(sums(i64::MAX, 1, 0, 0, 0).expected(), None);
    }
}

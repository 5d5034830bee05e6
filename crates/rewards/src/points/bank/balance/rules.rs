//! What was there when a day ended, from the balances of a file. Pure.

use std::collections::BTreeMap;

use kernel::Refusal;
use kernel::time::Day;

use crate::points::bank::BANK_LINE_FORM;
use crate::points::bank::rules::Stood;
use crate::points::table::Fault;

/// Most cents at the bank: a trillion yuan is no union's money.
const MOST_CENTS: i64 = 100_000_000_000_000;

/// What was there when a day ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// The day.
    pub day: Day,
    /// What was there.
    pub balance_cents: i64,
    /// The row of the file.
    pub row_number: i64,
}

/// A balance as somebody types it: nothing is a balance, too.
///
/// # Errors
/// `bank_line.form`.
pub fn typed(cents: i64) -> Result<i64, Refusal> {
    if (0..=MOST_CENTS).contains(&cents) {
        return Ok(cents);
    }
    Err(BANK_LINE_FORM.with("余额请填零或者大于零的数，单位元，最多两位小数。").on("balance_cents"))
}

/// What was there when each day ended. Some banks begin with the latest row, so the order is found from the balances: each
/// is the one before it and what moved. A day whose balances do not follow each other is told and left out, and so is a
/// day that is not over: more may move.
#[must_use]
pub fn closings(stood: &[Stood], today: Day) -> (Vec<Closing>, Vec<Fault>) {
    let descends = stood.first().zip(stood.last()).is_some_and(|(first, last)| first.day > last.day);
    let mut days: BTreeMap<Day, Vec<Stood>> = BTreeMap::new();
    for one in stood.iter().filter(|one| one.day < today) {
        days.entry(one.day).or_default().push(*one);
    }
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for (day, rows) in days {
        match last(&rows, descends) {
            Some(row) if typed(row.balance_cents).is_ok() => {
                found.push(Closing { day, balance_cents: row.balance_cents, row_number: row.row_number });
            }
            _ => {
                let message = format!("{day} 的余额和收支接不上，没有登记这一天的余额；请从银行按整天导出，或者手工登记。");
                let number = rows.first().map_or(0, |row| row.row_number);
                faults.push(Fault { number, code: BANK_LINE_FORM.code, message });
            }
        }
    }
    (found, faults)
}

/// The last row of a day, whichever end of the file it stands at.
fn last(rows: &[Stood], descends: bool) -> Option<Stood> {
    let follows = |before: &Stood, after: &Stood| {
        before.balance_cents.checked_add(after.moved_cents) == Some(after.balance_cents)
    };
    let up = rows.windows(2).all(|pair| matches!(pair, [before, after] if follows(before, after)));
    let down = rows.windows(2).all(|pair| matches!(pair, [after, before] if follows(before, after)));
    let row = match (up, down) {
        (true, true) if descends => rows.first(),
        (true, _) => rows.last(),
        (false, true) => rows.first(),
        (false, false) => None,
    };
    row.copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn rows(all: &[(&str, i64, i64)]) -> Vec<Stood> {
        let row = |(row_number, (day, moved_cents, balance_cents)): (i64, &(&str, i64, i64))| Stood {
            row_number,
            day: day.parse().unwrap(),
            moved_cents: *moved_cents,
            balance_cents: *balance_cents,
        };
        (2..).zip(all).map(row).collect()
    }

    #[test]
    fn the_order_of_a_file_is_found() {
        let today = day("2026-11-23");
        let up = [("2026-11-19", 100, 100), ("2026-11-20", 50, 150), ("2026-11-20", -30, 120), ("2026-11-23", 5, 125)];
        let mut down = up;
        down.reverse();
        let expected = [(day("2026-11-19"), 100), (day("2026-11-20"), 120)];
        for file in [up, down] {
            let (found, faults) = closings(&rows(&file), today);
            let found: Vec<_> = found.iter().map(|one| (one.day, one.balance_cents)).collect();
            assert_eq!((found.as_slice(), faults.len()), (expected.as_slice(), 0), "today is not over: {file:?}");
        }
        // In and out again fits both ways; then the days of the file say which end is the later one.
        let even = [("2026-11-20", 40, 140), ("2026-11-20", -40, 100)];
        let alone = closings(&rows(&even), today).0;
        assert_eq!(alone[0].balance_cents, 100);
        let with_older_below = [even[0], even[1], ("2026-11-19", 140, 140)];
        assert_eq!(closings(&rows(&with_older_below), today).0[1].balance_cents, 140);
    }

    #[test]
    fn a_day_with_a_gap_is_told_and_left_out() {
        let file = [("2026-11-19", 100, 100), ("2026-11-20", 50, 150), ("2026-11-20", 10, 170), ("2026-11-21", 1, -1)];
        let (found, faults) = closings(&rows(&file), day("2026-11-23"));
        assert_eq!(found, [Closing { day: day("2026-11-19"), balance_cents: 100, row_number: 2 }]);
        let told: Vec<i64> = faults.iter().map(|fault| fault.number).collect();
        assert_eq!(told, [3, 5], "a gap, and a balance below nothing");
        for (cents, good) in [(0, true), (-1, false), (MOST_CENTS, true), (MOST_CENTS + 1, false)] {
            assert_eq!(typed(cents).is_ok(), good, "{cents}");
        }
    }
}

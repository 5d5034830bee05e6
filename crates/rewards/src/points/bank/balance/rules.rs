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
/// is the one before it and what moved, from day to day as well. A day whose balances do not follow each other, or after
/// which the next one begins with another balance, is told and left out; a day that is not over is left out: more may move.
#[must_use]
pub fn closings(stood: &[Stood], today: Day) -> (Vec<Closing>, Vec<Fault>) {
    let descends = stood.first().zip(stood.last()).is_some_and(|(first, last)| first.day > last.day);
    let mut days: BTreeMap<Day, Vec<Stood>> = BTreeMap::new();
    for one in stood {
        days.entry(one.day).or_default().push(*one);
    }
    let ends: Vec<(Day, i64, Option<Ends>)> = days
        .into_iter()
        .map(|(day, rows)| (day, rows.first().map_or(0, |row| row.row_number), ends(&rows, descends)))
        .collect();
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for (at, (day, number, of_day)) in ends.iter().enumerate().filter(|(_, (day, _, _))| *day < today) {
        let next = ends.get(at + 1).and_then(|(_, _, of_day)| *of_day);
        let goes_on = |one: &Ends| next.is_none_or(|next| next.began() == Some(one.last.balance_cents));
        match of_day {
            Some(one) if goes_on(one) && typed(one.last.balance_cents).is_ok() => {
                let Stood { balance_cents, row_number, .. } = one.last;
                found.push(Closing { day: *day, balance_cents, row_number });
            }
            _ => {
                let message =
                    format!("{day} 的余额和收支接不上，没有登记这一天的余额；请从银行按整天导出，或者手工登记。");
                faults.push(Fault { number: *number, code: BANK_LINE_FORM.code, message });
            }
        }
    }
    (found, faults)
}

/// The first and the last row of a day.
#[derive(Debug, Clone, Copy)]
struct Ends {
    first: Stood,
    last: Stood,
}

impl Ends {
    /// What was there before the first row.
    fn began(self) -> Option<i64> {
        self.first.balance_cents.checked_sub(self.first.moved_cents)
    }
}

/// Which row of a day is the first and which the last one; nothing when they do not follow each other.
fn ends(rows: &[Stood], descends: bool) -> Option<Ends> {
    let follows = |before: &Stood, after: &Stood| {
        before.balance_cents.checked_add(after.moved_cents) == Some(after.balance_cents)
    };
    let up = rows.windows(2).all(|pair| matches!(pair, [before, after] if follows(before, after)));
    let down = rows.windows(2).all(|pair| matches!(pair, [after, before] if follows(before, after)));
    let (top, bottom) = (*rows.first()?, *rows.last()?);
    if !up && !down {
        return None;
    }
    let turned = down && (descends || !up);
    Some(if turned { Ends { first: bottom, last: top } } else { Ends { first: top, last: bottom } })
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
        // What went out in the evening is not in the file: the next day begins with less.
        let (found, faults) = closings(&rows(&[("2026-11-19", 100, 100), ("2026-11-20", 10, 105)]), day("2026-11-23"));
        assert_eq!((found[0].balance_cents, faults[0].number, faults.len()), (105, 2, 1));
        for (cents, good) in [(0, true), (-1, false), (MOST_CENTS, true), (MOST_CENTS + 1, false)] {
            assert_eq!(typed(cents).is_ok(), good, "{cents}");
        }
    }
}

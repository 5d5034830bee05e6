//! Which payments lie close together. Pure.

use chrono::TimeDelta;
use kernel::time::Time;

/// Payments within so long are close together.
pub const SPAN: TimeDelta = TimeDelta::minutes(10);

/// A payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paid {
    /// When.
    pub at: Time,
    /// Points.
    pub cents: i64,
}

/// Payments that lie within [`SPAN`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first of them.
    pub from: Time,
    /// How many.
    pub times: i64,
    /// Points altogether.
    pub cents: i64,
}

/// Windows with at least so many payments, of payments in order of time. A window begins with a payment, wherever that lies,
/// and none begins before the one before it is over: each payment is in one of them at the most.
#[must_use]
pub fn windows(paid: &[Paid], least: i64) -> Vec<Window> {
    let mut found = Vec::new();
    let (mut first, mut end) = (0, 0);
    while let Some(Paid { at: from, .. }) = paid.get(first).copied() {
        while paid.get(end).is_some_and(|one| one.at < from + SPAN) {
            end += 1;
        }
        let within = paid.get(first..end).unwrap_or_default();
        let times = i64::try_from(within.len()).unwrap_or(i64::MAX);
        if times >= least {
            let cents = within.iter().fold(0_i64, |sum, one| sum.saturating_add(one.cents));
            found.push(Window { from, times, cents });
            first = end;
        } else {
            first += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Moments of payments, from how many on they are one flag, and the flags.
    type Case = (&'static [i64], i64, &'static [(i64, i64)]);

    fn at(minutes: i64) -> Time {
        Time::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    #[test]
    fn a_window_lies_wherever_the_payments_do() {
        let cases: [Case; 7] = [
            (&[], 2, &[]),
            (&[0, 9], 2, &[(0, 2)]),
            (&[0, 10], 2, &[]),
            (&[0, 8, 11, 17], 3, &[(8, 3)]),
            // The first five minutes and the last ones: what two looks saw of each other's halves is one.
            (&[6, 7, 8, 9, 11, 12, 13, 14], 5, &[(6, 8)]),
            (&[0, 1, 2, 3, 20, 21, 22], 3, &[(0, 4), (20, 3)]),
            // A payment is in one window and not in the next one as well.
            (&[0, 5, 9, 12], 3, &[(0, 3)]),
        ];
        for (minutes, least, expected) in cases {
            let paid: Vec<Paid> = minutes.iter().map(|one| Paid { at: at(*one), cents: 10 }).collect();
            let window = |(from, times): &(i64, i64)| Window { from: at(*from), times: *times, cents: 10 * times };
            let expected: Vec<Window> = expected.iter().map(window).collect();
            assert_eq!(windows(&paid, least), expected, "{minutes:?}");
        }
    }
}

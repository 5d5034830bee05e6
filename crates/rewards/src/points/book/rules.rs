//! From which day to which a report tells. Pure.

use kernel::Refusal;
use kernel::time::Day;

use super::BOOK_PERIOD;

/// From a day to a day, both with it: all that was until today unless told.
///
/// # Errors
/// `book.period`.
pub fn period(from: Option<Day>, to: Option<Day>, first: Option<Day>, today: Day) -> Result<(Day, Day), Refusal> {
    let to = to.unwrap_or(today);
    let from = from.unwrap_or_else(|| first.unwrap_or(to).min(to));
    if from > to {
        return Err(BOOK_PERIOD.refusal().on("from"));
    }
    if to > today {
        return Err(BOOK_PERIOD.refusal().on("to"));
    }
    Ok((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn until_today_unless_told() {
        let day = |text: &str| -> Day { text.parse().unwrap() };
        let (first, today) = (Some(day("2026-03-05")), day("2026-11-23"));
        // What is asked; what is told.
        let cases = [
            (None, None, Some(("2026-03-05", "2026-11-23"))),
            (None, Some("2026-06-30"), Some(("2026-03-05", "2026-06-30"))),
            (None, Some("2026-01-31"), Some(("2026-01-31", "2026-01-31"))),
            (Some("2026-11-01"), None, Some(("2026-11-01", "2026-11-23"))),
            (Some("2026-11-23"), Some("2026-11-23"), Some(("2026-11-23", "2026-11-23"))),
            (Some("2026-11-02"), Some("2026-11-01"), None),
            (None, Some("2026-11-24"), None),
        ];
        for (from, to, told) in cases {
            let found = period(from.map(day), to.map(day), first, today).ok();
            assert_eq!(found, told.map(|(from, to)| (day(from), day(to))), "{from:?} {to:?}");
        }
        assert_eq!(period(None, None, None, today), Ok((today, today)));
    }
}

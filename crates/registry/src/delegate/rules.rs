//! Days and words of a seat. Pure: no database, no clock.

use kernel::Refusal;
use kernel::time::Day;

use super::{DELEGATE_DAY, DELEGATE_REASON};
use crate::person::name::clean_text;

/// A basis or a reason as it is kept, 2 to 200 characters.
///
/// # Errors
/// `delegate.reason`, on the field it was given in.
pub fn words(raw: &str, field: &'static str) -> Result<String, Refusal> {
    let clean = clean_text(raw, 200).ok().filter(|text| text.chars().count() >= 2);
    clean.ok_or_else(|| DELEGATE_REASON.refusal().on(field))
}

/// Lets a seat begin: not before the membership, not within an earlier seat, not after today.
///
/// # Errors
/// `delegate.day`.
pub fn may_begin(from: Day, joined_on: Day, last_end: Option<Day>, today: Day) -> Result<(), Refusal> {
    let free = last_end.is_none_or(|end| end <= from);
    if free && joined_on <= from && from <= today { Ok(()) } else { Err(DELEGATE_DAY.refusal().on("from")) }
}

/// Lets a seat end: on its first day, when it was entered by mistake, or later, and not after today.
///
/// # Errors
/// `delegate.day`.
pub fn may_end(on: Day, from: Day, today: Day) -> Result<(), Refusal> {
    if from <= on && on <= today { Ok(()) } else { Err(DELEGATE_DAY.refusal().on("on")) }
}

/// The first day on which a seat is over: when it was ended, or when the membership was, whichever came first; a seat
/// that was ended before it had lasted a day never was one.
#[must_use]
pub fn over_on(ended_on: Option<Day>, membership_ended_on: Option<Day>) -> Option<Day> {
    match (ended_on, membership_ended_on) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_seat_lies_within_the_membership_and_the_past() {
        let (joined, today) = (day("2024-03-01"), day("2026-11-23"));
        for (from, last_end, good) in [
            ("2024-03-01", None, true),
            ("2024-02-29", None, false),
            ("2026-11-23", None, true),
            ("2026-11-24", None, false),
            ("2025-06-01", Some("2025-06-01"), true),
            ("2025-05-31", Some("2025-06-01"), false),
        ] {
            assert_eq!(may_begin(day(from), joined, last_end.map(day), today).is_ok(), good, "{from} {last_end:?}");
        }
        for (on, good) in [("2025-05-31", false), ("2025-06-01", true), ("2026-11-23", true), ("2026-11-24", false)] {
            assert_eq!(may_end(day(on), day("2025-06-01"), today).is_ok(), good, "{on}");
        }
    }

    #[test]
    fn a_seat_is_over_with_the_membership() {
        for (ended, left, over) in [
            (None, None, None),
            (Some("2025-06-01"), None, Some("2025-06-01")),
            (None, Some("2025-06-01"), Some("2025-06-01")),
            (Some("2025-07-01"), Some("2025-06-01"), Some("2025-06-01")),
        ] {
            assert_eq!(over_on(ended.map(day), left.map(day)), over.map(day), "{ended:?} {left:?}");
        }
    }

    #[test]
    fn words_say_something() {
        assert_eq!(words(" 第三届选举当选 ", "basis").unwrap(), "第三届选举当选");
        assert!(words("选", "basis").is_err() && words(&"字".repeat(201), "basis").is_err());
    }
}

//! What a budget may be. Pure.

use chrono::Datelike;
use kernel::Refusal;
use kernel::time::Day;

use super::BUDGET_YEAR;

/// The fiscal year, as it is now unless told: last year's accounts are still open, next year's are prepared.
///
/// # Errors
/// `budget.year`.
pub fn year(asked: Option<i64>, today: Day) -> Result<i64, Refusal> {
    let now = i64::from(today.year());
    let year = asked.unwrap_or(now);
    if (now - 1..=now + 1).contains(&year) { Ok(year) } else { Err(BUDGET_YEAR.refusal().on("fiscal_year")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_year_this_year_and_the_next() {
        let today = Day::from_ymd_opt(2026, 11, 23).unwrap();
        assert_eq!(year(None, today), Ok(2026));
        for (asked, good) in [(2024, false), (2025, true), (2027, true), (2028, false)] {
            assert_eq!(year(Some(asked), today).is_ok(), good, "{asked}");
        }
    }
}

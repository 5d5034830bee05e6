//! Months, and what moved in them. Pure.

use chrono::Months;
use kernel::Refusal;
use kernel::time::Day;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::MONTH_FORM;

/// A month in China.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    first: Day,
    after: Day,
}

impl Month {
    /// Reads `2026-11`.
    ///
    /// # Errors
    /// `points_month.form`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let wrong = || MONTH_FORM.refusal().on("month");
        if text.len() != 7 {
            return Err(wrong());
        }
        let first = Day::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").map_err(|_| wrong())?;
        Self::from(first).ok_or_else(wrong)
    }

    /// The month of a day.
    #[must_use]
    pub fn of(day: Day) -> Option<Self> {
        use chrono::Datelike;
        day.with_day(1).and_then(Self::from)
    }

    fn from(first: Day) -> Option<Self> {
        Some(Self { first, after: first.checked_add_months(Months::new(1))? })
    }

    /// The month before.
    #[must_use]
    pub fn before(self) -> Option<Self> {
        self.first.checked_sub_months(Months::new(1)).and_then(Self::from)
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> Day {
        self.first
    }

    /// The day after its last one.
    #[must_use]
    pub fn after(self) -> Day {
        self.after
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.first.format("%Y-%m"))
    }
}

/// What moved in an account in a month; amounts in cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sums {
    /// `2026-11`.
    pub month: String,
    /// What was there when it began.
    pub opening_cents: i64,
    /// What was there when it ended.
    pub closing_cents: i64,
    /// What moved, by kind of transfer.
    pub lines: Vec<SumLine>,
}

/// What moved by one kind of transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SumLine {
    /// Kind of transfer.
    pub kind: String,
    /// Came in.
    pub in_cents: i64,
    /// Went out.
    pub out_cents: i64,
    /// How many transfers.
    pub transfers: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_follow_each_other() {
        let month = Month::parse("2026-12").unwrap();
        assert_eq!((month.first().to_string(), month.after().to_string()), ("2026-12-01".into(), "2027-01-01".into()));
        assert_eq!(month.before().map(|month| month.to_string()).as_deref(), Some("2026-11"));
        assert_eq!(Month::of("2026-12-31".parse().unwrap()), Some(month));
        for wrong in ["2026-13", "2026-1", "202611", "", "2026-11-01"] {
            assert!(Month::parse(wrong).is_err(), "{wrong}");
        }
    }
}

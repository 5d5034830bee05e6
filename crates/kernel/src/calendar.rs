//! The working-day calendar of mainland China, with exchanged days (调休), and the clocks that run on it.
//!
//! A day is worked when it is Monday–Friday, unless a yearly notice of the State Council says otherwise. Those
//! exceptions are data (`data/china_days.csv`); a deployment may lay rows of its own over them.
//!
//! Invariants:
//! * beyond [`Calendar::known_until`] the calendar falls back to Monday–Friday, and every [`Due`] that reaches
//!   there says so;
//! * the day on which a period starts is not counted (民法典第二百零一条);
//! * a pause never shortens the time that remains ([`Deadline`]).
//!
//! ```
//! use chrono::NaiveDate;
//! use kernel::calendar::Calendar;
//!
//! let calendar = Calendar::bundled();
//! let accepted = NaiveDate::from_ymd_opt(2026, 9, 30).ok_or("date")?;
//! let due = calendar.due_after_working_days(accepted, 3);
//! assert_eq!(due.day.to_string(), "2026-10-10"); // a Saturday, worked in exchange for National Day
//! assert!(due.derivation.iter().any(|line| line.contains("国庆节")));
//! # Ok::<(), &str>(())
//! ```

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Duration, Months, NaiveDate, Utc, Weekday};

mod deadline;
mod due;
mod rule;
pub mod store;
#[cfg(test)]
mod tests;

pub use deadline::Deadline;
pub use due::Due;
pub use rule::Rule;
pub use store::load;

const BUNDLED_CSV: &str = include_str!("../data/china_days.csv");

static BUNDLED: LazyLock<Calendar> = LazyLock::new(|| Calendar::from_days(BUNDLED_CSV.lines().filter_map(Day::parse)));

/// One day on which the country departs from Monday–Friday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day in China.
    pub date: NaiveDate,
    /// Whether it is worked.
    pub working: bool,
    /// The festival, or the festival it is exchanged for, in Chinese.
    pub name: String,
}

impl Day {
    /// Reads a line `day,working,name`; `None` for the header and for anything else.
    pub fn parse(line: &str) -> Option<Self> {
        let mut fields = line.trim().splitn(3, ',');
        let date = fields.next()?.parse().ok()?;
        let working = match fields.next()? {
            "1" => true,
            "0" => false,
            _ => return None,
        };
        let name = fields.next()?.to_owned();
        Some(Self { date, working, name })
    }
}

/// Which days are worked in mainland China.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    days: BTreeMap<NaiveDate, Day>,
    known: Option<(NaiveDate, NaiveDate)>,
}

impl Calendar {
    /// The calendar that comes with the program (2019 onward, see `data/README.md`).
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// Builds a calendar from exceptions; of two rows for one day the later one counts.
    ///
    /// To lay rows of the database over the bundled ones:
    /// `Calendar::from_days(Calendar::bundled().days().cloned().chain(rows))`.
    pub fn from_days(days: impl IntoIterator<Item = Day>) -> Self {
        let days: BTreeMap<_, _> = days.into_iter().map(|day| (day.date, day)).collect();
        let known = known_span(&days);
        Self { days, known }
    }

    /// The exceptions, in order of date.
    pub fn days(&self) -> impl Iterator<Item = &Day> {
        self.days.values()
    }

    /// Whether the day is worked; outside the known years Monday–Friday are.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        match self.days.get(&day) {
            Some(exception) => exception.working,
            None => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// The name of an exceptional day, such as 国庆节 or 春节调休上班; ordinary days have none.
    pub fn name_of(&self, day: NaiveDate) -> Option<&str> {
        self.days.get(&day).map(|day| day.name.as_str())
    }

    /// The last day for which the arrangement is known: 31 December of the last year of an unbroken row of complete
    /// years. A year is complete when it holds an exception in October, because the yearly notice always ends with
    /// National Day; a single day entered for a later year proves nothing. `NaiveDate::MIN` when no year is complete.
    pub fn known_until(&self) -> NaiveDate {
        self.known.map_or(NaiveDate::MIN, |(_, until)| until)
    }

    /// Whether the arrangement of this day is known rather than assumed from its weekday.
    pub fn is_known(&self, day: NaiveDate) -> bool {
        self.known.is_some_and(|(from, until)| (from..=until).contains(&day))
    }

    /// The `n`-th working day after `start`; `start` itself is not counted, and `n = 0` gives `start` back.
    pub fn add_working_days(&self, start: NaiveDate, n: u32) -> NaiveDate {
        let mut day = start;
        let mut left = n;
        while left > 0 {
            let Some(next) = day.succ_opt() else {
                return day;
            };
            day = next;
            left -= u32::from(self.is_working_day(day));
        }
        day
    }

    /// `day` if it is worked, else the next day that is (民法典第二百零三条: a period whose last day is free ends on
    /// the day after the holiday).
    pub fn next_working_day_on_or_after(&self, day: NaiveDate) -> NaiveDate {
        day.iter_days().find(|day| self.is_working_day(*day)).unwrap_or(day)
    }

    /// The number of working days after `from` up to and including `to`; 0 when `to` is not later.
    ///
    /// It is the inverse of [`Calendar::add_working_days`].
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        let counted =
            from.iter_days().skip(1).take_while(|day| *day <= to).filter(|day| self.is_working_day(*day)).count();
        u32::try_from(counted).unwrap_or(u32::MAX)
    }

    /// The `n`-th working day after `start`, with the way it came about in Chinese.
    pub fn due_after_working_days(&self, start: NaiveDate, n: u32) -> Due {
        Deadline { started: start, budget_working_days: n, pauses: Vec::new() }.due(self, start)
    }
}

/// The same day of the next month, or that month's last day when it is shorter (31 January → 28 or 29 February).
pub fn same_day_next_month(day: NaiveDate) -> NaiveDate {
    day.checked_add_months(Months::new(1)).unwrap_or(day)
}

/// The calendar day in China (UTC+8, no summer time since 1991) at an instant.
pub fn china_day(instant: DateTime<Utc>) -> NaiveDate {
    (instant.naive_utc() + Duration::hours(8)).date()
}

fn known_span(days: &BTreeMap<NaiveDate, Day>) -> Option<(NaiveDate, NaiveDate)> {
    let complete = |year: i32| {
        let october = NaiveDate::from_ymd_opt(year, 10, 1).zip(NaiveDate::from_ymd_opt(year, 10, 31));
        october.is_some_and(|(from, to)| days.range(from..=to).next().is_some())
    };
    let first = days.keys().map(Datelike::year).find(|year| complete(*year))?;
    let last = (first..).take_while(|year| complete(*year)).last()?;
    NaiveDate::from_ymd_opt(first, 1, 1).zip(NaiveDate::from_ymd_opt(last, 12, 31))
}

//! A clock that counts working days and can stand still.
//!
//! A stage of a procedure starts on a day and has a budget of working days. While the other side must act (for
//! instance, complete the papers) the clock is paused; it goes on from where it stood.
//!
//! Invariants: the start day is not counted; a paused day is never counted; so a pause can only move the due day
//! later, never earlier.
//!
//! ```
//! use chrono::NaiveDate;
//! use kernel::calendar::{Calendar, Deadline};
//!
//! let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).ok_or("date");
//! let clock = Deadline {
//!     started: day(2)?,                                // Monday
//!     budget_working_days: 3,
//!     pauses: vec![(day(4)?, Some(day(6)?))],          // stood on 4 and 5 November
//! };
//! assert_eq!(clock.due(Calendar::bundled(), day(10)?).day, day(9)?); // 3, 6, 9
//! # Ok::<(), &str>(())
//! ```

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::due::{Derivation, Step};
use super::{Calendar, Due, Rule};

/// A budget of working days from a start day, with the spans in which the clock stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The day the clock was started; counting begins on the day after.
    pub started: NaiveDate,
    /// How many working days there are.
    pub budget_working_days: u32,
    /// Pauses as (first day that is not counted, first day that is counted again); `None` while the clock stands.
    /// Pauses may overlap; one that ends before it begins is empty.
    pub pauses: Vec<(NaiveDate, Option<NaiveDate>)>,
}

impl Deadline {
    /// The due day as seen on `as_of`, with its derivation.
    ///
    /// A pause that is still open on `as_of` is taken to end with that day, so the answer is the earliest day that is
    /// still possible; asked again on a later day of the pause it moves on. An open pause that begins after `as_of`
    /// has not happened yet and is left out.
    pub fn due(&self, calendar: &Calendar, as_of: NaiveDate) -> Due {
        let mut derivation = Derivation::new(calendar, self.started, self.budget_working_days);
        let mut day = self.started;
        let mut left = self.budget_working_days;
        while left > 0 {
            let Some(next) = day.succ_opt() else { break };
            day = next;
            let step = self.step(calendar, day, as_of);
            derivation.push(day, step);
            left -= u32::from(matches!(step, Step::Worked | Step::Exchanged));
        }
        let days = self.budget_working_days;
        let rule = self.pauses.is_empty().then_some(Rule::WorkingDays { start: self.started, days });
        derivation.finish(day, rule)
    }

    /// The working days of the budget that are not used up at the end of `as_of`; 0 when none is left.
    pub fn remaining_working_days(&self, calendar: &Calendar, as_of: NaiveDate) -> u32 {
        let used = self
            .started
            .iter_days()
            .skip(1)
            .take_while(|day| *day <= as_of)
            .filter(|day| calendar.is_working_day(*day) && !self.is_paused(*day, as_of))
            .count();
        let used = u32::try_from(used).unwrap_or(u32::MAX);
        self.budget_working_days.saturating_sub(used)
    }

    /// Whether the due day lies before `as_of`; a clock that was stopped in time is never overdue.
    pub fn is_overdue(&self, calendar: &Calendar, as_of: NaiveDate) -> bool {
        self.due(calendar, as_of).day < as_of
    }

    /// Whether the clock stands on `day`, as seen on `as_of`.
    pub fn is_paused(&self, day: NaiveDate, as_of: NaiveDate) -> bool {
        self.pauses.iter().any(|(from, until)| match until {
            Some(until) => *from <= day && day < *until,
            None => *from <= day && day <= as_of,
        })
    }

    fn step(&self, calendar: &Calendar, day: NaiveDate, as_of: NaiveDate) -> Step {
        if self.is_paused(day, as_of) { Step::Paused } else { calendar.step(day) }
    }
}

//! By which rule a last day comes about, so that it can be worked out again when the table of holidays has changed.
//!
//! ```
//! use chrono::NaiveDate;
//! use kernel::calendar::Calendar;
//!
//! let published = NaiveDate::from_ymd_opt(2026, 1, 31).ok_or("date")?;
//! let due = Calendar::bundled().due_next_month(published);
//! assert_eq!(due.day.to_string(), "2026-02-28"); // a Saturday, worked in exchange for the Spring Festival
//! assert_eq!(due.rule.map(|rule| Calendar::bundled().due(rule)), Some(due));
//! # Ok::<(), &str>(())
//! ```

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::due::{Derivation, Step, chinese};
use super::{Calendar, Due, same_day_next_month};

/// How a last day follows from another day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Rule {
    /// So many working days after a day, which is not counted itself.
    WorkingDays {
        /// The day before the first counted one.
        start: NaiveDate,
        /// How many.
        days: u32,
    },
    /// The same day of the next month, moved to the next working day when it is free.
    NextMonth {
        /// The day in this month.
        start: NaiveDate,
    },
    /// A day that somebody set, moved to the next working day when it is free.
    Set {
        /// That day.
        day: NaiveDate,
    },
}

impl Calendar {
    /// The last day by a rule, with the way it came about in Chinese.
    pub fn due(&self, rule: Rule) -> Due {
        match rule {
            Rule::WorkingDays { start, days } => self.due_after_working_days(start, days),
            Rule::NextMonth { start } => self.due_next_month(start),
            Rule::Set { day } => self.due_set(day),
        }
    }

    /// The same day of the next month (its last day when it is shorter, 民法典第二百零二条), moved to the next working
    /// day when it is free (第二百零三条), with the way it came about in Chinese.
    pub fn due_next_month(&self, start: NaiveDate) -> Due {
        let same = same_day_next_month(start);
        let second = if same.day() == start.day() {
            format!("次月的同一日是{}", chinese(same))
        } else {
            format!("{}月没有{}日，以当月最后一日{}为准", same.month(), start.day(), chinese(same))
        };
        let lines = vec![format!("自{}起满一个月", chinese(start)), second];
        self.moved(lines, same, Rule::NextMonth { start })
    }

    /// A day that somebody set, moved to the next working day when it is free, with the way it came about in Chinese.
    pub fn due_set(&self, day: NaiveDate) -> Due {
        self.moved(vec![format!("定于{}完成", chinese(day))], day, Rule::Set { day })
    }

    fn moved(&self, lines: Vec<String>, from: NaiveDate, rule: Rule) -> Due {
        let mut derivation = Derivation::moving(self, lines);
        let mut day = from;
        loop {
            let step = self.step(day);
            derivation.push(day, step);
            match day.succ_opt() {
                Some(next) if step == Step::Free => day = next,
                _ => return derivation.finish(day, Some(rule)),
            }
        }
    }

    /// What a day is to a walk.
    pub(super) fn step(&self, day: NaiveDate) -> Step {
        match (self.is_working_day(day), day.weekday()) {
            (false, _) => Step::Free,
            (true, Weekday::Sat | Weekday::Sun) => Step::Exchanged,
            (true, _) => Step::Worked,
        }
    }
}

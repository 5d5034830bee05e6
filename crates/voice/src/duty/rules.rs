//! Where a duty stands, and whom to tell of it; without database and clock.

use kernel::time::Day;
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Levels above a union that are told one after the other: town, county, city.
pub const LEVELS: i64 = 3;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DutyKind {
    /// A duty report is to be handed in (述职报告).
    Report,
    /// An opinion is to be answered (答复意见).
    Answer,
    /// A plan of rectification is to be filed (整改方案).
    Plan,
    /// Something is to be put right (整改事项).
    Item,
    /// The level above is to look for itself (上级核查).
    Review,
}

impl DutyKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Report, Self::Answer, Self::Plan, Self::Item, Self::Review];

    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Answer => "answer",
            Self::Plan => "plan",
            Self::Item => "item",
            Self::Review => "review",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Report => "述职报告",
            Self::Answer => "答复意见",
            Self::Plan => "整改方案",
            Self::Item => "整改事项",
            Self::Review => "上级核查",
        }
    }

    /// Reads the stable name.
    ///
    /// # Errors
    /// A name that this program does not know.
    pub fn parse(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| Error::internal(format!("no kind of duty: {text}")))
    }
}

/// How a duty ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It has not.
    Open,
    /// Done on this day.
    Done(Day),
    /// Not owed any more.
    Cancelled,
}

impl End {
    /// From the columns of a row.
    #[must_use]
    pub fn of(done_on: Option<Day>, cancelled_on: Option<Day>) -> Self {
        match (done_on, cancelled_on) {
            (Some(day), _) => Self::Done(day),
            (None, Some(_)) => Self::Cancelled,
            (None, None) => Self::Open,
        }
    }
}

/// Where a duty stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// There is time (按期).
    OnTime,
    /// The last day is near (即将到期).
    DueSoon,
    /// The last day has passed (逾期).
    Overdue,
    /// It passed long ago (严重逾期).
    VeryOverdue,
    /// Done by the last day (按期办结).
    Done,
    /// Done after it (逾期办结).
    DoneLate,
    /// Not owed any more: what it was about was given up (已取消).
    Cancelled,
}

impl Standing {
    /// Every standing, in the order of a list.
    pub const ALL: [Self; 7] =
        [Self::OnTime, Self::DueSoon, Self::Overdue, Self::VeryOverdue, Self::Done, Self::DoneLate, Self::Cancelled];
}

/// Where a duty stands on `today`: it is due soon in the last `soon` days and on the last day itself, overdue from the
/// day after, very overdue from `very` days after it.
#[must_use]
pub fn standing(due_on: Day, end: End, today: Day, soon: i64, very: i64) -> Standing {
    let late = days_late(due_on, end, today);
    match (end, late) {
        (End::Cancelled, _) => Standing::Cancelled,
        (End::Done(_), ..=0) => Standing::Done,
        (End::Done(_), _) => Standing::DoneLate,
        (End::Open, late) if late >= very.max(1) => Standing::VeryOverdue,
        (End::Open, 1..) => Standing::Overdue,
        (End::Open, late) if -late <= soon => Standing::DueSoon,
        (End::Open, _) => Standing::OnTime,
    }
}

/// Days after the last day on which it was done, or which have passed without; not positive when it is not late, nothing
/// when it was cancelled.
#[must_use]
pub fn days_late(due_on: Day, end: End, today: Day) -> i64 {
    match end {
        End::Open => (today - due_on).num_days(),
        End::Done(day) => (day - due_on).num_days(),
        End::Cancelled => 0,
    }
}

/// How many levels above are to have been told after so many days: the first at once, the next ones every `escalate`
/// days.
#[must_use]
pub fn levels_due(late: i64, escalate: i64) -> i64 {
    if late < 1 { 0 } else { (1 + (late - 1) / escalate.max(1)).min(LEVELS) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_duty_stands_by_its_last_day() {
        let cases = [
            (None, "2026-11-01", Standing::OnTime),
            (None, "2026-11-24", Standing::OnTime),
            (None, "2026-11-25", Standing::DueSoon),
            (None, "2026-11-30", Standing::DueSoon),
            (None, "2026-12-01", Standing::Overdue),
            (None, "2026-12-14", Standing::Overdue),
            (None, "2026-12-15", Standing::VeryOverdue),
            (None, "2027-12-15", Standing::VeryOverdue),
            (Some("2026-11-30"), "2027-01-01", Standing::Done),
            (Some("2026-11-02"), "2026-11-02", Standing::Done),
            (Some("2026-12-01"), "2026-12-01", Standing::DoneLate),
            (Some("2026-12-31"), "2027-01-01", Standing::DoneLate),
        ];
        for (done, today, expected) in cases {
            let end = End::of(done.map(day), None);
            let found = standing(day("2026-11-30"), end, day(today), 5, 15);
            assert_eq!(found, expected, "{done:?} on {today}");
        }
        // Parameters at their ends leave no day without a standing.
        assert_eq!(standing(day("2026-11-30"), End::Open, day("2026-11-30"), 0, 1), Standing::DueSoon);
        assert_eq!(standing(day("2026-11-30"), End::Open, day("2026-11-29"), 0, 1), Standing::OnTime);
        assert_eq!(standing(day("2026-11-30"), End::Open, day("2026-12-01"), 0, 1), Standing::VeryOverdue);
        // What is not owed any more is late on no day.
        for today in ["2026-11-01", "2026-11-30", "2027-11-30"] {
            let end = End::of(None, Some(day("2026-11-02")));
            assert_eq!(standing(day("2026-11-30"), end, day(today), 5, 15), Standing::Cancelled);
            assert_eq!(days_late(day("2026-11-30"), end, day(today)), 0);
        }
    }

    #[test]
    fn levels_are_told_one_after_the_other() {
        let cases = [(-3, 0), (0, 0), (1, 1), (7, 1), (8, 2), (14, 2), (15, 3), (22, 3), (400, 3)];
        for (late, levels) in cases {
            assert_eq!(levels_due(late, 7), levels, "{late} days");
        }
        assert_eq!(levels_due(5, 0), 3, "a parameter of nothing means every day");
    }
}

//! What holds for evaluations, without database and clock.

use chrono::Datelike;
use kernel::Refusal;
use kernel::time::{Day, Time};
use registry::organization::as_of::end_of;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{EVALUATION_DAYS, EVALUATION_TITLE, EVALUATION_YEAR};
use crate::scheme::DaysOpen;

/// Electors below which a vote is no secret: 1 to 4 ballots are never shuffled in, let alone published (`poll.destroyed`),
/// so such a union votes jointly with others of its town.
pub const FEWEST_ELECTORS: i64 = 5;

/// Where an evaluation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EvaluationState)]
pub enum State {
    /// Being prepared.
    Draft,
    /// The electorate is being copied from the register.
    Freezing,
    /// Members vote.
    Open,
    /// No ballot is taken any more; the last ones are shuffled in and counted.
    Closing,
    /// The result is out.
    Published,
    /// Too few ballots for a result.
    TooFew,
    /// A draft that was given up.
    Withdrawn,
}

impl State {
    /// Every state, in order of time.
    pub const ALL: [Self; 7] =
        [Self::Draft, Self::Freezing, Self::Open, Self::Closing, Self::Published, Self::TooFew, Self::Withdrawn];

    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Freezing => "freezing",
            Self::Open => "open",
            Self::Closing => "closing",
            Self::Published => "published",
            Self::TooFew => "too_few",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of that name.
    ///
    /// # Errors
    /// A name this program does not know.
    pub fn parse(name: &str) -> kernel::Result<Self> {
        let state = Self::ALL.into_iter().find(|state| state.as_str() == name);
        state.ok_or_else(|| kernel::Error::internal(format!("not a state of an evaluation: {name}")))
    }

    /// Whether it was ever opened: then its union is covered for the year.
    #[must_use]
    pub fn was_opened(self) -> bool {
        matches!(self, Self::Open | Self::Closing | Self::Published | Self::TooFew)
    }
}

/// The last day, as asked or as usual, and the moment after which no ballot is taken.
///
/// ```
/// use voice::appraisal::rules::closing;
/// use voice::scheme::DaysOpen;
///
/// let day = |d| kernel::time::Day::from_ymd_opt(2026, 11, d).unwrap_or_default();
/// let days = DaysOpen { least: 3, usual: 7, most: 30 };
/// let (last, moment) = closing(day(2), None, days)?;
/// assert_eq!((last, moment.to_rfc3339()), (day(9), "2026-11-09T16:00:00+00:00".into()));
/// assert!(closing(day(2), Some(day(4)), days).is_err());
/// # Ok::<(), kernel::Refusal>(())
/// ```
///
/// # Errors
/// `evaluation.days`.
pub fn closing(opens_on: Day, asked: Option<Day>, days: DaysOpen) -> Result<(Day, Time), Refusal> {
    let usual = opens_on + chrono::Days::new(days.usual.into());
    let last = asked.unwrap_or(usual);
    let span = (last - opens_on).num_days();
    if (i64::from(days.least)..=i64::from(days.most)).contains(&span) {
        return Ok((last, end_of(last)));
    }
    let sentence = format!("截止日期要在开始之后 {} 到 {} 天之间，请重新选择截止日期。", days.least, days.most);
    Err(EVALUATION_DAYS.with(sentence).on("closes_on"))
}

/// When an evaluation ends that opens only now, in place of what was planned; `None` while the least days are left.
///
/// # Errors
/// `evaluation.days` for days that contradict each other.
pub fn late_end(opens_on: Day, planned: Time, days: DaysOpen) -> Result<Option<Time>, Refusal> {
    let left = (last_day(planned) - opens_on).num_days();
    if left >= i64::from(days.least) { Ok(None) } else { Ok(Some(closing(opens_on, None, days)?.1)) }
}

/// The last day in China before a moment of closing.
#[must_use]
pub fn last_day(closes_at: Time) -> Day {
    kernel::calendar::china_day(closes_at - chrono::Duration::microseconds(1))
}

/// The year that a report made today speaks of: in the first quarter people look back.
#[must_use]
pub fn usual_year(today: Day) -> i32 {
    if today.month() <= 3 { today.year() - 1 } else { today.year() }
}

/// The year as asked, or as usual.
///
/// # Errors
/// `evaluation.year` for one before 2019 or more than a year ahead.
pub fn year(asked: Option<i32>, today: Day) -> Result<i32, Refusal> {
    let year = asked.unwrap_or_else(|| usual_year(today));
    if (2019..=today.year() + 1).contains(&year) { Ok(year) } else { Err(EVALUATION_YEAR.refusal().on("year")) }
}

/// A title as typed.
///
/// # Errors
/// `evaluation.title`.
pub fn title(raw: &str) -> Result<String, Refusal> {
    let title = raw.trim();
    let fits = (2..=100).contains(&title.chars().count()) && !title.chars().any(char::is_control);
    if fits { Ok(title.to_owned()) } else { Err(EVALUATION_TITLE.refusal().on("title")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> Day {
        Day::from_ymd_opt(y, m, d).unwrap()
    }

    #[test]
    fn days_are_counted_from_the_first() {
        let days = DaysOpen { least: 3, usual: 7, most: 30 };
        let first = day(2026, 12, 20);
        for (asked, right) in [(22, false), (23, true), (31, true)] {
            assert_eq!(closing(first, Some(day(2026, 12, asked)), days).is_ok(), right, "{asked}");
        }
        assert!(closing(first, Some(day(2027, 1, 19)), days).is_ok());
        assert!(closing(first, Some(day(2027, 1, 20)), days).is_err());
        assert!(closing(first, Some(day(2026, 12, 19)), days).is_err());
        let (last, moment) = closing(first, None, days).unwrap();
        assert_eq!(last, day(2026, 12, 27));
        assert_eq!(last_day(moment), last, "the whole last day counts");
    }

    #[test]
    fn who_opens_late_is_given_the_usual_days() {
        let days = DaysOpen { least: 3, usual: 7, most: 30 };
        let planned = end_of(day(2026, 12, 10));
        for (opens, end) in [(1, None), (7, None), (8, Some(15)), (10, Some(17)), (20, Some(27))] {
            let expected = end.map(|end| end_of(day(2026, 12, end)));
            assert_eq!(late_end(day(2026, 12, opens), planned, days).unwrap(), expected, "{opens}");
        }
    }

    #[test]
    fn years_and_titles() {
        assert_eq!(usual_year(day(2027, 3, 31)), 2026);
        assert_eq!(usual_year(day(2027, 4, 1)), 2027);
        let today = day(2026, 11, 23);
        for (asked, right) in [(2018, false), (2019, true), (2027, true), (2028, false)] {
            assert_eq!(year(Some(asked), today).is_ok(), right, "{asked}");
        }
        assert_eq!(title(" 年度测评 ").unwrap(), "年度测评");
        for bad in ["", "评", "a\nb", &"长".repeat(101)] {
            assert!(title(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn states_have_names() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()).unwrap(), state);
        }
        assert!(State::parse("reopened").is_err());
        assert!(!State::Freezing.was_opened() && State::TooFew.was_opened());
    }
}

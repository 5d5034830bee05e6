//! When people are reminded; without database and clock.

use chrono::{Days, TimeDelta, Timelike};
use kernel::time::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far China is ahead of UTC.
const CHINA: TimeDelta = TimeDelta::hours(8);

/// Which of the at most three rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReminderKind)]
pub enum Kind {
    /// The voting has begun.
    Opening,
    /// Half of the time is over.
    Middle,
    /// It ends soon.
    Last,
}

impl Kind {
    /// In order of time.
    pub const ALL: [Self; 3] = [Self::Opening, Self::Middle, Self::Last];

    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Middle => "middle",
            Self::Last => "last",
        }
    }

    /// The kind of that name.
    ///
    /// # Errors
    /// A name this program does not know.
    pub fn parse(name: &str) -> kernel::Result<Self> {
        let kind = Self::ALL.into_iter().find(|kind| kind.as_str() == name);
        kind.ok_or_else(|| kernel::Error::internal(format!("not a round of reminding: {name}")))
    }
}

/// The hours in which nobody is disturbed, by the clock in China.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Night {
    /// First hour of the night, in the evening; 24 for none.
    pub from: u32,
    /// First hour of the day, in the morning; 0 for none.
    pub until: u32,
}

impl Night {
    /// Whether a moment lies in the night.
    #[must_use]
    pub fn holds(self, at: Time) -> bool {
        let hour = (at + CHINA).hour();
        hour >= self.from || hour < self.until
    }

    /// The moment itself, or the morning after the night in which it lies.
    ///
    /// ```
    /// use voice::reminder::rules::Night;
    ///
    /// let night = Night { from: 21, until: 8 };
    /// let late = "2026-11-26T14:30:00Z".parse::<kernel::time::Time>()?; // 22:30 in China
    /// assert_eq!(night.moved(late).to_rfc3339(), "2026-11-27T00:00:00+00:00");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn moved(self, at: Time) -> Time {
        if !self.holds(at) {
            return at;
        }
        let local = at + CHINA;
        let evening = local.hour() >= self.from;
        let day = local.date_naive() + Days::new(u64::from(evening));
        let morning = day.and_hms_opt(self.until, 0, 0).map(|morning| morning.and_utc() - CHINA);
        morning.unwrap_or(at)
    }

    /// The evening from which nobody is disturbed any more, after a moment of the day.
    #[must_use]
    pub fn next(self, at: Time) -> Time {
        let midnight = (at + CHINA).date_naive().and_hms_opt(0, 0, 0).map(|midnight| midnight.and_utc() - CHINA);
        midnight.map_or(at, |midnight| midnight + TimeDelta::hours(i64::from(self.from)))
    }
}

/// What the parameters say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// At most so many rounds, 0 to 3.
    pub most: usize,
    /// So long before the end comes the last one.
    pub last: TimeDelta,
    /// Two rounds are at least so far apart.
    pub apart: TimeDelta,
    /// When nobody is disturbed.
    pub night: Night,
}

/// A round and when it is due; `None` when there is no room for it.
pub type Planned = (Kind, Option<Time>);

/// The rounds of an evaluation, in order of time.
///
/// One that falls into the night is moved to the morning, and left out when the voting is over by then or the round
/// before it is too near. Where fewer than three are allowed the last one is kept first, then the opening.
#[must_use]
pub fn plan(opened_at: Time, closes_at: Time, policy: Policy) -> Vec<Planned> {
    let kept: &[Kind] = match policy.most {
        0 => &[],
        1 => &[Kind::Last],
        2 => &[Kind::Opening, Kind::Last],
        _ => &Kind::ALL,
    };
    let mut before: Option<Time> = None;
    let mut planned = Vec::with_capacity(kept.len());
    for kind in kept.iter().copied() {
        let wished = match kind {
            Kind::Opening => opened_at,
            Kind::Middle => opened_at + (closes_at - opened_at) / 2,
            Kind::Last => (closes_at - policy.last).max(opened_at),
        };
        let due = policy.night.moved(wished);
        let apart = before.is_none_or(|before| due >= before + policy.apart);
        let fits = apart && due < closes_at;
        if fits {
            before = Some(due);
        }
        planned.push((kind, fits.then_some(due)));
    }
    planned
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A moment by the clock in China.
    fn at(text: &str) -> Time {
        format!("{text}:00+08:00").parse::<chrono::DateTime<chrono::FixedOffset>>().unwrap().to_utc()
    }

    const NIGHT: Night = Night { from: 21, until: 8 };

    fn policy(most: usize) -> Policy {
        Policy { most, last: TimeDelta::hours(24), apart: TimeDelta::hours(12), night: NIGHT }
    }

    #[test]
    fn nobody_is_disturbed_at_night() {
        let cases = [
            ("2026-11-26T08:00", "2026-11-26T08:00"),
            ("2026-11-26T12:30", "2026-11-26T12:30"),
            ("2026-11-26T20:59", "2026-11-26T20:59"),
            ("2026-11-26T21:00", "2026-11-27T08:00"),
            ("2026-11-26T23:59", "2026-11-27T08:00"),
            ("2026-11-27T00:00", "2026-11-27T08:00"),
            ("2026-11-27T07:59", "2026-11-27T08:00"),
            ("2026-12-31T22:00", "2027-01-01T08:00"),
            ("2028-02-28T21:30", "2028-02-29T08:00"),
        ];
        for (asked, expected) in cases {
            assert_eq!(NIGHT.moved(at(asked)), at(expected), "{asked}");
            assert_eq!(NIGHT.holds(at(asked)), asked != expected, "{asked}");
        }
        let none = Night { from: 24, until: 0 };
        assert_eq!(none.moved(at("2026-11-27T03:00")), at("2026-11-27T03:00"));
        assert_eq!(NIGHT.next(at("2026-11-27T09:00")), at("2026-11-27T21:00"));
    }

    #[test]
    fn every_moment_of_a_week_is_moved_into_the_day() {
        for minute in 0..7 * 24 * 60 {
            let asked = at("2026-11-23T00:00") + TimeDelta::minutes(minute);
            let moved = NIGHT.moved(asked);
            assert!(!NIGHT.holds(moved) && moved >= asked && moved - asked <= TimeDelta::hours(11), "{asked}");
        }
    }

    #[test]
    fn rounds_are_few_by_day_and_before_the_end() {
        let plan = |opened: &str, closes: &str, most| plan(at(opened), at(closes), policy(most));
        let week = plan("2026-11-23T10:00", "2026-12-01T00:00", 3);
        assert_eq!(
            week,
            [
                (Kind::Opening, Some(at("2026-11-23T10:00"))),
                (Kind::Middle, Some(at("2026-11-27T08:00"))),
                (Kind::Last, Some(at("2026-11-30T08:00"))),
            ]
        );
        // Opened at night: told of in the morning.
        let night = plan("2026-11-23T22:15", "2026-12-01T00:00", 3);
        assert_eq!(night[0], (Kind::Opening, Some(at("2026-11-24T08:00"))));
        // The end is at half past seven: there is no morning any more.
        let early = plan("2026-11-23T10:00", "2026-11-24T07:30", 1);
        assert_eq!(early, [(Kind::Last, Some(at("2026-11-23T10:00")))]);
        let mut short = policy(3);
        short.last = TimeDelta::hours(6);
        let dropped = super::plan(at("2026-11-23T10:00"), at("2026-11-24T07:30"), short);
        assert_eq!(dropped[2], (Kind::Last, None));
        // A day and a half: the last one would follow the middle one on its heels.
        let brief = plan("2026-11-23T10:00", "2026-11-24T16:00", 3);
        assert_eq!(brief.iter().filter(|(_, due)| due.is_some()).count(), 2, "{brief:?}");
        for (most, kinds) in [(0, vec![]), (1, vec![Kind::Last]), (2, vec![Kind::Opening, Kind::Last])] {
            let found: Vec<Kind> =
                plan("2026-11-23T10:00", "2026-12-01T00:00", most).into_iter().map(|(kind, _)| kind).collect();
            assert_eq!(found, kinds, "{most}");
        }
    }

    #[test]
    fn kinds_have_names() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()).unwrap(), kind);
        }
        assert!(Kind::parse("fourth").is_err());
    }
}

//! Time comes from an injected [`Clock`], in UTC, cut to microseconds (what both
//! engines store). The union's day is the day in China.
//!
//! ```
//! use kernel::time::Clock;
//! let clock = Clock::fixed_at("2026-11-22T16:30:00Z");
//! assert_eq!(clock.today().to_string(), "2026-11-23"); // UTC+8
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::calendar::china_day;

/// Moment in UTC, microseconds.
pub type Time = DateTime<Utc>;
/// Day in China.
pub type Day = NaiveDate;

/// Where the present moment comes from.
#[derive(Clone, Default)]
pub struct Clock {
    /// `None` reads the machine; `Some` holds microseconds since 1970 for tests.
    fixed_micros: Option<Arc<AtomicI64>>,
    /// How far a demo city lives ahead of the machine.
    ahead_micros: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands still until moved, for tests.
    #[must_use]
    pub fn fixed(at: Time) -> Self {
        Self { fixed_micros: Some(Arc::new(AtomicI64::new(at.timestamp_micros()))), ahead_micros: None }
    }

    /// A clock that goes like the machine's and can be moved ahead, for a demo city in which nobody wants to wait a week
    /// for the end of a vote.
    #[must_use]
    pub fn ahead(by: Duration) -> Self {
        let micros = by.num_microseconds().unwrap_or_default().max(0);
        Self { fixed_micros: None, ahead_micros: Some(Arc::new(AtomicI64::new(micros))) }
    }

    /// [`Clock::fixed`] from RFC 3339 text; an unreadable text gives 1970.
    #[must_use]
    pub fn fixed_at(text: &str) -> Self {
        Self::fixed(text.parse().unwrap_or_default())
    }

    /// The present moment, microseconds.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    pub fn now(&self) -> Time {
        let micros = match &self.fixed_micros {
            Some(fixed) => fixed.load(Ordering::SeqCst),
            None => {
                Utc::now().timestamp_micros() + self.ahead_micros.as_ref().map_or(0, |by| by.load(Ordering::SeqCst))
            }
        };
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }

    /// The present day in China.
    #[must_use]
    pub fn today(&self) -> Day {
        china_day(self.now())
    }

    /// Moves a fixed clock or a demo's; does nothing to the machine's.
    pub fn advance(&self, by: Duration) {
        if let Some(moved) = self.fixed_micros.as_ref().or(self.ahead_micros.as_ref()) {
            moved.fetch_add(by.num_microseconds().unwrap_or_default(), Ordering::SeqCst);
        }
    }
}

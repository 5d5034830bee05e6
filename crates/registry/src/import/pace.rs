//! How many rows a chunk has: on SQLite everybody writes in one queue, so the next chunk follows the time that the last
//! one took.
//!
//! Sizes are multiples of the rows of one statement, so that statements are prepared once.

use std::time::Duration;

use kernel::db::Db;

/// Rows of the smallest statement worth its name.
const STEP: usize = 32;

/// The size of the next chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    rows: usize,
    most: usize,
    goal: Duration,
}

impl Pace {
    /// Where to begin with a database.
    #[must_use]
    pub fn of(db: &Db) -> Self {
        // Half of the 20 ms that nobody may hold the writer: the commit comes on top, and the next chunk can be slower.
        if db.is_sqlite() {
            Self { rows: 96, most: 1_024, goal: Duration::from_millis(10) }
        } else {
            Self { rows: 512, most: 1_024, goal: Duration::from_millis(100) }
        }
    }

    /// Rows of the next chunk.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Takes in how long the last chunk was written, without the commit.
    pub fn took(&mut self, time: Duration) {
        let (goal, time) = (self.goal.as_secs_f64(), time.as_secs_f64());
        let half = self.rows / 2;
        let rows = match () {
            () if time > goal => {
                self.rows - STEP.max(if time > 2.0 * goal { half } else { self.rows / 4 }).min(self.rows)
            }
            () if time < goal * 0.6 => self.rows + STEP,
            () => self.rows,
        };
        self.rows = (rows / STEP * STEP).clamp(STEP, self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_time() {
        let mut pace = Pace { rows: 96, most: 1_024, goal: Duration::from_millis(12) };
        pace.took(Duration::from_millis(3));
        assert_eq!(pace.rows(), 128);
        pace.took(Duration::from_millis(10));
        assert_eq!(pace.rows(), 128);
        pace.took(Duration::from_millis(13));
        assert_eq!(pace.rows(), 96);
        for _ in 0..9 {
            pace.took(Duration::from_secs(1));
        }
        assert_eq!(pace.rows(), 32);
        for _ in 0..99 {
            pace.took(Duration::ZERO);
        }
        assert_eq!(pace.rows(), 1_024);
    }
}

//! How many actions a batch may have: the next one follows the time that the last one held the writer.
//!
//! On SQLite everybody writes in one queue, and nobody may hold it for longer than 20 ms; elsewhere a batch holds only
//! the rows that it locks.

use std::time::Duration;

use crate::db::Db;

/// Actions of the largest batch.
pub const MOST: usize = 256;
/// Smaller than this a batch is never made: one slow moment of the disk must not cost an hour of speed.
const LEAST: usize = 8;

/// The size of the next batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    size: usize,
    goal: Duration,
}

impl Pace {
    /// Where to begin with a database.
    #[must_use]
    pub fn of(db: &Db) -> Self {
        // Half of the 20 ms: the commit comes on top, and the next batch can be slower.
        if db.is_sqlite() {
            Self { size: 64, goal: Duration::from_millis(10) }
        } else {
            Self { size: MOST, goal: Duration::from_millis(100) }
        }
    }

    /// Actions that the next batch may have.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Takes in how long a batch was applied, without the commit. A batch that was not full tells nothing about a
    /// larger one.
    pub fn took(&mut self, actions: usize, time: Duration) {
        let (goal, time) = (self.goal.as_secs_f64(), time.as_secs_f64());
        let size = match () {
            () if time > 2.0 * goal => actions.min(self.size) / 2,
            () if time > goal => actions.min(self.size) / 4 * 3,
            () if time < goal * 0.6 && actions >= self.size => self.size + self.size / 4,
            () => self.size,
        };
        self.size = size.clamp(LEAST, MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_time() {
        let ms = Duration::from_millis;
        let mut pace = Pace { size: 64, goal: ms(10) };
        for (actions, time, size) in [
            (64, ms(3), 80),  // full and fast: more
            (64, ms(3), 80),  // not full: tells nothing
            (80, ms(8), 80),  // about right
            (80, ms(12), 60), // too long
            (60, ms(21), 30), // far too long
            (1, ms(500), 8),  // the disk stood still, once
            (1, ms(0), 8),
            (8, ms(1), 10),
        ] {
            pace.took(actions, time);
            assert_eq!(pace.size(), size, "{actions} in {time:?}");
        }
        (0..99).for_each(|_| pace.took(MOST, Duration::ZERO));
        assert_eq!(pace.size(), MOST);
    }
}

//! When draws lie so close together that somebody should ask why; without database and clock.
//!
//! A meeting at which people are told to take out their phones shows as most draws within a few minutes. A reminder, a
//! lunch break or the end of a shift does not: people come one after the other over hours.

use chrono::TimeDelta;
use kernel::time::Time;

/// How long a slot is; see `poll/draw.rs`.
const SLOT: TimeDelta = TimeDelta::minutes(10);

/// How many drew in ten minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Its beginning.
    pub at: Time,
    /// Draws in it.
    pub draws: i64,
}

/// From when on it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of every hundred draws.
    pub percent: i64,
    /// Draws at least.
    pub least: i64,
}

/// Draws that lie close together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burst {
    /// Beginning of the twenty minutes.
    pub from: Time,
    /// Draws in them.
    pub draws: i64,
    /// Of every hundred draws of the poll.
    pub percent: i64,
}

/// The densest two neighbouring slots, when they hold enough of all draws. Two, since a meeting does not begin with a
/// slot: one of ten minutes lies in two of them.
///
/// `slots` are in order of time.
#[must_use]
pub fn burst(slots: &[Slot], limits: Limits) -> Option<Burst> {
    let all: i64 = slots.iter().map(|slot| slot.draws).sum();
    let windows = slots.iter().enumerate().map(|(place, slot)| {
        let next = slots.get(place + 1).filter(|next| next.at - slot.at == SLOT);
        (slot.at, slot.draws + next.map_or(0, |next| next.draws))
    });
    let (from, draws) = windows.max_by_key(|(_, draws)| *draws)?;
    let dense = draws >= limits.least && draws * 100 >= limits.percent * all;
    dense.then(|| Burst { from, draws, percent: draws * 100 / all })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{DurationRound, TimeZone, Utc};
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    const LIMITS: Limits = Limits { percent: 40, least: 20 };

    fn start() -> Time {
        Utc.with_ymd_and_hms(2026, 11, 23, 0, 0, 0).unwrap()
    }

    fn slots(draws: &[(i32, i64)]) -> Vec<Slot> {
        draws.iter().map(|(place, draws)| Slot { at: start() + SLOT * *place, draws: *draws }).collect()
    }

    #[test]
    fn a_burst_is_dense_and_not_small() {
        let cases = [
            (vec![], None),
            (vec![(0, 19)], None),
            (vec![(0, 20)], Some((0, 20, 100))),
            (vec![(0, 20), (9, 30)], Some((9, 30, 60))),
            (vec![(0, 20), (5, 20), (9, 20)], None),
            // Over the edge of two slots.
            (vec![(3, 12), (4, 12), (40, 20), (80, 4)], Some((3, 24, 50))),
            // Not neighbours.
            (vec![(3, 12), (5, 12), (40, 6)], None),
            (vec![(0, 39), (10, 30), (20, 31)], None),
            (vec![(0, 40), (10, 30), (20, 30)], Some((0, 40, 40))),
        ];
        for (draws, expected) in cases {
            let found = burst(&slots(&draws), LIMITS);
            let expected =
                expected.map(|(place, draws, percent)| Burst { from: start() + SLOT * place, draws, percent });
            assert_eq!(found, expected, "{draws:?}");
        }
    }

    /// An evaluation as it goes when nobody presses: some after each reminder, some at lunch, some after the shift.
    fn clean(random: &mut StdRng) -> Vec<Time> {
        let people = 10_f64.powf(random.random_range(1.5..3.3)) as usize;
        let (days, turnout) = (random.random_range(2..=14_i64), random.random_range(0.3..0.98));
        let opened = start() + TimeDelta::minutes(random.random_range(0..600));
        let mean = random.random_range(40.0..300.0);
        let minutes = |minutes: f64| TimeDelta::seconds((minutes * 60.0) as i64);
        let mut drawn = Vec::new();
        for _ in 0..people {
            if !random.random_bool(turnout) {
                continue;
            }
            let day = start() + TimeDelta::days(random.random_range(0..days));
            let at = match random.random_range(0..100) {
                0..45 => {
                    let reminded = [0, days / 2, days - 1][random.random_range(0..3)];
                    let wait: f64 = -mean * (1.0 - random.random_range(0.0..1.0_f64)).ln();
                    opened + TimeDelta::days(reminded) + minutes(wait.min(1_440.0))
                }
                45..65 => day + minutes(random.random_range(240.0..310.0)),
                65..85 => day + minutes(random.random_range(570.0..780.0)),
                _ => day + minutes(random.random_range(0.0..840.0)),
            };
            drawn.push(at);
        }
        drawn
    }

    /// The same with a meeting at which most take out their phones.
    fn pressed(random: &mut StdRng) -> Vec<Time> {
        let mut drawn = loop {
            let drawn = clean(random);
            if drawn.len() >= 50 {
                break drawn;
            }
        };
        let (share, length) = (random.random_range(0.55..0.95), random.random_range(5.0..15.0));
        let meeting = start() + TimeDelta::seconds(random.random_range(0..86_400));
        let pressed = (drawn.len() as f64 * share) as usize;
        for at in drawn.iter_mut().take(pressed) {
            *at = meeting + TimeDelta::seconds((random.random_range(0.0..length) * 60.0) as i64);
        }
        drawn
    }

    fn slotted(drawn: &[Time]) -> Vec<Slot> {
        let mut slots: BTreeMap<Time, i64> = BTreeMap::new();
        for at in drawn {
            *slots.entry(at.duration_trunc(SLOT).unwrap()).or_default() += 1;
        }
        slots.into_iter().map(|(at, draws)| Slot { at, draws }).collect()
    }

    #[test]
    fn planted_meetings_are_found_and_ordinary_days_are_not() {
        let mut random = StdRng::seed_from_u64(20_261_126);
        let flagged = |drawn: Vec<Time>| burst(&slotted(&drawn), LIMITS).is_some();
        let false_alarms = (0..1_000).filter(|_| flagged(clean(&mut random))).count();
        let found = (0..1_000).filter(|_| flagged(pressed(&mut random))).count();
        assert!(false_alarms <= 20, "{false_alarms} false alarms of 1000");
        assert!(found >= 900, "{found} of 1000 found");
    }
}

//! The demo's chance: SplitMix64 from a fixed seed, so that every demo city is the
//! same city. Not for anything that must not be guessed.
//!
//! ```text
//! let mut dice = Dice::new(7);
//! let size = dice.between(8, 20);          // 8..=20
//! let name = dice.pick(&["伟", "芳"]);
//! ```

use kernel::time::Day;

/// A generator with a memory of one number.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`; 0 when `end` is 0. The bias of the remainder is of no account here.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from((z ^ (z >> 31)) % end).unwrap_or_default()
    }

    /// A number from `first` to `last`, both included.
    pub fn between(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last.saturating_sub(first) + 1)
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of them; of nothing, nothing.
    pub fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of.get(self.below(of.len())).copied().unwrap_or_default()
    }

    /// A day from `first` to `last`, both included.
    pub fn day(&mut self, first: Day, last: Day) -> Day {
        let span = usize::try_from((last - first).num_days()).unwrap_or_default();
        let step = u64::try_from(self.between(0, span)).unwrap_or_default();
        first.checked_add_days(chrono::Days::new(step)).unwrap_or(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_city() {
        let throw = |seed| {
            let mut dice = Dice::new(seed);
            (0..50).map(|_| dice.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(throw(7), throw(7));
        assert_ne!(throw(7), throw(8));
    }

    #[test]
    fn both_ends_are_reached() {
        let mut dice = Dice::new(1);
        let thrown: std::collections::BTreeSet<_> = (0..200).map(|_| dice.between(3, 6)).collect();
        assert_eq!(thrown.into_iter().collect::<Vec<_>>(), [3, 4, 5, 6]);
        assert_eq!(dice.between(4, 4), 4);
        assert_eq!((dice.below(0), dice.pick(&[])), (0, ""));
    }
}

//! What may be shown: nothing that would let somebody subtract one person from another's figures. Pure.
//!
//! * The whole electorate: nothing before the close, nothing under five ballots, and then everything exactly once. Two
//!   published states therefore differ by nothing or by at least five ballots.
//! * Subgroups: a group is shown whole or not at all. It is held back when one of its cells has one to four people;
//!   then others are held back with it (*complementary suppression*), until what is left when the shown groups are
//!   subtracted from the whole is no small cell either and hides at least two groups. Of a held-back group nothing is
//!   told, not its size either.
//!
//! Why this is enough: a cell of any union of shown groups is a sum of cells that are 0 or at least 5, and so is a cell of the whole
//! less any shown groups. A cell of a held-back group lies anywhere between 0 and the rest, which is 0 or at least 5.
//! One breakdown of an evaluation is shown; two could be cut with each other.

/// Fewest people who may stand behind a published number.
pub const LEAST: u64 = 5;

/// Whether a number of ballots may be published at all.
#[must_use]
pub fn may_publish(ballots: u64) -> bool {
    ballots >= LEAST
}

/// What the public has seen of one evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seen {
    /// Nothing yet.
    #[default]
    Nothing,
    /// Closed with fewer than five: nothing, for good.
    TooFew,
    /// These many ballots, for good.
    Published(u64),
}

impl Seen {
    /// The ballots that the public knows of.
    #[must_use]
    pub fn ballots(self) -> u64 {
        match self {
            Self::Published(ballots) => ballots,
            Self::Nothing | Self::TooFew => 0,
        }
    }

    /// What is seen after the box, `closed` or not, holds so many ballots: decided once, at the close.
    #[must_use]
    pub fn after(self, closed: bool, ballots: u64) -> Self {
        match self {
            Self::Nothing if closed && may_publish(ballots) => Self::Published(ballots),
            Self::Nothing if closed => Self::TooFew,
            decided => decided,
        }
    }
}

/// Which groups may be shown, in the order given. Each group is its list of cells, as
/// [`Counts::cells`](super::tally::Counts::cells) writes them; the whole is their sum, and is published anyway.
#[must_use]
pub fn shown_groups(groups: &[Vec<u64>]) -> Vec<bool> {
    let mut shown: Vec<bool> = groups.iter().map(|cells| !cells.iter().any(|cell| is_small(*cell))).collect();
    loop {
        let hidden = || groups.iter().zip(&shown).filter(|(_, shown)| !**shown).map(|(cells, _)| cells);
        // A group without anybody hides nobody.
        let people = hidden().filter(|cells| cells.iter().any(|cell| *cell > 0)).count();
        let width = groups.iter().map(Vec::len).max().unwrap_or_default();
        let rest = |place: usize| hidden().filter_map(|cells| cells.get(place)).sum::<u64>();
        let safe = people != 1 && !(0..width).any(|place| is_small(rest(place)));
        if safe || !shown.contains(&true) {
            return shown;
        }
        // The smallest of those still shown costs the reader least; by size alone, so that the order tells nothing.
        let size = |place: &usize| groups.get(*place).and_then(|cells| cells.iter().max()).copied().unwrap_or_default();
        let candidates = (0..groups.len()).filter(|place| shown.get(*place) == Some(&true));
        let next = candidates.min_by_key(|place| (size(place) == 0, size(place)));
        if let Some(slot) = next.and_then(|place| shown.get_mut(place)) {
            *slot = false;
        }
    }
}

fn is_small(cell: u64) -> bool {
    (1..LEAST).contains(&cell)
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    #[test]
    fn ten_thousand_histories_never_differ_by_a_few() {
        for seed in 0..10_000 {
            let mut random = StdRng::seed_from_u64(seed);
            let (mut seen, mut ballots, mut closed) = (Seen::default(), 0_u64, false);
            let mut states = vec![0];
            for _ in 0..random.random_range(1..40) {
                match random.random_range(0..6) {
                    0..4 if !closed => ballots += random.random_range(0..4),
                    4 => closed |= random.random_bool(0.3),
                    // After the close more may wait to be shuffled in, or be found again: nothing shown changes.
                    _ => ballots += u64::from(random.random_bool(0.1)),
                }
                seen = seen.after(closed, ballots);
                states.push(seen.ballots());
            }
            for (place, one) in states.iter().enumerate() {
                for other in &states[place..] {
                    assert!(!is_small(one.abs_diff(*other)), "seed {seed}: {states:?}");
                }
            }
        }
    }

    /// Everything that adding and subtracting published groups can tell.
    fn derivable(groups: &[Vec<u64>], shown: &[bool]) -> Vec<u64> {
        let visible: Vec<&Vec<u64>> = groups.iter().zip(shown).filter(|(_, shown)| **shown).map(|(g, _)| g).collect();
        let mut all = Vec::new();
        for place in 0..groups[0].len() {
            let whole: u64 = groups.iter().map(|group| group[place]).sum();
            for set in 0_u32..1 << visible.len() {
                let part: u64 =
                    visible.iter().enumerate().filter(|(n, _)| set >> n & 1 == 1).map(|(_, g)| g[place]).sum();
                all.push(part);
                // The whole itself is published as it is; less something, it is a subgroup.
                if set > 0 {
                    all.push(whole - part);
                }
            }
        }
        all
    }

    #[test]
    fn no_small_cell_of_a_subgroup_can_be_worked_out() {
        let (mut partly, mut wholly) = (0, 0);
        for seed in 0..10_000 {
            let mut random = StdRng::seed_from_u64(seed);
            let (count, width) = (random.random_range(1..8), random.random_range(1..6));
            let most = *[3_u64, 8, 40].get(random.random_range(0..3_usize)).unwrap();
            let cell = |random: &mut StdRng| {
                if random.random_bool(0.2) { 0 } else { random.random_range(0..=most) + most / 10 }
            };
            let groups: Vec<Vec<u64>> = (0..count).map(|_| (0..width).map(|_| cell(&mut random)).collect()).collect();
            let shown = shown_groups(&groups);
            for cell in derivable(&groups, &shown) {
                assert!(!is_small(cell), "seed {seed}: {groups:?} {shown:?}");
            }
            let hidden: Vec<_> = groups.iter().zip(&shown).filter(|(g, s)| !**s && g.iter().any(|c| *c > 0)).collect();
            // One group alone, with nothing shown beside it, is the whole electorate.
            assert!(hidden.len() != 1 || !shown.iter().zip(&groups).any(|(s, g)| *s && g.iter().any(|c| *c > 0)));
            partly += u32::from(shown.contains(&true) && shown.contains(&false));
            wholly += u32::from(!shown.contains(&false));
        }
        assert!(partly > 300 && wholly > 300, "the histories reach both sides: {partly}, {wholly}");
    }

    #[test]
    fn a_small_group_takes_another_with_it() {
        let groups = vec![vec![30, 20, 10], vec![3, 3, 0], vec![9, 7, 2], vec![12, 6, 6]];
        assert_eq!(shown_groups(&groups), [true, false, false, false]);
        assert_eq!(shown_groups(&[vec![10, 0], vec![7, 5]]), [true, true]);
        assert_eq!(shown_groups(&[vec![3, 0]]), [false]);
        assert!(shown_groups(&[]).is_empty());
    }
}

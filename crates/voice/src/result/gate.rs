//! What may be shown: nothing that would let somebody subtract one person from another's figures. Pure.
//!
//! * The whole electorate: nothing before the close, nothing under five ballots, and then everything exactly once. Two
//!   published states therefore differ by nothing or by at least five ballots.
//! * Groups of a breakdown: a group is shown whole or not at all. It is held back when one of its cells has one to four
//!   people, or when all of it say the same to a question to which others say something else. Then others are held back
//!   with it (*complementary suppression*), until what is left when the shown groups are subtracted from the whole is no
//!   such group either and hides at least two.
//!
//! Why this is enough: how large each group is stands in the column of its question. A cell of any union of shown groups is
//! a sum of cells that are 0 or at least 5, and so is a cell of the whole less any shown groups. Of a group of n among the R
//! who are held back together, a cell to which the rest has r lies between n + r − R and n, between 0 and r: with at least
//! two such groups, and more than one answer among them, that is never one number, but for answers that nobody there gave.
//! One breakdown of an evaluation is shown; two could be cut with each other.

/// Fewest people who may stand behind a published number.
pub const LEAST: u64 = 5;

/// A group: of each scale how many chose each step and, at the end, how many left it out. Each adds up to the group.
pub type Cells = Vec<Vec<u64>>;

/// Whether a number of ballots may be published at all.
#[must_use]
pub fn may_publish(ballots: u64) -> bool {
    ballots >= LEAST
}

/// Which groups may be shown, in the order given; the whole is their sum, and is published anyway. A group without anybody
/// is not shown, and hides nobody.
#[must_use]
pub fn shown_groups(groups: &[Cells]) -> Vec<bool> {
    let whole = sum(groups.iter());
    let mut shown: Vec<bool> = groups.iter().map(|group| people(group) > 0 && tells_of_many(group, &whole)).collect();
    loop {
        let hidden = groups.iter().zip(&shown).filter(|(group, shown)| !**shown && people(group) > 0);
        let hidden: Vec<&Cells> = hidden.map(|(group, _)| group).collect();
        let safe = match hidden.len() {
            0 => true,
            1 => false,
            _ => tells_of_many(&sum(hidden.into_iter()), &whole),
        };
        if safe {
            return shown;
        }
        // The smallest of those still shown costs the reader least; sizes are known, so that the choice tells nothing.
        let still = (0..groups.len()).filter(|place| shown.get(*place) == Some(&true));
        let smallest = still.min_by_key(|place| groups.get(*place).map(people));
        let Some(slot) = smallest.and_then(|place| shown.get_mut(place)) else { return shown };
        *slot = false;
    }
}

/// Whether no answer is that of one to four, and none that of all where others answer otherwise.
fn tells_of_many(group: &Cells, whole: &Cells) -> bool {
    let several = |cells: &[u64]| cells.iter().filter(|cell| **cell > 0).count() > 1;
    let fits = |(cells, whole): (&Vec<u64>, &Vec<u64>)| {
        !cells.iter().any(|cell| is_small(*cell)) && (several(cells) || !several(whole))
    };
    group.iter().zip(whole).all(fits)
}

/// How many are in a group.
fn people(group: &Cells) -> u64 {
    group.first().map_or(0, |cells| cells.iter().sum())
}

fn sum<'a>(groups: impl Iterator<Item = &'a Cells>) -> Cells {
    groups.fold(Cells::new(), |mut all, group| {
        all.resize(all.len().max(group.len()), Vec::new());
        for (sums, cells) in all.iter_mut().zip(group) {
            sums.resize(sums.len().max(cells.len()), 0);
            sums.iter_mut().zip(cells).for_each(|(sum, cell)| *sum += cell);
        }
        all
    })
}

fn is_small(cell: u64) -> bool {
    (1..LEAST).contains(&cell)
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// So many people over three steps and no answer: often in two lumps of five and more, sometimes anyhow.
    fn spread(random: &mut StdRng, people: u64) -> Vec<u64> {
        let mut cells = vec![0; 4];
        let lumps = people >= 10 && random.random_bool(0.8);
        let first = if lumps { random.random_range(5..=people - 5) } else { random.random_range(0..=people) };
        let place = random.random_range(0..4_usize);
        cells[place] += first;
        cells[(place + random.random_range(1..4_usize)) % 4] += people - first;
        cells
    }

    fn groups(random: &mut StdRng) -> Vec<Cells> {
        let scales = random.random_range(1..4);
        let group = |random: &mut StdRng| {
            let people = match random.random_range(0..10) {
                0 => 0,
                1 | 2 => random.random_range(1..=4),
                _ => random.random_range(5..=60),
            };
            (0..scales).map(|_| spread(random, people)).collect()
        };
        (0..random.random_range(1..8)).map(|_| group(random)).collect()
    }

    /// Everything that adding and subtracting published groups can tell.
    fn derivable(groups: &[Cells], shown: &[bool]) -> Vec<u64> {
        let visible: Vec<&Cells> = groups.iter().zip(shown).filter(|(_, shown)| **shown).map(|(g, _)| g).collect();
        let whole = sum(groups.iter());
        let mut all = Vec::new();
        for set in 1_u32..1 << visible.len() {
            let part = sum(visible.iter().enumerate().filter(|(n, _)| set >> n & 1 == 1).map(|(_, group)| *group));
            for (whole, part) in whole.iter().flatten().zip(part.iter().flatten()) {
                // The whole itself is published as it is; less something, it is a group.
                all.extend([*part, whole - part]);
            }
        }
        all
    }

    #[test]
    fn no_small_cell_and_no_hidden_group_can_be_worked_out() {
        let (mut partly, mut wholly) = (0, 0);
        for seed in 0..10_000 {
            let mut random = StdRng::seed_from_u64(seed);
            let groups = groups(&mut random);
            let shown = shown_groups(&groups);
            for cell in derivable(&groups, &shown) {
                assert!(!is_small(cell), "seed {seed}: {groups:?} {shown:?}");
            }
            let hidden: Vec<&Cells> =
                groups.iter().zip(&shown).filter(|(g, shown)| !**shown && people(g) > 0).map(|(g, _)| g).collect();
            wholly += u32::from(hidden.is_empty());
            if !shown.contains(&true) || hidden.is_empty() {
                continue;
            }
            partly += 1;
            assert!(hidden.len() > 1, "seed {seed}: {groups:?} {shown:?}");
            let (rest, whole) = (sum(hidden.iter().copied()), sum(groups.iter()));
            for group in &hidden {
                let (mine, all) = (people(group), people(&rest));
                for (cells, whole) in rest.iter().zip(&whole) {
                    let settled = whole.iter().filter(|cell| **cell > 0).count() == 1;
                    for cell in cells.iter().filter(|cell| **cell > 0 && !settled) {
                        let (low, high) = ((mine + cell).saturating_sub(all), mine.min(*cell));
                        assert!(low < high, "seed {seed}: {groups:?} {shown:?}");
                    }
                }
            }
        }
        assert!(partly > 100 && wholly > 100, "the boxes reach both sides: {partly}, {wholly}");
    }

    #[test]
    fn a_small_group_takes_another_with_it() {
        let one = |cells: &[u64]| vec![cells.to_vec()];
        let cases: [(&[&[u64]], &[bool]); 7] = [
            // Three of one mind, and the smallest whose rest is one of many.
            (&[&[30, 20, 10], &[3, 0, 0], &[9, 7, 0], &[12, 6, 6]], &[true, false, false, true]),
            (&[&[10, 5], &[7, 5]], &[true, true]),
            (&[&[3, 0]], &[false]),
            // All of a group are of one mind, others are not: neither it nor the rest is told.
            (&[&[20, 0], &[30, 9]], &[false, false]),
            // Where all are of one mind the whole tells it anyway.
            (&[&[20, 0], &[30, 0]], &[true, true]),
            // Who is left would be of one mind.
            (&[&[30, 9], &[20, 0], &[3, 0]], &[false, false, false]),
            (&[&[0, 0], &[10, 5], &[7, 5]], &[false, true, true]),
        ];
        for (groups, expected) in cases {
            let groups: Vec<Cells> = groups.iter().map(|cells| one(cells)).collect();
            assert_eq!(shown_groups(&groups), expected, "{groups:?}");
        }
        assert!(shown_groups(&[]).is_empty());
    }
}

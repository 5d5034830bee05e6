//! How many may vote, before anybody is written down.

use std::collections::{HashMap, HashSet};

use kernel::time::Day;
use kernel::{Id, Result, node};
use registry::segment::{People, Segment};
use sea_orm::ConnectionTrait;

/// Electors of a chunk.
const CHUNK: usize = 5_000;

/// Whether a rule covers at least so many people of some unions; reads no further than it must.
///
/// # Errors
/// The database.
pub async fn at_least(
    conn: &impl ConnectionTrait,
    segment: &Segment,
    unions: &[Id],
    day: Day,
    left_out: &[Id],
    enough: i64,
) -> Result<bool> {
    let wanted = usize::try_from(enough).unwrap_or(usize::MAX);
    let mut people = People::below(conn, segment, Some(unions), day, left_out).await?;
    let (mut found, mut after) = (0, None);
    loop {
        let chunk = people.next(conn, after, wanted).await?;
        found += chunk.electors.len();
        after = chunk.next;
        if found >= wanted || after.is_none() {
            return Ok(found >= wanted);
        }
    }
}

/// Electors by union, gathered in one pass over everybody below a root.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Electors of a union and of everything below it.
    totals: HashMap<Id, i64>,
    /// Where those sit who head some union.
    seats: HashMap<Id, Id>,
    parents: HashMap<Id, Id>,
}

impl Tally {
    /// Counts everybody whom a rule covers below a root; `heads` are the persons who may be left out later.
    ///
    /// # Errors
    /// The database.
    pub async fn below(
        conn: &impl ConnectionTrait,
        segment: &Segment,
        root: Id,
        day: Day,
        heads: &HashSet<Id>,
    ) -> Result<Self> {
        let parents: HashMap<Id, Id> = node::placements(conn, day).await?.into_iter().collect();
        let mut tally = Self { parents, ..Self::default() };
        let mut people = People::below(conn, segment, Some(&[root]), day, &[]).await?;
        let (mut own, mut after): (HashMap<Id, i64>, _) = (HashMap::new(), None);
        loop {
            let chunk = people.next(conn, after, CHUNK).await?;
            for elector in chunk.electors {
                *own.entry(elector.organization_id).or_default() += 1;
                if heads.contains(&elector.person_id) {
                    tally.seats.insert(elector.person_id, elector.organization_id);
                }
            }
            after = chunk.next;
            if after.is_none() {
                break;
            }
        }
        for (union, count) in own {
            for node in tally.upwards(union) {
                *tally.totals.entry(node).or_default() += count;
            }
        }
        Ok(tally)
    }

    /// How many may vote in these unions, of which none lies below another, when some persons are left out.
    #[must_use]
    pub fn electors(&self, unions: &[Id], left_out: &HashSet<Id>) -> i64 {
        let all: i64 = unions.iter().filter_map(|union| self.totals.get(union)).sum();
        let sits_here = |person: &&Id| {
            self.seats.get(*person).is_some_and(|seat| self.upwards(*seat).iter().any(|node| unions.contains(node)))
        };
        all - i64::try_from(left_out.iter().filter(sits_here).count()).unwrap_or(i64::MAX)
    }

    /// A node and everything above it, nearest first.
    #[must_use]
    pub fn upwards(&self, from: Id) -> Vec<Id> {
        let mut path = vec![from];
        while let Some(above) = path.last().and_then(|node| self.parents.get(node)) {
            if path.len() > 32 {
                break;
            }
            path.push(*above);
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_union_counts_what_is_below_it_and_leaves_its_heads_out_once() {
        let id = |n: u128| Id::from_u128(n);
        let (town, one, two, head) = (id(1), id(2), id(3), id(9));
        let tally = Tally {
            totals: [(town, 9), (one, 5), (two, 4)].into(),
            seats: [(head, one)].into(),
            parents: [(one, town), (two, town)].into(),
        };
        let nobody = HashSet::new();
        let out = HashSet::from([head, id(8)]);
        assert_eq!(tally.electors(&[one], &nobody), 5);
        assert_eq!(tally.electors(&[one], &out), 4);
        assert_eq!(tally.electors(&[two], &out), 4, "he sits elsewhere");
        assert_eq!(tally.electors(&[one, two], &out), 8);
        assert_eq!(tally.electors(&[town], &out), 8, "also from above");
        assert_eq!(tally.electors(&[id(7)], &out), 0);
        assert_eq!(tally.upwards(one), [one, town]);
    }
}

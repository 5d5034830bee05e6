//! Which levels approve a sum. Pure.

/// Sums from which more levels are asked, in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// The next level above as well.
    pub above: i64,
    /// The city as well.
    pub city: i64,
}

/// A node on the way up from a union: whether somebody there may approve who did not ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<T> {
    /// The node.
    pub node: T,
    /// Somebody else than the one who asks approves there.
    pub somebody: bool,
}

/// The nodes that are asked in order, from the union upwards; empty when there is nobody at all.
#[must_use]
pub fn ladder<T: Copy + PartialEq>(path: &[Step<T>], cents: i64, thresholds: Thresholds) -> Vec<T> {
    let mut manned = path.iter().filter(|step| step.somebody).map(|step| step.node);
    let mut asked: Vec<T> = manned.next().into_iter().collect();
    if cents >= thresholds.above {
        asked.extend(manned.next());
    }
    let city = path.last().filter(|step| step.somebody).map(|step| step.node);
    if let Some(city) = city.filter(|_| cents >= thresholds.city)
        && !asked.contains(&city)
    {
        asked.push(city);
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_money_more_levels() {
        let path = |manned: &str| -> Vec<Step<char>> {
            "utco".chars().filter(|c| *c != 'o').map(|node| Step { node, somebody: manned.contains(node) }).collect()
        };
        let thresholds = Thresholds { above: 100, city: 1_000 };
        // Union, town, city; who there may approve, how much, who is asked.
        let cases = [
            ("utc", 99, "u"),
            ("utc", 100, "ut"),
            ("utc", 1_000, "utc"),
            ("tc", 99, "t"),
            ("tc", 100, "tc"),
            ("tc", 1_000, "tc"),
            ("uc", 100, "uc"),
            ("c", 1, "c"),
            ("u", 5_000, "u"),
            ("", 1, ""),
        ];
        for (manned, cents, asked) in cases {
            let found: String = ladder(&path(manned), cents, thresholds).into_iter().collect();
            assert_eq!(found, asked, "{manned} {cents}");
        }
    }
}

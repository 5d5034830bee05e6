//! How many rows each union gets.

/// Divides `rows` over unions by weight, without a rest: each gets what the sum up to it says, rounded.
pub struct Allotment {
    /// Row at which each union ends.
    ends: Vec<u64>,
}

impl Allotment {
    /// By weight; the largest takes at most one row in 160 (4,000 of 652,000), if there are enough others.
    pub fn new(rows: u64, weights: &[usize]) -> Self {
        let sum: u128 = weights.iter().map(|weight| *weight as u128).sum();
        let most = (sum / 160).max(1);
        let capped = || weights.iter().map(move |weight| (*weight as u128).min(most));
        let sum = capped().sum::<u128>().max(1);
        let mut before = 0;
        let ends = capped().map(|weight| {
            before += weight;
            u64::try_from((before * u128::from(rows) + sum / 2) / sum).unwrap_or(rows)
        });
        Self { ends: ends.collect() }
    }

    /// The union of a row, and which of its rows it is, both from 0.
    pub fn of(&self, row: u64) -> (usize, u64) {
        let union = self.ends.partition_point(|end| *end <= row);
        let start = union.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        (union, row - start)
    }
}

//! Rounds in the order A-B-B-A, medians and ranges.

/// Several measurements of one thing.
#[derive(Debug, Clone, Default)]
pub struct Sample(Vec<f64>);

impl Sample {
    /// Adds a measurement.
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    /// Adds those of another sample.
    pub fn append(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }

    /// How many measurements there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The value below which a share of the measurements lie; 0 when there are none.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small"
        )]
        let place = ((sorted.len().saturating_sub(1)) as f64 * share).round() as usize;
        sorted.get(place).copied().unwrap_or_default()
    }

    /// The middle; the mean of the two middle ones when their number is even.
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (sorted.len().saturating_sub(1) / 2, sorted.len() / 2);
        match (sorted.get(low), sorted.get(high)) {
            (Some(low), Some(high)) => f64::midpoint(*low, *high),
            _ => 0.0,
        }
    }

    /// Smallest and largest.
    pub fn range(&self) -> (f64, f64) {
        (self.quantile(0.0), self.quantile(1.0))
    }
}

/// Does A, B, B, A; answers the measurements of both. In a debug build, whose figures mean nothing, A and B once.
pub async fn abba<E>(
    mut a: impl AsyncFnMut() -> Result<f64, E>,
    mut b: impl AsyncFnMut() -> Result<f64, E>,
) -> Result<(Sample, Sample), E> {
    let (mut first, mut second) = (Sample::default(), Sample::default());
    let order: &[bool] = if cfg!(debug_assertions) { &[true, false] } else { &[true, false, false, true] };
    for of_a in order {
        if *of_a {
            first.add(a().await?);
        } else {
            second.add(b().await?);
        }
    }
    Ok((first, second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_quantiles() {
        let mut sample = Sample::default();
        assert_eq!((sample.median(), sample.quantile(0.95)), (0.0, 0.0));
        [4.0, 1.0, 3.0, 2.0].into_iter().for_each(|value| sample.add(value));
        assert_eq!((sample.median(), sample.range()), (2.5, (1.0, 4.0)));
        sample.add(100.0);
        assert_eq!((sample.median(), sample.quantile(0.95)), (3.0, 100.0));
    }
}

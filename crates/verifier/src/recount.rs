//! The figures, computed from the columns.
//!
//! Shares are hundredths of a per cent; scores, means and quartiles hundredths; rounding is half away from zero. The 95 %
//! interval of k of n is that of Wilson with z = 1.96: (2k + z² ∓ √(z⁴ + 4z²k(n − k)/n)) / (2n + 2z²), its lower end
//! rounded down and its upper end up, the root computed to eight digits and cut. Quartiles interpolate in a straight line
//! at (n − 1) · q / 4. A ranking gives as many points as there are places to the first, one less to each that follows.
//! The overall score weighs the rounded scores of the scales.

use crate::Fault;
use crate::column::{Counted, Heap, counted};
use crate::form::{Breakdown, Cell, Figures, Instrument, Kind, Question, QuestionFigures, Rank};

/// Compares every published figure with what comes out of the columns; answers how many numbers were compared.
///
/// # Errors
/// [`Fault::Figures`] with the question, [`Fault::Groups`], [`Fault::Overall`].
pub(crate) fn check(
    instrument: &Instrument,
    columns: &[Counted],
    breakdown: Option<Breakdown>,
    (ballots, electorate): (u64, u64),
    published: &Figures,
) -> Result<u64, Fault> {
    let came: Vec<QuestionFigures> =
        counted(instrument).zip(columns).map(|(question, column)| figures(question, column)).collect();
    if published.questions.len() != came.len() {
        return Err(Fault::Overall);
    }
    for ((question, came), published) in counted(instrument).zip(&came).zip(&published.questions) {
        if came != published {
            return Err(Fault::Figures(question.id.clone()));
        }
    }
    if let Some(by) = breakdown.as_ref().or(published.breakdown.as_ref()).filter(|_| breakdown != published.breakdown) {
        return Err(Fault::Groups(by.question.clone()));
    }
    let grouped = breakdown.as_ref().map_or(0, Breakdown::numbers);
    let numbers = came.iter().map(QuestionFigures::numbers).sum::<u64>() + grouped + 6;
    let overall = Figures { breakdown, ..overall(instrument, (ballots, electorate), came) };
    if overall == *published { Ok(numbers) } else { Err(Fault::Overall) }
}

fn overall(instrument: &Instrument, (ballots, electorate): (u64, u64), questions: Vec<QuestionFigures>) -> Figures {
    let quorum_reached = ballots * 100 >= electorate * instrument.thresholds.quorum_percent;
    let (mut weights, mut sum, mut rectify) = (0, 0, Vec::new());
    for (question, figures) in counted(instrument).zip(&questions) {
        if let QuestionFigures::Scale { answered, cells, score: Some(score), .. } = figures {
            weights += i128::from(question.weight);
            sum += i128::from(question.weight) * i128::from(*score);
            let bar = instrument.thresholds.rectify_percent;
            if bar > 0 && cells.last().is_some_and(|worst| worst.count * 100 >= answered * bar) {
                rectify.push(question.id.clone());
            }
        }
    }
    Figures {
        ballots,
        electorate,
        turnout: divided(10_000 * i128::from(ballots), electorate.into()).map_or(0, unsigned),
        quorum_reached,
        advisory: !quorum_reached,
        score: divided(sum, weights).map(unsigned),
        rectify,
        questions,
        breakdown: None,
    }
}

fn figures(question: &Question, column: &Counted) -> QuestionFigures {
    let (id, answered) = (question.id.clone(), column.answered);
    match (&question.kind, &column.heap) {
        (Kind::Scale { steps }, Heap::Cells(counts)) => {
            let points = counts.iter().zip(steps).map(|(count, step)| i128::from(*count) * i128::from(step.score));
            let score = divided(100 * points.sum::<i128>(), answered.into()).map(unsigned);
            QuestionFigures::Scale { question: id, answered, cells: cells(counts, answered), score }
        }
        (Kind::Multiple { .. }, Heap::Cells(counts)) => {
            QuestionFigures::Multiple { question: id, answered, cells: cells(counts, answered) }
        }
        (_, Heap::Cells(counts)) => QuestionFigures::Single { question: id, answered, cells: cells(counts, answered) },
        (_, Heap::Ranks { first, points }) => {
            let rank = |(first, points): (&u64, &u64)| Rank { first: *first, points: *points };
            QuestionFigures::Ranking { question: id, answered, ranks: first.iter().zip(points).map(rank).collect() }
        }
        (_, Heap::Numbers(numbers)) => {
            let sum: i128 = numbers.iter().map(|(number, times)| i128::from(*number) * i128::from(*times)).sum();
            QuestionFigures::Number {
                question: id,
                answered,
                mean: divided(100 * sum, answered.into()).and_then(|mean| i64::try_from(mean).ok()),
                lower: quartile(numbers, answered, 1),
                median: quartile(numbers, answered, 2),
                upper: quartile(numbers, answered, 3),
            }
        }
    }
}

/// How many chose each option, of so many who answered.
fn cells(counts: &[u64], n: u64) -> Vec<Cell> {
    let cell = |count: &u64| {
        let (low, high) = wilson(*count, n);
        Cell { count: *count, share: divided(10_000 * i128::from(*count), n.into()).map_or(0, unsigned), low, high }
    };
    counts.iter().map(cell).collect()
}

/// The 95 % interval in hundredths of a per cent; of nobody it is everything.
fn wilson(k: u64, n: u64) -> (u64, u64) {
    if n == 0 {
        return (0, 10_000);
    }
    let (k, n) = (i128::from(k), i128::from(n));
    // z² with four digits, so everything is taken ten thousand times; the root has four digits more.
    let z2 = 38_416_i128;
    let under_root = (z2 * z2 * n + 4 * z2 * 10_000 * k * (n - k)) * 100_000_000 / n;
    let root = under_root.isqrt();
    let middle = (20_000 * k + z2) * 10_000;
    let below = 20_000 * n + 2 * z2;
    let low = (middle - root).max(0) / below;
    let high = ((middle + root + below - 1) / below).min(10_000);
    (unsigned(low), unsigned(high))
}

/// Of rising numbers, each so many times, in hundredths.
fn quartile(numbers: &[(i64, u64)], answered: u64, quarter: u64) -> Option<i64> {
    let at = answered.checked_sub(1)? * quarter;
    let (below, above) = (nth(numbers, at / 4)?, nth(numbers, at.div_ceil(4))?);
    let part = i64::try_from(at % 4).ok()?;
    Some(100 * below + 25 * part * (above - below))
}

/// The number at a place, from 0, if all of them stood in a row.
fn nth(numbers: &[(i64, u64)], place: u64) -> Option<i64> {
    let mut before = 0;
    let here = |(_, times): &&(i64, u64)| {
        before += times;
        before > place
    };
    numbers.iter().find(here).map(|(number, _)| *number)
}

/// a / b, half away from zero; nothing of nothing.
fn divided(a: i128, b: i128) -> Option<i128> {
    let twice = 2 * a.abs() + b;
    Some(twice.checked_div(2 * b)? * a.signum())
}

fn unsigned(number: i128) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

impl QuestionFigures {
    /// How many numbers it holds.
    fn numbers(&self) -> u64 {
        match self {
            Self::Scale { cells, .. } => 4 * cells.len() as u64 + 2,
            Self::Single { cells, .. } | Self::Multiple { cells, .. } => 4 * cells.len() as u64 + 1,
            Self::Ranking { ranks, .. } => 2 * ranks.len() as u64 + 1,
            Self::Number { .. } => 5,
        }
    }
}

impl Breakdown {
    /// How many numbers it holds.
    fn numbers(&self) -> u64 {
        let scales = self.groups.iter().flat_map(|group| &group.scales);
        self.groups.len() as u64 + scales.map(|scale| scale.counts.len() as u64 + 1).sum::<u64>()
    }
}

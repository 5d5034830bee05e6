//! The figures, computed from the columns.
//!
//! Shares are hundredths of a per cent; scores, means and quartiles hundredths; rounding is half away from zero. The 95 %
//! interval of k of n is that of Wilson with z = 1.96: (2k + z² ∓ √(z⁴ + 4z²k(n − k)/n)) / (2n + 2z²), its lower end
//! rounded down and its upper end up, the root computed to eight digits and cut. Quartiles interpolate in a straight line
//! at (n − 1) · q / 4. A ranking gives as many points as there are places to the first, one less to each that follows.
//! The overall score weighs the rounded scores of the scales.

use crate::Fault;
use crate::column::counted;
use crate::form::{Cell, Entry, Figures, Instrument, Kind, Publication, Question, QuestionFigures, Rank};

/// Compares every published figure with what comes out; answers how many numbers were compared.
///
/// # Errors
/// [`Fault::Figures`] with the question, [`Fault::Overall`].
pub fn check(publication: &Publication<'_>, instrument: &Instrument) -> Result<u64, Fault> {
    let columns = publication.columns.iter().map(|column| column.answers.as_slice());
    let came: Vec<QuestionFigures> =
        counted(instrument).zip(columns).map(|(question, answers)| figures(question, answers)).collect();
    let published = &publication.figures;
    if published.questions.len() != came.len() {
        return Err(Fault::Overall);
    }
    for ((question, came), published) in counted(instrument).zip(&came).zip(&published.questions) {
        if came != published {
            return Err(Fault::Figures(question.id.clone()));
        }
    }
    let numbers = came.iter().map(QuestionFigures::numbers).sum::<u64>() + 6;
    if overall(publication, instrument, came) == *published { Ok(numbers) } else { Err(Fault::Overall) }
}

fn overall(publication: &Publication<'_>, instrument: &Instrument, questions: Vec<QuestionFigures>) -> Figures {
    let (ballots, electorate) = (publication.commitments.len() as u64, publication.electorate);
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
    }
}

fn figures(question: &Question, answers: &[Entry]) -> QuestionFigures {
    let (id, answered) = (question.id.clone(), answers.len() as u64);
    match &question.kind {
        Kind::Scale { steps } => {
            let score = |entry: &Entry| match entry {
                Entry::One(index) => {
                    usize::try_from(*index).ok().and_then(|index| steps.get(index)).map_or(0, |s| s.score)
                }
                Entry::Many(_) => 0,
            };
            let points: u64 = answers.iter().map(score).sum();
            let score = divided(100 * i128::from(points), answered.into()).map(unsigned);
            QuestionFigures::Scale { question: id, answered, cells: cells(answers, steps.len()), score }
        }
        Kind::Single { options } => {
            QuestionFigures::Single { question: id, answered, cells: cells(answers, options.len()) }
        }
        Kind::Multiple { options, .. } => {
            QuestionFigures::Multiple { question: id, answered, cells: cells(answers, options.len()) }
        }
        Kind::Ranking { options, places } => {
            QuestionFigures::Ranking { question: id, answered, ranks: ranks(answers, options.len(), *places) }
        }
        Kind::Number { .. } | Kind::Text {} => {
            let numbers: Vec<i64> = answers.iter().filter_map(Entry::number).collect();
            let sum: i128 = numbers.iter().copied().map(i128::from).sum();
            QuestionFigures::Number {
                question: id,
                answered,
                mean: divided(100 * sum, answered.into()).and_then(|mean| i64::try_from(mean).ok()),
                lower: quartile(&numbers, 1),
                median: quartile(&numbers, 2),
                upper: quartile(&numbers, 3),
            }
        }
    }
}

/// How many chose each of so many options.
fn cells(answers: &[Entry], of: usize) -> Vec<Cell> {
    let n = answers.len() as u64;
    let has = |entry: &Entry, option: i64| match entry {
        Entry::One(one) => *one == option,
        Entry::Many(many) => many.contains(&option),
    };
    let options = (0_i64..).take(of);
    options
        .map(|option| {
            let count = answers.iter().filter(|entry| has(entry, option)).count() as u64;
            let (low, high) = wilson(count, n);
            Cell { count, share: divided(10_000 * i128::from(count), n.into()).map_or(0, unsigned), low, high }
        })
        .collect()
}

fn ranks(answers: &[Entry], of: usize, places: usize) -> Vec<Rank> {
    let rank = |option: i64| {
        let place = |entry: &Entry| match entry {
            Entry::Many(ranked) => ranked.iter().position(|ranked| *ranked == option),
            Entry::One(_) => None,
        };
        let places_taken = || answers.iter().filter_map(place);
        let first = places_taken().filter(|place| *place == 0).count() as u64;
        Rank { first, points: places_taken().map(|place| (places - place) as u64).sum() }
    };
    (0_i64..).take(of).map(rank).collect()
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

/// Of sorted numbers, in hundredths.
fn quartile(sorted: &[i64], quarter: usize) -> Option<i64> {
    let at = sorted.len().checked_sub(1)? * quarter;
    let below = sorted.get(at / 4)?;
    let above = sorted.get(at.div_ceil(4))?;
    let part = i64::try_from(at % 4).ok()?;
    Some(100 * below + 25 * part * (above - below))
}

/// a / b, half away from zero; nothing of nothing.
fn divided(a: i128, b: i128) -> Option<i128> {
    let twice = 2 * a.abs() + b;
    Some(twice.checked_div(2 * b)? * a.signum())
}

fn unsigned(number: i128) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

impl Entry {
    fn number(&self) -> Option<i64> {
        match self {
            Self::One(number) => Some(*number),
            Self::Many(_) => None,
        }
    }
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

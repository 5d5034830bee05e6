//! Counting: from ballots to figures. Pure; whole numbers only, so that every program comes to the same digits.
//!
//! * A *share* is in hundredths of a per cent (0 to 10,000), a *score*, a mean and a quartile in hundredths.
//! * `round(a / b)` is half away from zero.
//! * The interval of a share is that of Wilson at 95 % with z = 1.96, its lower end rounded down, its upper end up; see
//!   [`interval`].
//! * A quartile lies at (n − 1) · q / 4 of the sorted numbers, counted from 0, in a straight line between its
//!   neighbours: exact in hundredths.
//! * The overall score weighs the rounded scores of the scale questions that anybody answered.
//! * A ranking gives `places` points to the first, one less to each that follows (Borda); what was not ranked gets none.
//!
//! Invariants: counts are a function of the set of ballots, whatever their order; the counts of two boxes together are
//! the sums of the counts of each. Texts are not counted: nobody could recount them from what is published.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::groups::Breakdown;
use crate::instrument::answer::{Answer, Answers};
use crate::instrument::{Instrument, Question, QuestionKind, Thresholds};

/// A ballot that does not fit its instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a ballot does not fit the instrument")]
pub struct Misfit;

/// What was counted for one question.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Heap {
    /// Per step or option.
    Cells(Vec<u64>),
    /// Per option: first places, points.
    Ranks { first: Vec<u64>, points: Vec<u64> },
    /// How often each number was given.
    Numbers(BTreeMap<i64, u64>),
    /// Not counted.
    Words,
}

/// Counts that can be added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    ballots: u64,
    heaps: Vec<(u64, Heap)>,
}

impl Counts {
    /// Nothing counted yet.
    #[must_use]
    pub fn none(questions: &[Question]) -> Self {
        let heap = |question: &Question| match &question.kind {
            QuestionKind::Scale { steps } => Heap::Cells(vec![0; steps.len()]),
            QuestionKind::Single { options } | QuestionKind::Multiple { options, .. } => {
                Heap::Cells(vec![0; options.len()])
            }
            QuestionKind::Ranking { options, .. } => {
                Heap::Ranks { first: vec![0; options.len()], points: vec![0; options.len()] }
            }
            QuestionKind::Number { .. } => Heap::Numbers(BTreeMap::new()),
            QuestionKind::Text { .. } => Heap::Words,
        };
        Self { ballots: 0, heaps: questions.iter().map(|question| (0, heap(question))).collect() }
    }

    /// Counts all ballots.
    ///
    /// # Errors
    /// [`Misfit`] when one does not fit the questions.
    pub fn of<'a>(questions: &[Question], ballots: impl IntoIterator<Item = &'a Answers>) -> Result<Self, Misfit> {
        let mut counts = Self::none(questions);
        for ballot in ballots {
            counts.add(questions, ballot)?;
        }
        Ok(counts)
    }

    /// Counts one more ballot.
    ///
    /// # Errors
    /// [`Misfit`]; the counts are then of no use.
    pub fn add(&mut self, questions: &[Question], ballot: &Answers) -> Result<(), Misfit> {
        let mut found = 0;
        for (question, (answered, heap)) in questions.iter().zip(&mut self.heaps) {
            if let Some(answer) = ballot.get(&question.id) {
                heap.take(&question.kind, answer)?;
                *answered += 1;
                found += 1;
            }
        }
        self.ballots += 1;
        if ballot.iter().count() == found { Ok(()) } else { Err(Misfit) }
    }

    /// The counts of both boxes together; of the same questions.
    #[must_use]
    pub fn merged(mut self, other: &Self) -> Self {
        self.ballots += other.ballots;
        for ((answered, heap), (more, theirs)) in self.heaps.iter_mut().zip(&other.heaps) {
            *answered += more;
            heap.merge(theirs);
        }
        self
    }

    /// The figures that are published; what may be shown of groups is not among them yet.
    #[must_use]
    pub fn figures(&self, instrument: &Instrument, electorate: u64) -> Figures {
        let questions: Vec<QuestionFigures> = instrument
            .questions
            .iter()
            .zip(&self.heaps)
            .filter_map(|(question, (answered, heap))| shown(question, *answered, heap))
            .collect();
        let quorum_reached = reaches(self.ballots, electorate, instrument.thresholds.quorum_percent);
        Figures {
            ballots: self.ballots,
            electorate,
            turnout: share(self.ballots, electorate),
            quorum_reached,
            advisory: !quorum_reached,
            score: overall(&instrument.questions, &questions),
            rectify: to_rectify(instrument.thresholds, &questions),
            questions,
            breakdown: None,
        }
    }
}

impl Heap {
    fn take(&mut self, kind: &QuestionKind, answer: &Answer) -> Result<(), Misfit> {
        match (self, answer) {
            (Self::Cells(counts), Answer::One(index)) => up(counts, *index, 1),
            (Self::Cells(counts), Answer::Many(chosen)) => chosen.iter().try_for_each(|index| up(counts, *index, 1)),
            (Self::Ranks { first, points }, Answer::Many(ranked)) => {
                let QuestionKind::Ranking { places, .. } = kind else { return Err(Misfit) };
                up(first, *ranked.first().ok_or(Misfit)?, 1)?;
                let worth = (1..=u64::from(*places)).rev();
                ranked.iter().zip(worth).try_for_each(|(index, worth)| up(points, *index, worth))
            }
            (Self::Numbers(numbers), Answer::One(number)) => {
                *numbers.entry(*number).or_default() += 1;
                Ok(())
            }
            (Self::Words, Answer::Words(_)) => Ok(()),
            _ => Err(Misfit),
        }
    }

    fn merge(&mut self, other: &Self) {
        let sum = |mine: &mut Vec<u64>, theirs: &Vec<u64>| mine.iter_mut().zip(theirs).for_each(|(a, b)| *a += b);
        match (self, other) {
            (Self::Cells(mine), Self::Cells(theirs)) => sum(mine, theirs),
            (Self::Ranks { first, points }, Self::Ranks { first: others_first, points: others_points }) => {
                sum(first, others_first);
                sum(points, others_points);
            }
            (Self::Numbers(mine), Self::Numbers(theirs)) => {
                for (number, times) in theirs {
                    *mine.entry(*number).or_default() += times;
                }
            }
            _ => {}
        }
    }
}

fn up(counts: &mut [u64], index: i64, by: u64) -> Result<(), Misfit> {
    let cell = usize::try_from(index).ok().and_then(|index| counts.get_mut(index)).ok_or(Misfit)?;
    *cell += by;
    Ok(())
}

/// How many chose one step or option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ResultCell)]
pub struct Cell {
    /// People.
    pub count: u64,
    /// Of those who answered the question, in hundredths of a per cent.
    pub share: u64,
    /// Lower end of the 95 % interval of the share.
    pub low: u64,
    /// Upper end of it.
    pub high: u64,
}

/// One option of a ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ResultRank)]
pub struct Rank {
    /// How many put it first.
    pub first: u64,
    /// Points of all places.
    pub points: u64,
}

/// What was answered to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ResultQuestion)]
pub struct QuestionFigures {
    /// `q1` … `q40`.
    pub question: String,
    /// How many answered.
    pub answered: u64,
    /// By the kind of the question.
    #[serde(flatten)]
    pub answers: AnswerFigures,
}

/// The figures of one kind of question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = ResultAnswers)]
pub enum AnswerFigures {
    /// Per step, with the score in hundredths (0 to 10,000); no score when nobody answered.
    Scale {
        /// In the order of the steps.
        cells: Vec<Cell>,
        /// Mean score in hundredths.
        score: Option<u64>,
    },
    /// Per option.
    Single {
        /// In the order of the options.
        cells: Vec<Cell>,
    },
    /// Per option; the shares may add up to more than all.
    Multiple {
        /// In the order of the options.
        cells: Vec<Cell>,
    },
    /// Per option.
    Ranking {
        /// In the order of the options.
        ranks: Vec<Rank>,
    },
    /// Of the numbers given, in hundredths; nothing when nobody answered.
    Number {
        /// Mean.
        mean: Option<i64>,
        /// Lower quartile.
        lower: Option<i64>,
        /// Median.
        median: Option<i64>,
        /// Upper quartile.
        upper: Option<i64>,
    },
}

/// The published figures of an evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ResultFigures)]
pub struct Figures {
    /// Ballots counted.
    pub ballots: u64,
    /// People who could have voted.
    pub electorate: u64,
    /// Ballots of the electorate, in hundredths of a per cent.
    pub turnout: u64,
    /// Whether enough took part.
    pub quorum_reached: bool,
    /// Whether the result is for information only (参考), because too few took part.
    pub advisory: bool,
    /// Weighted score in hundredths; nothing without an answered scale of any weight.
    pub score: Option<u64>,
    /// Scale questions whose last step reached the bar from which a plan of rectification is due.
    pub rectify: Vec<String>,
    /// Question by question; texts are not among them.
    pub questions: Vec<QuestionFigures>,
    /// By the answers to one question, where the instrument says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<Breakdown>,
}

fn shown(question: &Question, answered: u64, heap: &Heap) -> Option<QuestionFigures> {
    let answers = match (&question.kind, heap) {
        (QuestionKind::Scale { steps }, Heap::Cells(counts)) => {
            let points: u64 = steps.iter().zip(counts).map(|(step, count)| u64::from(step.score) * count).sum();
            let score = (answered > 0).then(|| rounded(100 * u128::from(points), answered.into()));
            AnswerFigures::Scale { cells: cells(counts, answered), score }
        }
        (QuestionKind::Single { .. }, Heap::Cells(counts)) => AnswerFigures::Single { cells: cells(counts, answered) },
        (QuestionKind::Multiple { .. }, Heap::Cells(counts)) => {
            AnswerFigures::Multiple { cells: cells(counts, answered) }
        }
        (QuestionKind::Ranking { .. }, Heap::Ranks { first, points }) => {
            let rank = |(first, points): (&u64, &u64)| Rank { first: *first, points: *points };
            AnswerFigures::Ranking { ranks: first.iter().zip(points).map(rank).collect() }
        }
        (QuestionKind::Number { .. }, Heap::Numbers(numbers)) => AnswerFigures::Number {
            mean: mean(numbers, answered),
            lower: quartile(numbers, answered, 1),
            median: quartile(numbers, answered, 2),
            upper: quartile(numbers, answered, 3),
        },
        _ => return None,
    };
    Some(QuestionFigures { question: question.id.clone(), answered, answers })
}

fn cells(counts: &[u64], of: u64) -> Vec<Cell> {
    let cell = |count: &u64| {
        let (low, high) = interval(*count, of);
        Cell { count: *count, share: share(*count, of), low, high }
    };
    counts.iter().map(cell).collect()
}

/// Half away from zero; 0 of 0 is 0.
fn rounded(a: u128, b: u128) -> u64 {
    let whole = (2 * a + b).checked_div(2 * b).unwrap_or_default();
    u64::try_from(whole).unwrap_or(u64::MAX)
}

/// Hundredths of a per cent, 0 of nothing.
fn share(count: u64, of: u64) -> u64 {
    rounded(10_000 * u128::from(count), of.into())
}

fn reaches(count: u64, of: u64, percent: u32) -> bool {
    u128::from(count) * 100 >= u128::from(of) * u128::from(percent)
}

/// The 95 % interval of Wilson for k of n in hundredths of a per cent: with z² = 3.8416 the ends are
/// (2k + z² ∓ √(z⁴ + 4z²k(n − k)/n)) / (2n + 2z²). All terms are taken 10⁴ times, the root to four digits more, rounded
/// down; then the lower end is rounded down and the upper end up. Of nothing it is everything.
#[must_use]
pub fn interval(k: u64, n: u64) -> (u64, u64) {
    const Z2: u128 = 38_416;
    let (k, n) = (u128::from(k.min(n)), u128::from(n));
    let inner = (Z2 * Z2 * n + 40_000 * Z2 * k * (n - k)) * 100_000_000;
    let Some(root) = inner.checked_div(n).map(u128::isqrt) else { return (0, 10_000) };
    let (middle, whole) = ((20_000 * k + Z2) * 10_000, 20_000 * n + 2 * Z2);
    let low = middle.saturating_sub(root) / whole;
    let high = (middle + root).div_ceil(whole).min(10_000);
    (u64::try_from(low).unwrap_or_default(), u64::try_from(high).unwrap_or(10_000))
}

fn mean(numbers: &BTreeMap<i64, u64>, answered: u64) -> Option<i64> {
    let sum: i128 = numbers.iter().map(|(number, times)| i128::from(*number) * i128::from(*times)).sum();
    let size = i64::try_from(rounded(100 * sum.unsigned_abs(), answered.into())).ok()?;
    (answered > 0).then_some(if sum < 0 { -size } else { size })
}

fn quartile(numbers: &BTreeMap<i64, u64>, answered: u64, quarter: u64) -> Option<i64> {
    let at = answered.checked_sub(1)? * quarter;
    let below = nth(numbers, at / 4)?;
    let part = i64::try_from(at % 4).ok()?;
    let above = if part == 0 { below } else { nth(numbers, at / 4 + 1)? };
    Some(100 * below + 25 * part * (above - below))
}

/// The number at a place of the sorted ones, from 0.
fn nth(numbers: &BTreeMap<i64, u64>, place: u64) -> Option<i64> {
    let mut seen = 0;
    numbers.iter().find_map(|(number, times)| {
        seen += times;
        (seen > place).then_some(*number)
    })
}

fn overall(questions: &[Question], figures: &[QuestionFigures]) -> Option<u64> {
    let scored = figures.iter().filter_map(|figure| {
        let AnswerFigures::Scale { score, .. } = &figure.answers else { return None };
        let weight = questions.iter().find(|question| question.id == figure.question)?.weight;
        Some((u128::from(weight), u128::from((*score)?)))
    });
    let (weights, sum) =
        scored.fold((0, 0), |(weights, sum), (weight, score)| (weights + weight, sum + weight * score));
    (weights > 0).then(|| rounded(sum, weights))
}

fn to_rectify(thresholds: Thresholds, figures: &[QuestionFigures]) -> Vec<String> {
    let bar = thresholds.rectify_percent;
    let due = |figure: &&QuestionFigures| match &figure.answers {
        AnswerFigures::Scale { cells, .. } => {
            let worst = cells.last().map_or(0, |cell| cell.count);
            bar > 0 && figure.answered > 0 && reaches(worst, figure.answered, bar)
        }
        _ => false,
    };
    figures.iter().filter(due).map(|figure| figure.question.clone()).collect()
}

#[cfg(test)]
mod tests;

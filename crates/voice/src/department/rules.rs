//! Where a link stands, and the interval of a score in whole hundredths. Pure.
//!
//! The mean of a scale question is taken with four more answers, two on its best and two on its worst step (the
//! *plus-four* interval of Agresti and Coull, at 95 % with z = 1.96): five people who all say the same do not make a
//! certainty. Of the overall score only columns are known, not whose answers belong together, so that the half widths of
//! the questions are added by weight: the interval is at least as wide as any that the ballots could have.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::instrument::{Question, QuestionKind};
use crate::result::tally::{AnswerFigures, Figures};

/// Where a department's link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DepartmentLinkState)]
pub enum LinkState {
    /// It can be used.
    Open,
    /// The reply is in.
    Used,
    /// It was taken back.
    Revoked,
    /// Its last day has passed.
    Expired,
}

/// Answers that are added on each end of a scale.
const ADDED: u128 = 2;
/// Digits that are kept of a root.
const FINE: u128 = 10_000;

/// Ends of the 95 % interval of a result's score, in hundredths; `None` where there is no score.
pub fn interval(questions: &[Question], figures: &Figures) -> Option<(u64, u64)> {
    let score = u128::from(figures.score?);
    let (mut weights, mut middle, mut half) = (0_u128, 0_u128, 0_u128);
    for shown in &figures.questions {
        let question = questions.iter().find(|question| question.id == shown.question);
        let (Some(question), AnswerFigures::Scale { cells, score: Some(_) }) = (question, &shown.answers) else {
            continue;
        };
        let QuestionKind::Scale { steps } = &question.kind else { continue };
        let weight = u128::from(question.weight);
        let last = steps.len().saturating_sub(1);
        let mut heap: Vec<(u128, u128)> = Vec::with_capacity(steps.len());
        for (place, (step, cell)) in steps.iter().zip(cells).enumerate() {
            let added = if place == 0 || place == last { ADDED } else { 0 };
            heap.push((u128::from(cell.count) + added, u128::from(step.score)));
        }
        let people: u128 = heap.iter().map(|(count, _)| count).sum();
        let sum: u128 = heap.iter().map(|(count, score)| count * score).sum();
        let squares: u128 = heap.iter().map(|(count, score)| count * score * score).sum();
        // 1.96 · √(variance / n), in hundredths of a score: z² = 3.8416.
        let under_root = 38_416 * FINE * FINE * (people * squares - sum * sum) / (people * people * people);
        weights += weight;
        middle += weight * 100 * FINE * sum / people;
        half += weight * under_root.isqrt();
    }
    let middle = middle.checked_div(weights)?;
    let half = half.checked_div(weights)?;
    let (low, high) = (middle.saturating_sub(half) / FINE, (middle + half).div_ceil(FINE));
    let end = |value: u128| u64::try_from(value.min(10_000)).unwrap_or(10_000);
    Some((end(low.min(score)), end(high.max(score))))
}

/// Whether two intervals touch: then the scores do not tell the two apart.
pub fn touch(one: (u64, u64), other: (u64, u64)) -> bool {
    one.0 <= other.1 && other.0 <= one.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::Step;
    use crate::result::tally::{Cell, QuestionFigures};

    fn question(id: &str, weight: u32) -> Question {
        let step = |label: &str, score| Step { label: label.into(), score };
        let steps = vec![step("满意", 100), step("基本满意", 60), step("不满意", 0)];
        Question {
            id: id.into(),
            text: "示例".into(),
            help: None,
            weight,
            required: true,
            kind: QuestionKind::Scale { steps },
        }
    }

    fn figures(counts: &[[u64; 3]]) -> (Vec<Question>, Figures) {
        let questions: Vec<Question> = (1..=counts.len()).map(|n| question(&format!("q{n}"), 10)).collect();
        let mean = |counts: &[u64; 3]| (100 * (counts[0] * 100 + counts[1] * 60)) / counts.iter().sum::<u64>().max(1);
        let shown = |(question, counts): (&Question, &[u64; 3])| QuestionFigures {
            question: question.id.clone(),
            answered: counts.iter().sum(),
            answers: AnswerFigures::Scale {
                cells: counts.iter().map(|count| Cell { count: *count, share: 0, low: 0, high: 0 }).collect(),
                score: Some(mean(counts)),
            },
        };
        let all: Vec<QuestionFigures> = questions.iter().zip(counts).map(shown).collect();
        let score = counts.iter().map(mean).sum::<u64>() / counts.len() as u64;
        let figures = Figures {
            ballots: 9,
            electorate: 9,
            turnout: 0,
            quorum_reached: true,
            advisory: false,
            score: Some(score),
            rectify: Vec::new(),
            questions: all,
            breakdown: None,
        };
        (questions, figures)
    }

    fn of(counts: &[[u64; 3]]) -> (u64, u64) {
        let (questions, figures) = figures(counts);
        interval(&questions, &figures).unwrap()
    }

    #[test]
    fn few_who_agree_are_no_certainty() {
        let (low, high) = of(&[[5, 0, 0]]);
        assert!(low < 6_000 && high == 10_000, "{low} {high}");
        let (low, high) = of(&[[5_000, 0, 0]]);
        assert!(low > 9_900 && high == 10_000, "{low} {high}");
        let (low, high) = of(&[[0, 0, 5]]);
        assert!(low == 0 && high > 4_000, "{low} {high}");
    }

    #[test]
    fn a_known_interval() {
        // 40 · 100, 12 · 0 after the four are added: mean 76.92…, deviation 42.13…, half width 11.45….
        assert_eq!(of(&[[38, 0, 10]]), (6_547, 8_838));
    }

    #[test]
    fn more_people_make_it_narrower_and_questions_do_not() {
        let width = |counts: &[[u64; 3]]| {
            let (low, high) = of(counts);
            high - low
        };
        assert!(width(&[[400, 300, 300]]) < width(&[[40, 30, 30]]));
        assert_eq!(width(&[[40, 30, 30], [40, 30, 30]]), width(&[[40, 30, 30]]));
    }

    #[test]
    fn intervals_touch_or_do_not() {
        assert!(touch((1, 5), (5, 9)) && touch((5, 9), (1, 5)) && touch((1, 9), (4, 5)));
        assert!(!touch((1, 4), (5, 9)) && !touch((5, 9), (1, 4)));
    }
}

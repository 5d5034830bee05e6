//! What the electorate is asked again, how it is counted, and when an item runs again; without database and clock.

use serde::Serialize;
use utoipa::ToSchema;

use crate::instrument::{Instrument, Question, QuestionKind, Step, Thresholds};
use crate::poll::entity::Model;
use crate::result::tally::{AnswerFigures, Figures};

/// The answers in their order: put right, partly, not.
pub const STEPS: [(&str, u32); 3] = [("已整改", 100), ("部分整改", 50), ("没有整改", 0)];
/// What is asked in a round: the instrument of the evaluation with questions, days and key of its own. Like that one it is
/// fixed with its hash before anybody draws, and whoever can recount a rating can recount a round.
#[must_use]
pub fn form(rating: Instrument, round: i64, questions: Vec<Question>, poll: &Model) -> Instrument {
    let title = format!("{} · 整改回访（第 {round} 次）", rating.title);
    Instrument {
        title,
        questions,
        thresholds: Thresholds { rectify_percent: 0, ..rating.thresholds },
        opinions: false,
        opens_on: poll.opens_on,
        closes_at: poll.closes_at,
        key_hash: hex::encode(&poll.key_hash),
        opinion_key_hash: None,
        document_hash: None,
        breakdown: None,
        ..rating
    }
}

/// The question about one item.
#[must_use]
pub fn question(number: usize, problem: &str, measure: &str) -> Question {
    let steps = STEPS.map(|(label, score)| Step { label: label.to_owned(), score }).to_vec();
    Question {
        id: format!("q{number}"),
        text: problem.to_owned(),
        help: Some(format!("整改措施：{measure}")),
        weight: 1,
        required: true,
        kind: QuestionKind::Scale { steps },
    }
}

/// What was answered about one item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ClosureTally)]
pub struct Tally {
    /// Put right.
    pub fixed: u64,
    /// Partly.
    pub partly: u64,
    /// Not.
    pub not_fixed: u64,
}

impl Tally {
    /// What was counted of one question.
    #[must_use]
    pub fn of(figures: &Figures, question: &str) -> Self {
        let found = figures.questions.iter().find(|one| one.question == question);
        match found.map(|one| &one.answers) {
            Some(AnswerFigures::Scale { cells, .. }) => {
                let count = |place: usize| cells.get(place).map_or(0, |cell| cell.count);
                Self { fixed: count(0), partly: count(1), not_fixed: count(2) }
            }
            _ => Self::default(),
        }
    }

    /// How many answered.
    #[must_use]
    pub fn answered(self) -> u64 {
        self.fixed + self.partly + self.not_fixed
    }

    /// Whether the item runs again: those who say "not", and half of those who say "partly", are at least so many of
    /// every hundred who answered.
    #[must_use]
    pub fn reopens(self, percent: u32) -> bool {
        let against = 2 * u128::from(self.not_fixed) + u128::from(self.partly);
        100 * against >= 2 * u128::from(percent) * u128::from(self.answered())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::instrument::answer::{Answers, parse};
    use crate::result::tally::Counts;

    fn tally(fixed: u64, partly: u64, not_fixed: u64) -> Tally {
        Tally { fixed, partly, not_fixed }
    }

    #[test]
    fn three_in_ten_against_run_again() {
        let cases = [
            (tally(10, 0, 0), false),
            (tally(7, 0, 3), true),
            (tally(71, 0, 29), false),
            (tally(4, 6, 0), true),
            (tally(5, 5, 0), false),
            (tally(0, 5, 0), true),
            (tally(3, 2, 0), false),
            (tally(3, 1, 1), true),
            (tally(4, 0, 1), false),
            (tally(0, 0, 5), true),
        ];
        for (counts, expected) in cases {
            assert_eq!(counts.reopens(30), expected, "{counts:?}");
        }
    }

    #[test]
    fn every_question_takes_one_of_three_answers() {
        let questions = vec![question(1, "宿舍热水", "换热水器"), question(2, "食堂价格", "公示菜价")];
        let raw = |one: i64, two: i64| serde_json::json!({ "q1": one, "q2": two });
        let ballots: Vec<Answers> =
            [(0, 2), (1, 2), (2, 0)].iter().map(|(a, b)| parse(&questions, &raw(*a, *b)).unwrap()).collect();
        let figures = counted(&questions, &ballots);
        assert_eq!(Tally::of(&figures, "q1"), tally(1, 1, 1));
        assert_eq!(Tally::of(&figures, "q2"), tally(1, 0, 2));
        assert_eq!(Tally::of(&figures, "q3"), tally(0, 0, 0));
        assert!(parse(&questions, &raw(3, 0)).is_err() && parse(&questions, &serde_json::json!({ "q1": 0 })).is_err());
    }

    /// As a round counts its ballots.
    fn counted(questions: &[Question], ballots: &[Answers]) -> Figures {
        let instrument = Instrument { questions: questions.to_vec(), ..crate::result::sample::instrument() };
        Counts::of(questions, ballots).unwrap().figures(&instrument, 1_000)
    }

    proptest! {
        #[test]
        fn more_who_say_fixed_never_make_it_run_again(
            fixed in 0_u64..700_000, partly in 0_u64..700_000, not in 0_u64..700_000, percent in 1_u32..=100, more in 0_u64..1_000,
        ) {
            let before = tally(fixed, partly, not);
            let after = tally(fixed + more, partly, not);
            prop_assert!(before.reopens(percent) || !after.reopens(percent) || before.answered() == 0);
            // One who changes from "partly" to "not" never helps, and order and grouping say nothing.
            if partly > 0 {
                prop_assert!(!before.reopens(percent) || tally(fixed, partly - 1, not + 1).reopens(percent));
            }
            if fixed > 0 {
                prop_assert!(!before.reopens(percent) || tally(fixed - 1, partly + 1, not).reopens(percent));
            }
            // Against the rule in fractions.
            if before.answered() > 0 {
                let share = (not as f64 + partly as f64 / 2.0) / before.answered() as f64;
                if (share * 100.0 - f64::from(percent)).abs() > 1e-6 {
                    prop_assert_eq!(before.reopens(percent), share * 100.0 > f64::from(percent));
                }
            }
        }

        #[test]
        fn a_box_counts_as_its_parts(answers in proptest::collection::vec(0_i64..3, 0..60), cut in 0_usize..60) {
            let questions = vec![question(1, "示例", "示例")];
            let ballots: Vec<Answers> =
                answers.iter().map(|one| parse(&questions, &serde_json::json!({ "q1": one })).unwrap()).collect();
            let cut = cut.min(ballots.len());
            let of = |ballots: &[Answers]| Tally::of(&counted(&questions, ballots), "q1");
            let (one, two) = (of(&ballots[..cut]), of(&ballots[cut..]));
            let whole = of(&ballots.iter().rev().cloned().collect::<Vec<_>>());
            prop_assert_eq!(whole, tally(one.fixed + two.fixed, one.partly + two.partly, one.not_fixed + two.not_fixed));
            prop_assert_eq!(whole.answered(), ballots.len() as u64);
        }
    }
}

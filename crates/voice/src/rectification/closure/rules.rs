//! What the electorate is asked again, how it is counted, and when an item runs again; without database and clock.

use kernel::Result;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::instrument::answer::{Answer, Answers};
use crate::instrument::{IssuerKind, Question, QuestionKind, Step};

/// The answers in their order: put right, partly, not.
pub const STEPS: [(&str, u32); 3] = [("已整改", 100), ("部分整改", 50), ("没有整改", 0)];
/// What [`Form::format`] is.
const FORMAT: u32 = 1;

/// What is asked in a round, fixed before anybody draws: its canonical bytes are kept, hashed and shown, and a device
/// opens the key only if its hash is the one in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ClosureForm)]
pub struct Form {
    /// Version of this format.
    pub format: u32,
    /// Of which evaluation.
    pub evaluation_id: Uuid,
    /// Which round of asking again, from 1.
    pub round: i64,
    /// As it stands on the page.
    pub title: String,
    /// One for each item.
    pub questions: Vec<Question>,
    /// First day.
    pub opens_on: chrono::NaiveDate,
    /// The moment after which no ballot is taken.
    pub closes_at: chrono::DateTime<chrono::Utc>,
    /// How the secret is kept.
    pub issuer: IssuerKind,
    /// SHA-256 of the public key that signs the tokens, hexadecimal.
    pub key_hash: String,
}

impl Form {
    /// The format of new forms.
    #[must_use]
    pub fn format() -> u32 {
        FORMAT
    }

    /// The bytes that are kept, shown and hashed.
    ///
    /// # Errors
    /// Never for a form; JSON cannot hold everything.
    pub fn canonical(&self) -> Result<String> {
        Ok(serde_json::to_string(self)?)
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// When the bytes are no form.
    pub fn read(text: &str) -> Result<Self> {
        Ok(serde_json::from_str(text)?)
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
    /// Counts the answers to one question; a ballot that does not answer it is not counted.
    #[must_use]
    pub fn of<'a>(question: &str, ballots: impl IntoIterator<Item = &'a Answers>) -> Self {
        let mut tally = Self::default();
        for ballot in ballots {
            match ballot.get(question) {
                Some(Answer::One(0)) => tally.fixed += 1,
                Some(Answer::One(1)) => tally.partly += 1,
                Some(Answer::One(2)) => tally.not_fixed += 1,
                _ => {}
            }
        }
        tally
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
    use crate::instrument::answer::parse;

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
    fn a_form_reads_back_and_its_questions_take_three_answers() {
        let form = Form {
            format: Form::format(),
            evaluation_id: Uuid::nil(),
            round: 1,
            title: "示例回访".into(),
            questions: vec![question(1, "宿舍热水", "换热水器"), question(2, "食堂价格", "公示菜价")],
            opens_on: "2026-12-01".parse().unwrap(),
            closes_at: "2026-12-08T16:00:00Z".parse().unwrap(),
            issuer: IssuerKind::BlindRsa,
            key_hash: "00".repeat(32),
        };
        assert_eq!(Form::read(&form.canonical().unwrap()).unwrap(), form);
        let raw = |one: i64, two: i64| serde_json::json!({ "q1": one, "q2": two });
        let ballots: Vec<Answers> =
            [(0, 2), (1, 2), (2, 0)].iter().map(|(a, b)| parse(&form.questions, &raw(*a, *b)).unwrap()).collect();
        assert_eq!(Tally::of("q1", &ballots), tally(1, 1, 1));
        assert_eq!(Tally::of("q2", &ballots), tally(1, 0, 2));
        assert!(parse(&form.questions, &raw(3, 0)).is_err() && parse(&form.questions, &serde_json::json!({"q1": 0})).is_err());
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
            let (one, two) = (Tally::of("q1", &ballots[..cut]), Tally::of("q1", &ballots[cut..]));
            let whole = Tally::of("q1", ballots.iter().rev());
            prop_assert_eq!(whole, tally(one.fixed + two.fixed, one.partly + two.partly, one.not_fixed + two.not_fixed));
            prop_assert_eq!(whole.answered(), ballots.len() as u64);
        }
    }
}

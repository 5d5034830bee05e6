//! What an entry makes of a sheet, without database and clock.

use kernel::{Id, Refusal, Result};

use super::{PAPER_DISAGREES, PAPER_ENTERED, PAPER_SAME_PERSON, PAPER_VOID};

/// An entry that was made before: by whom, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who entered it.
    pub by: Id,
    /// Canonical answers.
    pub answers: Vec<u8>,
}

/// A sheet as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sheet {
    /// Printed; nobody has entered it.
    Printed,
    /// Entered once.
    First(Entry),
    /// Entered twice, differently.
    Disputed(Entry, Entry),
    /// A ballot.
    Entered,
    /// Worth nothing any more.
    Void,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Kept as the first entry.
    Keep,
    /// Two people agree: it becomes a ballot.
    Agree,
    /// Two people disagree: a third one decides.
    Dispute,
}

/// Judges an entry.
///
/// # Errors
/// `paper.entered`, `paper.void`, `paper.same_person`, `paper.disagrees`.
pub fn judge(sheet: &Sheet, by: Id, answers: &[u8]) -> Result<Step, Refusal> {
    match sheet {
        Sheet::Printed => Ok(Step::Keep),
        Sheet::Entered => Err(PAPER_ENTERED.refusal()),
        Sheet::Void => Err(PAPER_VOID.refusal()),
        Sheet::First(first) if first.by == by => Err(PAPER_SAME_PERSON.refusal()),
        Sheet::First(first) if first.answers == answers => Ok(Step::Agree),
        Sheet::First(_) => Ok(Step::Dispute),
        Sheet::Disputed(first, second) if first.by == by || second.by == by => Err(PAPER_SAME_PERSON.refusal()),
        Sheet::Disputed(first, second) if first.answers == answers || second.answers == answers => Ok(Step::Agree),
        Sheet::Disputed(..) => Err(PAPER_DISAGREES.refusal()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_people_must_agree() {
        let who = |number: u128| Id::from_u128(number);
        let entry = |by: u128, answers: &str| Entry { by: who(by), answers: answers.into() };
        let first = Sheet::First(entry(1, "a"));
        let disputed = Sheet::Disputed(entry(1, "a"), entry(2, "b"));
        let cases = [
            (&Sheet::Printed, 1, "a", Ok(Step::Keep)),
            (&first, 1, "a", Err("paper.same_person")),
            (&first, 1, "b", Err("paper.same_person")),
            (&first, 2, "a", Ok(Step::Agree)),
            (&first, 2, "b", Ok(Step::Dispute)),
            (&disputed, 1, "b", Err("paper.same_person")),
            (&disputed, 2, "a", Err("paper.same_person")),
            (&disputed, 3, "a", Ok(Step::Agree)),
            (&disputed, 3, "b", Ok(Step::Agree)),
            (&disputed, 3, "c", Err("paper.disagrees")),
            (&Sheet::Entered, 3, "a", Err("paper.entered")),
            (&Sheet::Void, 3, "a", Err("paper.void")),
        ];
        for (sheet, by, answers, expected) in cases {
            let found = judge(sheet, who(by), answers.as_bytes());
            assert_eq!(found.map_err(|refusal| refusal.code.to_string()), expected.map_err(str::to_owned), "{sheet:?}");
        }
    }
}

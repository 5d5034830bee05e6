//! Who may be asked for, and what became of a line. Pure.

use std::collections::BTreeSet;

use kernel::{Id, Refusal};

use super::CORRECTION_PEOPLE;
use crate::ledger::{Done, LEDGER_REVERSED, LEDGER_SPENT};

/// People that can be named one by one.
pub const MOST_NAMED: usize = 500;

/// Who is asked for: nobody in particular when it is the whole batch.
///
/// # Errors
/// `issue_correction.people`.
pub fn named(whole: bool, persons: &[Id]) -> Result<BTreeSet<Id>, Refusal> {
    let persons: BTreeSet<Id> = persons.iter().copied().collect();
    let fits = if whole { persons.is_empty() } else { (1..=MOST_NAMED).contains(&persons.len()) };
    if fits { Ok(persons) } else { Err(CORRECTION_PEOPLE.refusal().on("person_ids")) }
}

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Became {
    /// `whole`, `part`, `spent`, `before`, `refused`.
    pub state: &'static str,
    /// What came back, in cents.
    pub taken_cents: i64,
    /// The transfer that took it back.
    pub transfer_id: Option<Id>,
    /// Why nothing could be taken.
    pub code: Option<String>,
}

/// What became of a line of so much, by the ledger's answer.
#[must_use]
pub fn became(issued_cents: i64, answer: &Result<Done, Refusal>) -> Became {
    let nothing = |state, code| Became { state, taken_cents: 0, transfer_id: None, code };
    match answer {
        Ok(done) => Became {
            state: if done.amount_cents == issued_cents { "whole" } else { "part" },
            taken_cents: done.amount_cents,
            transfer_id: Some(done.transfer_id),
            code: None,
        },
        Err(refusal) if refusal.code == LEDGER_SPENT.code => nothing("spent", None),
        Err(refusal) if refusal.code == LEDGER_REVERSED.code => nothing("before", None),
        Err(refusal) => nothing("refused", Some(refusal.code.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use kernel::time::Time;

    use super::*;
    use crate::ledger::LEDGER_FROZEN;

    #[test]
    fn all_or_somebody() {
        let some = [Id::from_u128(1), Id::from_u128(1)];
        let many: Vec<Id> = (0..=MOST_NAMED as u128).map(Id::from_u128).collect();
        assert_eq!(named(false, &some).map(|set| set.len()), Ok(1));
        assert_eq!(named(true, &[]).map(|set| set.len()), Ok(0));
        for (whole, persons) in [(true, some.as_slice()), (false, &[]), (false, &many)] {
            assert_eq!(named(whole, persons).unwrap_err().code, "issue_correction.people");
        }
    }

    #[test]
    fn a_line_is_what_the_ledger_says() {
        let done = |amount_cents| Done {
            transfer_id: Id::from_u128(7),
            amount_cents,
            debit_after_cents: 0,
            credit_after_cents: 0,
            seq: 1,
            at: Time::default(),
            fresh: true,
        };
        let cases = [
            (Ok(done(100)), "whole", 100),
            (Ok(done(99)), "part", 99),
            (Err(LEDGER_SPENT.refusal()), "spent", 0),
            (Err(LEDGER_REVERSED.refusal()), "before", 0),
            (Err(LEDGER_FROZEN.refusal()), "refused", 0),
        ];
        for (answer, state, cents) in cases {
            let line = became(100, &answer);
            assert_eq!((line.state, line.taken_cents), (state, cents));
            assert_eq!((line.transfer_id.is_some(), line.code.is_some()), (cents > 0, state == "refused"));
        }
    }
}

//! Columns: whether the answers to a question are answers to it.

use std::collections::BTreeSet;

use crate::Fault;
use crate::form::{Entry, Instrument, Kind, Publication, Question};

/// Checks that there is one column for each question that is not answered in words, in order, and each answer in it.
///
/// # Errors
/// [`Fault::Columns`], [`Fault::Column`].
pub fn check(publication: &Publication<'_>, instrument: &Instrument) -> Result<(), Fault> {
    let questions: Vec<&Question> = counted(instrument).collect();
    let asked = questions.iter().map(|question| question.id.as_str());
    let distinct: BTreeSet<&str> = asked.clone().collect();
    if distinct.len() != questions.len() || !asked.eq(publication.columns.iter().map(|column| column.question.as_str()))
    {
        return Err(Fault::Columns);
    }
    let ballots = publication.commitments.len();
    for (question, column) in questions.into_iter().zip(&publication.columns) {
        let count = column.answers.len();
        let enough = if question.required { count == ballots } else { count <= ballots };
        let sorted = column.answers.is_sorted();
        if !enough || !sorted || !column.answers.iter().all(|entry| fits(&question.kind, entry)) {
            return Err(Fault::Column(question.id.clone()));
        }
    }
    Ok(())
}

/// The questions that have a column.
pub(crate) fn counted(instrument: &Instrument) -> impl Iterator<Item = &Question> {
    instrument.questions.iter().filter(|question| !matches!(question.kind, Kind::Text {}))
}

fn fits(kind: &Kind, entry: &Entry) -> bool {
    let within = |index: i64, of: usize| usize::try_from(index).is_ok_and(|index| index < of);
    match (kind, entry) {
        (Kind::Scale { steps }, Entry::One(index)) => within(*index, steps.len()),
        (Kind::Single { options }, Entry::One(index)) => within(*index, options.len()),
        (Kind::Multiple { options, least, most }, Entry::Many(chosen)) => {
            let rising = chosen.windows(2).all(|pair| pair.first() < pair.last());
            rising
                && (*least..=*most).contains(&chosen.len())
                && chosen.iter().all(|index| within(*index, options.len()))
        }
        (Kind::Ranking { options, places }, Entry::Many(ranked)) => {
            let distinct: BTreeSet<&i64> = ranked.iter().collect();
            ranked.len() == *places
                && distinct.len() == ranked.len()
                && ranked.iter().all(|index| within(*index, options.len()))
        }
        (Kind::Number { least, most }, Entry::One(number)) => (*least..=*most).contains(number),
        _ => false,
    }
}

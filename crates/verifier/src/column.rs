//! Columns: whether the answers to a question are answers to it, and what they add up to. Of the answers no more is kept
//! than how often each was given.

use std::collections::BTreeSet;

use crate::Fault;
use crate::form::{Entry, Instrument, Kind, Question};

/// What the answers to a question add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heap {
    /// Per step or option.
    Cells(Vec<u64>),
    /// Per option: first places, points.
    Ranks { first: Vec<u64>, points: Vec<u64> },
    /// Each number, rising, with how often it was given.
    Numbers(Vec<(i64, u64)>),
}

impl Heap {
    fn of(kind: &Kind) -> Self {
        match kind {
            Kind::Scale { steps } => Self::Cells(vec![0; steps.len()]),
            Kind::Single { options } | Kind::Multiple { options, .. } => Self::Cells(vec![0; options.len()]),
            Kind::Ranking { options, .. } => {
                Self::Ranks { first: vec![0; options.len()], points: vec![0; options.len()] }
            }
            Kind::Number { .. } | Kind::Text {} => Self::Numbers(Vec::new()),
        }
    }

    /// Adds an answer that fits its question.
    fn add(&mut self, entry: &Entry) {
        match (self, entry) {
            (Self::Cells(cells), Entry::One(index)) => more(cells, *index, 1),
            (Self::Cells(cells), Entry::Many(chosen)) => chosen.iter().for_each(|index| more(cells, *index, 1)),
            (Self::Ranks { first, points }, Entry::Many(ranked)) => {
                ranked.iter().take(1).for_each(|index| more(first, *index, 1));
                let falling = (1..=ranked.len() as u64).rev();
                ranked.iter().zip(falling).for_each(|(index, place)| more(points, *index, place));
            }
            (Self::Numbers(numbers), Entry::One(number)) => match numbers.last_mut() {
                Some((last, times)) if last == number => *times += 1,
                _ => numbers.push((*number, 1)),
            },
            (Self::Ranks { .. }, Entry::One(_)) | (Self::Numbers(_), Entry::Many(_)) => {}
        }
    }
}

fn more(cells: &mut [u64], index: i64, by: u64) {
    if let Some(cell) = usize::try_from(index).ok().and_then(|index| cells.get_mut(index)) {
        *cell += by;
    }
}

/// A column, read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Answers in it.
    pub answered: u64,
    /// What they add up to.
    pub heap: Heap,
}

/// Columns as they come: one for each question that is not answered in words, in order, and each answer in it.
pub(crate) struct Columns<'a> {
    questions: Vec<&'a Question>,
    ballots: u64,
    done: Vec<Counted>,
    last: Option<Entry>,
}

impl<'a> Columns<'a> {
    /// Before the first one.
    ///
    /// # Errors
    /// [`Fault::Columns`] when two questions have one name.
    pub(crate) fn new(instrument: &'a Instrument, ballots: u64) -> Result<Self, Fault> {
        let questions: Vec<&Question> = counted(instrument).collect();
        let distinct: BTreeSet<&str> = questions.iter().map(|question| question.id.as_str()).collect();
        if distinct.len() != questions.len() {
            return Err(Fault::Columns);
        }
        Ok(Self::over(questions, ballots))
    }

    /// The same of these questions, for so many who could have answered.
    pub(crate) fn over(questions: Vec<&'a Question>, ballots: u64) -> Self {
        Self { done: Vec::with_capacity(questions.len()), questions, ballots, last: None }
    }

    /// The next one begins.
    ///
    /// # Errors
    /// [`Fault::Columns`] when it is not that of the next question.
    pub(crate) fn begin(&mut self, id: &str) -> Result<(), Fault> {
        let question = self.questions.get(self.done.len()).filter(|question| question.id == id);
        let question = question.ok_or(Fault::Columns)?;
        self.last = None;
        self.done.push(Counted { answered: 0, heap: Heap::of(&question.kind) });
        Ok(())
    }

    /// Its next answer.
    ///
    /// # Errors
    /// [`Fault::Column`] when it does not fit, does not stand in order, or there are too many of them.
    pub(crate) fn add(&mut self, entry: Entry) -> Result<(), Fault> {
        let in_order = self.last.as_ref().is_none_or(|last| *last <= entry);
        let ballots = self.ballots;
        let (question, column) = self.current()?;
        if !in_order || column.answered >= ballots || !fits(&question.kind, &entry) {
            return Err(Fault::Column(question.id.clone()));
        }
        column.answered += 1;
        column.heap.add(&entry);
        self.last = Some(entry);
        Ok(())
    }

    /// It ends.
    ///
    /// # Errors
    /// [`Fault::Column`] when an answer is missing that had to be given.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        let ballots = self.ballots;
        let (question, column) = self.current()?;
        if question.required && column.answered != ballots {
            return Err(Fault::Column(question.id.clone()));
        }
        Ok(())
    }

    /// After the last one.
    ///
    /// # Errors
    /// [`Fault::Columns`] when one is missing.
    pub(crate) fn finish(self) -> Result<Vec<Counted>, Fault> {
        if self.done.len() == self.questions.len() { Ok(self.done) } else { Err(Fault::Columns) }
    }

    fn current(&mut self) -> Result<(&'a Question, &mut Counted), Fault> {
        let question = self.done.len().checked_sub(1).and_then(|at| self.questions.get(at)).copied();
        question.zip(self.done.last_mut()).ok_or(Fault::Columns)
    }
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

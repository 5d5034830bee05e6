//! Groups: where the instrument has a breakdown, the columns of everybody who gave one answer to one question, and whether
//! they may stand in the file at all.
//!
//! A group that is shown has five people or more. No answer in it is that of one to four, and none that of everybody while
//! others answered otherwise; whoever left a scale out is counted as one more answer to it. What is left of the whole
//! columns when the shown groups are taken away belongs to the groups that are held back together: it is nothing, or two
//! groups at least, for which the same holds. So none of them can be worked out by subtraction.

use crate::Fault;
use crate::column::{Columns, Counted, Heap, counted};
use crate::form::{Breakdown, Group, GroupScale, Instrument, Kind, LEAST_PUBLISHED, Question};

/// Groups as they come.
pub(crate) struct Groups<'a> {
    question: &'a str,
    scales: Vec<&'a Question>,
    /// How many chose each option.
    sizes: Vec<u64>,
    /// Of each scale how many of all chose each step, and how many left it out.
    whole: Vec<Vec<u64>>,
    shown: Vec<Group>,
}

impl<'a> Groups<'a> {
    /// Before the first one; none where the instrument has no breakdown.
    ///
    /// # Errors
    /// [`Fault::Instrument`] when its question puts not everybody into one group, or there is nothing to show of them.
    pub(crate) fn of(instrument: &'a Instrument, columns: &[Counted], ballots: u64) -> Result<Option<Self>, Fault> {
        let Some(id) = &instrument.breakdown else { return Ok(None) };
        let (question, column) =
            counted(instrument).zip(columns).find(|(one, _)| one.id == *id).ok_or(Fault::Instrument)?;
        let (true, Kind::Single { .. }, Heap::Cells(sizes)) = (question.required, &question.kind, &column.heap) else {
            return Err(Fault::Instrument);
        };
        let scales = counted(instrument).zip(columns).filter(|(one, _)| matches!(one.kind, Kind::Scale { .. }));
        let (scales, whole): (Vec<&Question>, Vec<Vec<u64>>) =
            scales.map(|(one, column)| (one, cells(counts(column), column.answered, ballots))).unzip();
        if scales.is_empty() {
            return Err(Fault::Instrument);
        }
        Ok(Some(Self { question: id, scales, sizes: sizes.clone(), whole, shown: Vec::new() }))
    }

    /// The next one begins: its columns.
    ///
    /// # Errors
    /// [`Fault::Groups`] when it does not come after the one before, or has fewer than five people.
    pub(crate) fn begin(&self, option: u64) -> Result<Columns<'a>, Fault> {
        let rising = self.shown.last().is_none_or(|last| last.option < option);
        let people = self.people(option).filter(|people| rising && *people >= LEAST_PUBLISHED);
        people.map(|people| Columns::over(self.scales.clone(), people)).ok_or_else(|| self.fault())
    }

    /// It ends.
    ///
    /// # Errors
    /// [`Fault::Columns`] when a column is missing.
    pub(crate) fn end(&mut self, option: u64, columns: Columns<'a>) -> Result<(), Fault> {
        let people = self.people(option).ok_or_else(|| self.fault())?;
        let scale = |(question, column): (&&Question, Counted)| GroupScale {
            question: question.id.clone(),
            answered: column.answered,
            counts: counts(&column).to_vec(),
        };
        let scales = self.scales.iter().zip(columns.finish()?).map(scale).collect();
        self.shown.push(Group { option, people, scales });
        Ok(())
    }

    /// After the last one: what is published of them.
    ///
    /// # Errors
    /// [`Fault::Groups`] when a group is shown that must not be, or one that is not shown can be worked out.
    pub(crate) fn finish(self) -> Result<Breakdown, Fault> {
        let mut rest = self.whole.clone();
        let mut safe = true;
        for group in &self.shown {
            for ((scale, whole), rest) in group.scales.iter().zip(&self.whole).zip(&mut rest) {
                let cells = cells(&scale.counts, scale.answered, group.people);
                safe = safe && tells_of_many(&cells, whole) && taken(rest, &cells);
            }
        }
        let held = |option: &u64| {
            self.people(*option).is_some_and(|people| people > 0) && self.shown.iter().all(|one| one.option != *option)
        };
        let withheld: Vec<u64> = (0..self.sizes.len() as u64).filter(held).collect();
        let rest_is_safe = match withheld.len() {
            _ if self.shown.is_empty() => true,
            0 => rest.iter().flatten().all(|cell| *cell == 0),
            1 => false,
            _ => rest.iter().zip(&self.whole).all(|(rest, whole)| tells_of_many(rest, whole)),
        };
        if !(safe && rest_is_safe) {
            return Err(self.fault());
        }
        Ok(Breakdown { question: self.question.to_owned(), groups: self.shown, withheld })
    }

    fn people(&self, option: u64) -> Option<u64> {
        usize::try_from(option).ok().and_then(|option| self.sizes.get(option)).copied()
    }

    fn fault(&self) -> Fault {
        Fault::Groups(self.question.to_owned())
    }
}

fn counts(column: &Counted) -> &[u64] {
    if let Heap::Cells(counts) = &column.heap { counts } else { &[] }
}

/// The counts, and behind them how many of so many left it out.
fn cells(counts: &[u64], answered: u64, people: u64) -> Vec<u64> {
    [counts, &[people.saturating_sub(answered)]].concat()
}

/// Takes a group away from what is left; `false` when it has more than there is.
fn taken(rest: &mut [u64], cells: &[u64]) -> bool {
    rest.iter_mut().zip(cells).all(|(rest, cell)| match rest.checked_sub(*cell) {
        Some(left) => {
            *rest = left;
            true
        }
        None => false,
    })
}

fn tells_of_many(cells: &[u64], whole: &[u64]) -> bool {
    let several = |cells: &[u64]| cells.iter().filter(|cell| **cell > 0).count() > 1;
    !cells.iter().any(|cell| (1..LEAST_PUBLISHED).contains(cell)) && (several(cells) || !several(whole))
}

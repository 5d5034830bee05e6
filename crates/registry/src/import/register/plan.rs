//! The order in which the rows of a register are gone through, and what the files say about each other. Pure: the
//! order depends on the files alone, so a resumed import goes on exactly where it was.
//!
//! ```text
//! employers (as they stand) → unions (parents first, as they stand within a generation) → officers (as they stand)
//! ```
//!
//! A union row carries the links to its employers: to the one it names, and to those whose rows name it. Of two rows
//! with one name or code the first counts, the later is refused.

use std::collections::BTreeMap;

use kernel::time::Day;

use super::draft::{Draft, EmployerDraft, EmployerKey, OfficerDraft, Row, UnionDraft, UnionKey};
use super::line::At;
use super::{agree, ancestry, once};

/// The rows in order, each with the faults that the files alone show.
#[derive(Debug)]
pub struct Plan {
    rows: Vec<Row>,
    order: Vec<usize>,
    index: Index,
    named_by: BTreeMap<usize, Vec<usize>>,
    first_seen: BTreeMap<usize, Day>,
}

/// Rows by what other rows call them; the first of each name and code.
#[derive(Debug, Default)]
pub(super) struct Index {
    unions: BTreeMap<UnionKey, usize>,
    employer_codes: BTreeMap<String, usize>,
    employer_names: BTreeMap<String, Vec<usize>>,
}

/// The row of an employer that another row names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// This one.
    Row(usize),
    /// None in the files.
    Nowhere,
    /// Several have the name.
    Unclear,
}

impl Plan {
    /// Puts the rows of all files in order.
    #[must_use]
    pub fn of(mut rows: Vec<Row>) -> Self {
        rows.sort_by_key(|row| row.at);
        let index = Index::of(&rows);
        once::check(&mut rows);
        let parents = ancestry::parents(&rows, &index);
        let generations = ancestry::check(&mut rows, &parents);
        let named_by = agree::check(&mut rows, &index);
        once::check_officers(&mut rows, &index);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        // The rows are sorted by place already, and the sort keeps that among equals.
        order.sort_by_key(|place| match rows[*place].draft {
            Draft::Employer(_) => (0, 0),
            Draft::Union(_) => (1, generations.get(place).copied().unwrap_or_default()),
            Draft::Officer(_) => (2, 0),
        });
        let first_seen = first_seen(&rows, &index);
        Self { rows, order, index, named_by, first_seen }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The number of the row that comes at this place in the order.
    #[must_use]
    pub fn at(&self, position: usize) -> Option<usize> {
        self.order.get(position).copied()
    }

    /// A row by its number.
    #[must_use]
    pub fn row(&self, number: usize) -> &Row {
        &self.rows[number]
    }

    /// The row of the union that is named so, in whichever file.
    #[must_use]
    pub fn union_row(&self, key: &UnionKey) -> Option<(usize, &UnionDraft)> {
        let number = self.index.union(key)?;
        self.rows[number].union().map(|draft| (number, draft))
    }

    /// The row of the employer that is named so, in whichever file.
    pub(super) fn employer_row(&self, key: &EmployerKey) -> Named {
        self.index.employer(key)
    }

    /// The first day on which an officer of the union of this row was in office, by the files.
    #[must_use]
    pub fn first_seen(&self, union: usize) -> Option<Day> {
        self.first_seen.get(&union).copied()
    }

    /// Rows of employers that name the union of this row as theirs.
    pub(super) fn named_by(&self, union: usize) -> impl Iterator<Item = &EmployerDraft> {
        let rows = self.named_by.get(&union).into_iter().flatten();
        rows.filter_map(|number| self.rows[*number].employer())
    }
}

fn first_seen(rows: &[Row], index: &Index) -> BTreeMap<usize, Day> {
    let mut seen: BTreeMap<usize, Day> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.faults.is_empty()) {
        let office = row.officer().and_then(|draft| Some((index.union(draft.union.as_ref()?)?, draft.from?)));
        if let Some((union, from)) = office {
            seen.entry(union).and_modify(|first| *first = from.min(*first)).or_insert(from);
        }
    }
    seen
}

impl Index {
    fn of(rows: &[Row]) -> Self {
        let mut index = Self::default();
        for (number, row) in rows.iter().enumerate() {
            match &row.draft {
                Draft::Union(draft) => {
                    for key in draft.keys() {
                        index.unions.entry(key).or_insert(number);
                    }
                }
                Draft::Employer(draft) => index.enter_employer(number, draft),
                Draft::Officer(_) => {}
            }
        }
        index
    }

    fn enter_employer(&mut self, number: usize, draft: &EmployerDraft) {
        if let Some(code) = &draft.code {
            let first = *self.employer_codes.entry(code.to_string()).or_insert(number);
            if first != number {
                // A second row of one employer is refused; its name must not make the first one unclear.
                return;
            }
        }
        for name in draft.name.iter().chain(&draft.aliases) {
            let rows = self.employer_names.entry(name.clone()).or_default();
            if !rows.contains(&number) {
                rows.push(number);
            }
        }
    }

    /// The row of a union.
    pub fn union(&self, key: &UnionKey) -> Option<usize> {
        self.unions.get(key).copied()
    }

    /// The row of an employer: by its code, or where there is none by its name.
    pub fn employer(&self, key: &EmployerKey) -> Named {
        if let Some(code) = &key.code {
            return self.employer_codes.get(code).map_or(Named::Nowhere, |number| Named::Row(*number));
        }
        match key.name.as_ref().and_then(|name| self.employer_names.get(name)).map(Vec::as_slice) {
            Some([only]) => Named::Row(*only),
            Some([_, ..]) => Named::Unclear,
            _ => Named::Nowhere,
        }
    }
}

impl Row {
    /// What the row says, if it is a union's.
    #[must_use]
    pub fn union(&self) -> Option<&UnionDraft> {
        if let Draft::Union(draft) = &self.draft { Some(draft) } else { None }
    }

    /// What the row says, if it is an employer's.
    #[must_use]
    pub fn employer(&self) -> Option<&EmployerDraft> {
        if let Draft::Employer(draft) = &self.draft { Some(draft) } else { None }
    }

    /// What the row says, if it is an officer's.
    #[must_use]
    pub fn officer(&self) -> Option<&OfficerDraft> {
        if let Draft::Officer(draft) = &self.draft { Some(draft) } else { None }
    }

    /// Notes a fault, once.
    pub(super) fn refuse(&mut self, field: &str, refusal: kernel::Refusal) {
        let fault = super::line::fault(self.part(), field, refusal);
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// What the row is.
    #[must_use]
    pub fn part(&self) -> crate::import::words::Part {
        use crate::import::words::Part;
        match self.draft {
            Draft::Union(_) => Part::Unions,
            Draft::Employer(_) => Part::Employers,
            Draft::Officer(_) => Part::Officers,
        }
    }
}

impl UnionDraft {
    /// Everything that another row can call it.
    pub fn keys(&self) -> impl Iterator<Item = UnionKey> {
        let code = self.code.as_ref().map(|code| UnionKey::Code(code.to_string()));
        code.into_iter().chain(self.name.clone().map(UnionKey::Name))
    }
}

/// Where a row stands, told beside another row.
pub(super) fn told(rows: &[Row], of: usize, beside: usize) -> String {
    At::told_at(rows[of].at, rows[beside].at)
}

/// Where a row of the plan stands, told beside another.
pub(super) fn told_row(plan: &Plan, of: usize, beside: usize) -> String {
    told(&plan.rows, of, beside)
}

#[cfg(test)]
mod tests;

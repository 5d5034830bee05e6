//! A row of a file, its cells by field, and how they are read: every fault is kept, not only the first.

use std::collections::BTreeMap;

use kernel::Refusal;

use crate::import::CELL_EMPTY;
use crate::import::fields::field;
use crate::import::sequence::Fault;
use crate::import::words::Part;

/// Where a row stands; rows of a register are told apart by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// Number of the file in the import, from 1.
    pub file: i64,
    /// Number of the row as the spreadsheet shows it, from 1.
    pub row: i64,
}

impl At {
    /// How a sentence beside the row `from` names this row.
    #[must_use]
    pub fn told_at(self, from: Self) -> String {
        if self.file == from.file {
            format!("第 {} 行", self.row)
        } else {
            format!("第 {} 个文件的第 {} 行", self.file, self.row)
        }
    }
}

/// A row as it was read; a cell that cannot be taken as it stands is a fault.
#[derive(Debug, Clone)]
pub struct Line {
    /// Where it stands.
    pub at: At,
    /// What it is.
    pub part: Part,
    /// Cells that are not empty, by field.
    pub cells: BTreeMap<&'static str, Result<String, Fault>>,
}

/// A line that is being read: what was wrong so far.
pub(super) struct Reading<'a> {
    line: &'a Line,
    /// One a fault, each on its field.
    pub faults: Vec<Fault>,
}

impl<'a> Reading<'a> {
    pub fn of(line: &'a Line) -> Self {
        Self { line, faults: Vec::new() }
    }

    /// What stands in a field, read; `None` when it is empty, or wrong and noted.
    pub fn may<T, E: Into<Refusal>>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = match self.line.cells.get(field)? {
            Ok(text) => text.trim(),
            Err(flaw) => {
                self.faults.push(flaw.clone());
                return None;
            }
        };
        if text.is_empty() {
            return None;
        }
        match read(text) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.refuse(field, fault);
                None
            }
        }
    }

    /// Like [`Reading::may`], but an empty field is wrong as well.
    pub fn must<T, E: Into<Refusal>>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if !self.filled(field) {
            self.refuse(field, CELL_EMPTY.refusal());
            return None;
        }
        self.may(field, read)
    }

    /// Whether anything stands in a field.
    pub fn filled(&self, field: &str) -> bool {
        self.line.cells.get(field).is_some_and(|cell| cell.as_ref().map_or(true, |text| !text.trim().is_empty()))
    }

    /// Notes a fault of a field.
    pub fn refuse(&mut self, field: &str, refusal: impl Into<Refusal>) {
        self.faults.push(fault(self.line.part, field, refusal));
    }
}

/// A fault of a field of a part, under the field's label.
#[must_use]
pub(super) fn fault(part: Part, name: &str, refusal: impl Into<Refusal>) -> Fault {
    match field(part, name) {
        Some(field) => Fault::on(field.label, refusal),
        None => Fault::whole(refusal),
    }
}

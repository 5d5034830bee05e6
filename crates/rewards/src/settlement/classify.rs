//! Compares what the bank says with a settlement, line by line. Pure.

use std::collections::{HashMap, HashSet};

use kernel::Id;
use kernel::time::Day;

/// What became of a payment, by the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It left.
    Paid,
    /// It did not leave.
    Rejected,
    /// It left and came back.
    Returned,
    /// Not said in words that are known here.
    Unclear,
}

impl Outcome {
    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Rejected => "rejected",
            Self::Returned => "returned",
            Self::Unclear => "unclear",
        }
    }
}

/// A line of the bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankLine {
    /// Number in the file.
    pub number: i64,
    /// What it repeats, in capitals.
    pub reference: String,
    /// The amount; 0 where there is none that can be read.
    pub cents: i64,
    /// What became of it.
    pub outcome: Outcome,
    /// The last digits of the account, where the file tells it.
    pub tail: String,
    /// When it was booked, where the file tells it.
    pub booked_on: Option<Day>,
    /// The bank's own number of it, where there is one.
    pub serial: String,
    /// What else it says.
    pub said: String,
}

/// An item of a settlement, as the bank's lines are held against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Which.
    pub id: Id,
    /// What the bank repeats.
    pub reference: String,
    /// How much.
    pub cents: i64,
    /// The last four digits of its account.
    pub tail: String,
    /// `open`, `paid`, `rejected`, `returned`, `released`.
    pub state: String,
    /// What earlier files said of it, in effect: outcome, day and serial number.
    pub known: Vec<(Outcome, Option<Day>, String)>,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// It agrees: the item is paid.
    Matched,
    /// An earlier file told the same.
    Repeated,
    /// The bank did not pay.
    Rejected,
    /// Paid, but not as much as was asked.
    Amount,
    /// Paid once more.
    Duplicate,
    /// Of no item, to another account, or in words that are not known.
    Unknown,
    /// It came back.
    Returned,
    /// Booked on a day on which it cannot have been.
    Day,
    /// No line says anything of an item.
    Missing,
}

impl Class {
    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Repeated => "repeated",
            Self::Rejected => "rejected",
            Self::Amount => "amount",
            Self::Duplicate => "duplicate",
            Self::Unknown => "unknown",
            Self::Returned => "returned",
            Self::Day => "day",
            Self::Missing => "missing",
        }
    }
}

/// A line with what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified {
    /// Place of the line in the file's lines; none of a missing one.
    pub line: Option<usize>,
    /// The item that it speaks of.
    pub item: Option<Id>,
    /// What it is.
    pub class: Class,
}

/// Days on which a payment can have been booked.
#[derive(Debug, Clone, Copy)]
pub struct Days {
    /// The first one.
    pub from: Day,
    /// The last one.
    pub to: Day,
}

/// Holds the lines of a file against the items: one answer a line, and one for each open item of which nothing is said.
#[must_use]
pub fn classify(lines: &[BankLine], items: &[Expected], days: Days) -> Vec<Classified> {
    let by_reference: HashMap<&str, &Expected> = items.iter().map(|item| (item.reference.as_str(), item)).collect();
    let mut states: HashMap<Id, &str> = items.iter().map(|item| (item.id, item.state.as_str())).collect();
    let (mut spoken, mut all) = (HashSet::new(), Vec::with_capacity(lines.len()));
    for (place, line) in lines.iter().enumerate() {
        let item = by_reference.get(line.reference.as_str()).copied();
        let class = match item {
            Some(item) => {
                let class = of_item(line, item, states.get(&item.id).copied().unwrap_or_default(), days);
                spoken.insert(item.id);
                match class {
                    Class::Matched => states.insert(item.id, "paid"),
                    Class::Rejected => states.insert(item.id, "rejected"),
                    Class::Returned => states.insert(item.id, "returned"),
                    _ => None,
                };
                class
            }
            None => Class::Unknown,
        };
        all.push(Classified { line: Some(place), item: item.map(|item| item.id), class });
    }
    let silent = items.iter().filter(|item| item.state == "open" && !spoken.contains(&item.id));
    all.extend(silent.map(|item| Classified { line: None, item: Some(item.id), class: Class::Missing }));
    all
}

fn of_item(line: &BankLine, item: &Expected, state: &str, days: Days) -> Class {
    if is_repeated(line, item) {
        return Class::Repeated;
    }
    if !line.tail.is_empty() && line.tail != item.tail {
        return Class::Unknown;
    }
    match (line.outcome, state) {
        (Outcome::Rejected, "open") => Class::Rejected,
        (Outcome::Returned, "open" | "paid") if line.cents == item.cents => Class::Returned,
        (Outcome::Returned, "open" | "paid") => Class::Amount,
        (Outcome::Paid, "open") if line.cents != item.cents => Class::Amount,
        (Outcome::Paid, "open") if line.booked_on.is_some_and(|day| day < days.from || days.to < day) => Class::Day,
        (Outcome::Paid, "open") => Class::Matched,
        (Outcome::Paid, "paid") => Class::Duplicate,
        // Paid after it was given up, refused after it was paid, or not said at all: somebody has to look.
        _ => Class::Unknown,
    }
}

/// Whether an earlier file told this very line: banks hand out the whole day again. By the bank's own number where there
/// is one, else by what and when.
fn is_repeated(line: &BankLine, item: &Expected) -> bool {
    item.known.iter().any(|(outcome, day, serial)| {
        let same = if line.serial.is_empty() { *day == line.booked_on } else { *serial == line.serial };
        same && *outcome == line.outcome
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn item(n: u128, cents: i64, state: &str) -> Expected {
        Expected {
            id: Id::from_u128(n),
            reference: format!("ZG{n}"),
            cents,
            tail: "5678".to_owned(),
            state: state.to_owned(),
            known: Vec::new(),
        }
    }

    fn line(n: u128, cents: i64, outcome: Outcome) -> BankLine {
        BankLine {
            number: 2,
            reference: format!("ZG{n}"),
            cents,
            outcome,
            tail: "5678".to_owned(),
            booked_on: Some(day("2026-11-24")),
            serial: String::new(),
            said: String::new(),
        }
    }

    fn classes(lines: &[BankLine], items: &[Expected]) -> Vec<Class> {
        let days = Days { from: day("2026-11-23"), to: day("2026-11-25") };
        classify(lines, items, days).into_iter().map(|one| one.class).collect()
    }

    #[test]
    fn each_class_is_found() {
        use Outcome::{Paid, Rejected, Returned, Unclear};
        let early = BankLine { booked_on: Some(day("2026-11-22")), ..line(1, 500, Paid) };
        let elsewhere = BankLine { tail: "9999".to_owned(), ..line(1, 500, Paid) };
        let cases: Vec<(Vec<BankLine>, &str, Vec<Class>)> = vec![
            (vec![line(1, 500, Paid)], "open", vec![Class::Matched]),
            (vec![line(1, 499, Paid)], "open", vec![Class::Amount]),
            (vec![line(1, 500, Rejected)], "open", vec![Class::Rejected]),
            (vec![line(1, 500, Returned)], "paid", vec![Class::Returned]),
            (vec![line(1, 500, Paid), line(1, 500, Returned)], "open", vec![Class::Matched, Class::Returned]),
            (vec![line(1, 500, Paid), line(1, 500, Paid)], "open", vec![Class::Matched, Class::Duplicate]),
            (vec![line(1, 500, Unclear)], "open", vec![Class::Unknown]),
            (vec![line(7, 500, Paid)], "open", vec![Class::Unknown, Class::Missing]),
            (vec![elsewhere], "open", vec![Class::Unknown]),
            (vec![early], "open", vec![Class::Day]),
            (vec![line(1, 500, Paid)], "released", vec![Class::Unknown]),
            (vec![line(1, 500, Rejected)], "paid", vec![Class::Unknown]),
            (vec![], "open", vec![Class::Missing]),
            (vec![], "paid", vec![]),
        ];
        for (lines, state, expected) in cases {
            assert_eq!(classes(&lines, &[item(1, 500, state)]), expected, "{lines:?} {state}");
        }
    }

    #[test]
    fn a_file_of_the_whole_day_again_is_no_alarm() {
        let mut paid = item(1, 500, "paid");
        paid.known = vec![(Outcome::Paid, Some(day("2026-11-24")), "A1".to_owned())];
        assert_eq!(classes(&[line(1, 500, Outcome::Paid)], &[paid.clone()]), [Class::Repeated]);
        let numbered = |serial: &str| BankLine { serial: serial.to_owned(), ..line(1, 500, Outcome::Paid) };
        assert_eq!(classes(&[numbered("A1")], &[paid.clone()]), [Class::Repeated]);
        assert_eq!(classes(&[numbered("A2")], &[paid]), [Class::Duplicate]);
    }
}

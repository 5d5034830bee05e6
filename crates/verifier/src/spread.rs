//! How numbers are spread: computed from the columns, to be held against what the result page shows beside the file.
//!
//! From the smallest number to the largest run at the most eight bins of equal width, a whole number, each beginning where
//! the one before ends; the last one ends with the largest number. Who gave a number is in one bin.

use serde::Deserialize;

use crate::column::{Counted, Heap, counted};
use crate::form::{Instrument, Kind, Question};

/// Most bins.
const BINS: i128 = 8;

/// How the numbers given to one question are spread.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Spread {
    /// Which.
    pub question: String,
    /// From the smallest number to the largest.
    pub bins: Vec<Bin>,
}

/// People who gave a number between two others, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Bin {
    /// From.
    pub from: i64,
    /// To.
    pub to: i64,
    /// People.
    pub count: u64,
}

/// Of every question for a number that anybody answered.
pub(crate) fn all(instrument: &Instrument, columns: &[Counted]) -> Vec<Spread> {
    let spread = |(question, column): (&Question, &Counted)| match (&question.kind, &column.heap) {
        (Kind::Number { .. }, Heap::Numbers(numbers)) => {
            let bins = bins(numbers)?;
            Some(Spread { question: question.id.clone(), bins })
        }
        _ => None,
    };
    counted(instrument).zip(columns).filter_map(spread).collect()
}

/// Of rising numbers, each so many times.
fn bins(numbers: &[(i64, u64)]) -> Option<Vec<Bin>> {
    let (least, most) = (i128::from(numbers.first()?.0), i128::from(numbers.last()?.0));
    let width = (most - least) / BINS + 1;
    let mut bins = Vec::new();
    for place in 0..=(most - least) / width {
        let from = least + place * width;
        let to = most.min(from + width - 1);
        let inside = numbers.iter().filter(|(number, _)| (from..=to).contains(&i128::from(*number)));
        let count = inside.map(|(_, times)| times).sum();
        bins.push(Bin { from: i64::try_from(from).ok()?, to: i64::try_from(to).ok()?, count });
    }
    Some(bins)
}

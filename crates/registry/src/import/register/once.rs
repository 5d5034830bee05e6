//! Names, codes and offices that stand twice in or across the files: the first row counts. Pure.

use std::collections::BTreeMap;

use super::draft::{Draft, Row, Somebody, UnionKey};
use super::plan::{Index, told};
use super::refusals::{DUPLICATE_CODE, DUPLICATE_NAME, DUPLICATE_OFFICE};
use crate::organization::OFFICER_CHAIR_TAKEN;
use crate::organization::rules::OfficerTitle;

/// Refuses unions and employers that an earlier row has already.
pub(super) fn check(rows: &mut [Row]) {
    let (mut names, mut codes) = (BTreeMap::new(), BTreeMap::new());
    for number in 0..rows.len() {
        let (name, code) = match &rows[number].draft {
            // Employers of one name are told apart by their codes.
            Draft::Union(draft) => (draft.name.clone(), draft.code.as_ref()),
            Draft::Employer(draft) => (None, draft.code.as_ref()),
            Draft::Officer(_) => (None, None),
        };
        let code = code.map(ToString::to_string);
        if let Some(first) = name.and_then(|name| seen(&mut names, name, number)) {
            let sentence = format!("名称和{}重复，请核对后只留一行。", told(rows, first, number));
            rows[number].refuse("name", DUPLICATE_NAME.with(sentence));
        }
        if let Some(first) = code.and_then(|code| seen(&mut codes, code, number)) {
            let sentence = format!("统一社会信用代码和{}重复，请核对后只留一行。", told(rows, first, number));
            rows[number].refuse("uscc", DUPLICATE_CODE.with(sentence));
        }
    }
}

/// The number of the row that had this first, unless it is this one.
fn seen<K: Ord>(first: &mut BTreeMap<K, usize>, key: K, number: usize) -> Option<usize> {
    let earlier = *first.entry(key).or_insert(number);
    (earlier != number).then_some(earlier)
}

/// A union as officers' rows name it: by its row where it is in the files.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
enum Seat {
    Row(usize),
    Elsewhere(UnionKey),
}

/// Refuses officers who stand there twice, and the second chair of a union.
pub(super) fn check_officers(rows: &mut [Row], index: &Index) {
    let (mut offices, mut chairs) = (BTreeMap::new(), BTreeMap::new());
    for (number, row) in rows.iter().enumerate() {
        if let Some(chair) = row.union().and_then(|draft| draft.chair.as_ref()) {
            chairs.insert(Seat::Row(number), (number, identity(chair)));
        }
    }
    for number in 0..rows.len() {
        let Some(draft) = rows[number].officer() else { continue };
        let (Some(union), Some(title), Some(person)) = (&draft.union, draft.title, &draft.person) else { continue };
        let seat = index.union(union).map_or_else(|| Seat::Elsewhere(union.clone()), Seat::Row);
        let who = identity(person);
        if let Some(first) = seen(&mut offices, (seat.clone(), title, who.clone()), number) {
            let sentence = format!("和{}写的是同一个人的同一职务，请只留一行。", told(rows, first, number));
            rows[number].refuse("title", DUPLICATE_OFFICE.with(sentence));
            continue;
        }
        if title != OfficerTitle::Chair {
            continue;
        }
        let (first, chair) = chairs.entry(seat).or_insert((number, who.clone()));
        if *chair != who {
            let sentence = format!("这个工会的主席在{}写的是另一位，请核对后只留一位。", told(rows, *first, number));
            rows[number].refuse("title", OFFICER_CHAIR_TAKEN.with(sentence));
        }
    }
}

/// By what two rows mean the same person.
fn identity(person: &Somebody) -> (String, String) {
    (person.name.clone(), person.phone.as_str().to_owned())
}

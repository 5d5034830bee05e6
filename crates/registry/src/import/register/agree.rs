//! Unions that name their employer and employers that name their union: the two must not contradict. Pure.

use std::collections::BTreeMap;

use super::draft::{EmployerDraft, EmployerKey, Row, UnionDraft, UnionKey};
use super::plan::{Index, Named, told};
use super::refusals::CONTRADICTION;
use crate::import::EMPLOYER_AMBIGUOUS;
use crate::organization::ORGANIZATION_EMPLOYER;

/// Refuses what contradicts; answers the rows of employers that name each union row as theirs.
pub(super) fn check(rows: &mut [Row], index: &Index) -> BTreeMap<usize, Vec<usize>> {
    let mut refused: Vec<(usize, &'static str, kernel::Refusal)> = Vec::new();
    refused.extend(unions(rows, index));
    refused.extend(employers(rows, index));
    for (number, field, refusal) in refused {
        rows[number].refuse(field, refusal);
    }
    let mut named_by: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        let union = row.employer().and_then(|draft| index.union(draft.union.as_ref()?));
        if let Some(union) = union.filter(|_| row.faults.is_empty()) {
            named_by.entry(union).or_default().push(number);
        }
    }
    named_by
}

type Refused = Vec<(usize, &'static str, kernel::Refusal)>;

/// What union rows say about employers.
fn unions(rows: &[Row], index: &Index) -> Refused {
    let mut refused = Vec::new();
    let mut claimed: BTreeMap<(Option<String>, Option<String>), usize> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        let Some((draft, key)) = row.union().and_then(|draft| Some((draft, draft.employer.as_ref()?))) else {
            continue;
        };
        // A row that is refused already, perhaps as the second of two, contradicts nobody.
        if !row.faults.is_empty() {
            continue;
        }
        if draft.kind.is_some_and(|kind| !kind.is_base()) {
            refused.push((number, field_of(key), ORGANIZATION_EMPLOYER.refusal()));
        }
        let employer = match index.employer(key) {
            Named::Unclear => {
                refused.push((number, "employer_name", EMPLOYER_AMBIGUOUS.refusal()));
                continue;
            }
            Named::Row(employer) => Some(employer),
            Named::Nowhere => None,
        };
        let code = employer.and_then(|employer| rows[employer].employer()?.code.as_ref()).map(ToString::to_string);
        let identity = match code.or_else(|| key.code.clone()) {
            Some(code) => (Some(code), None),
            None => (None, key.name.clone()),
        };
        let first = *claimed.entry(identity).or_insert(number);
        if first != number {
            for (one, other) in [(first, number), (number, first)] {
                let sentence =
                    format!("{}的工会也写了这个单位。一个单位只能由一个工会覆盖，请核对。", told(rows, other, one));
                refused.push((one, field_of(key), CONTRADICTION.with(sentence)));
            }
        }
        if let Some(employer) = employer {
            refused.extend(both(rows, (number, draft), (employer, key)));
        }
    }
    refused
}

/// A union row and the row of the employer it names.
fn both(rows: &[Row], (number, draft): (usize, &UnionDraft), (employer, key): (usize, &EmployerKey)) -> Refused {
    let Some(other) = rows[employer].employer().filter(|_| rows[employer].faults.is_empty()) else {
        return Vec::new();
    };
    let mut refused = Vec::new();
    let (here, there) = (told(rows, employer, number), told(rows, number, employer));
    if key.name.as_ref().is_some_and(|name| !is_called(other, name)) {
        let says = |row: &str| CONTRADICTION.with(format!("{row}用同一个代码写了另一个单位名称，请对照证照改成一致。"));
        refused.push((number, "employer_name", says(&here)));
        refused.push((employer, "name", says(&there)));
    }
    if other.union.as_ref().is_some_and(|union| !may_mean(union, draft)) {
        let union = format!("{here}的单位写的是另一个工会，请核对后把两行改成一致。");
        let unit = format!("{there}的工会写了这个单位，这一行写的却是另一个工会，请核对后把两行改成一致。");
        refused.push((number, field_of(key), CONTRADICTION.with(union)));
        refused.push((employer, "union", CONTRADICTION.with(unit)));
    }
    refused
}

/// What employer rows say about unions in the files.
fn employers(rows: &[Row], index: &Index) -> Refused {
    let named = rows.iter().enumerate().filter_map(|(number, row)| Some((number, row.employer()?.union.as_ref()?)));
    let wrong = named.filter(|(_, key)| {
        let union = index.union(key).and_then(|union| rows[union].union());
        union.and_then(|draft| draft.kind).is_some_and(|kind| !kind.is_base())
    });
    wrong.map(|(number, _)| (number, "union", ORGANIZATION_EMPLOYER.refusal())).collect()
}

/// Whether a key can mean the union of a row. A code cannot be held against a row that gives none.
fn may_mean(key: &UnionKey, draft: &UnionDraft) -> bool {
    match key {
        UnionKey::Name(name) => draft.name.as_ref().is_none_or(|own| own == name),
        UnionKey::Code(code) => draft.code.as_ref().is_none_or(|own| own.as_str() == code),
    }
}

fn is_called(draft: &EmployerDraft, name: &str) -> bool {
    draft.name.as_ref().is_none_or(|own| own == name) || draft.aliases.iter().any(|alias| alias == name)
}

fn field_of(key: &EmployerKey) -> &'static str {
    if key.name.is_some() { "employer_name" } else { "employer_uscc" }
}

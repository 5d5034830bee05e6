//! Finding an employer by what somebody types: its code, its name, a former or short name, a slip of either.
//!
//! Two steps. Keys give candidates: the beginning of the name or of its core, pairs of sounds, first letters. Then the
//! names of the candidates are compared one by one ([`super::spelling::likeness`]), and only the order of that counts.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::reach::{Reach, Text};
use super::spelling::{Spelling, core_likeness, likeness};
use super::{alias_entity as alias, entity};

/// Candidates that share a beginning, and those that share sounds.
const MOST_BEGINNINGS: i64 = 40;
const MOST_ALIKE: i64 = 48;
/// Least likeness that is shown, in thousandths.
const LEAST: i64 = 550;
/// Least likeness of a name that counts as the name itself.
const SAME: i64 = 1000;
/// A former or short name gives way to a present one that is as near.
const ALIAS: i64 = -5;
/// A core that is farther behind the best one, in thousandths, is no longer looked at.
const FAR_BEHIND: i64 = 350;
/// Fewest characters of a code that are looked up.
const CODE_CHARS: usize = 6;
const CODE_LENGTH: usize = 18;

/// How an employer was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By its code.
    Code,
    /// By its present name.
    Name,
    /// By another of its names.
    Alias,
    /// By something like a name.
    Similar,
}

impl How {
    /// The stable English name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Name => "name",
            Self::Alias => "alias",
            Self::Similar => "similar",
        }
    }
}

/// An employer that was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its row.
    pub employer: entity::Model,
    /// How near, in thousandths.
    pub likeness: i64,
    /// By what.
    pub how: How,
}

/// Employers in reach for what was typed, the nearest first.
///
/// # Errors
/// The database.
pub async fn find(cx: &Cx, typed: &str, reach: &Reach) -> Result<Vec<Found>> {
    let spelling = Spelling::read(typed);
    if spelling.text.is_empty() {
        return Ok(Vec::new());
    }
    let coded = by_code(cx, &spelling, reach).await?;
    if !coded.is_empty() {
        return Ok(coded);
    }
    let ids = candidates(cx, &spelling, reach).await?;
    let mut found = compared(cx, &spelling, &ids).await?;
    found.sort_by(|a, b| b.likeness.cmp(&a.likeness).then(a.employer.id.cmp(&b.employer.id)));
    Ok(found)
}

/// By the code or its beginning; characters that no code has are read as those they are taken for.
async fn by_code(cx: &Cx, spelling: &Spelling, reach: &Reach) -> Result<Vec<Found>> {
    let Some(code) = code(&spelling.text) else {
        return Ok(Vec::new());
    };
    let mut text = Text::default();
    let prelude = reach.prelude(&mut text);
    let (from, to) = (text.bind(code.clone()), text.bind(format!("{code}\u{10ffff}")));
    let (condition, most) = (reach.condition(&mut text), text.bind(MOST_BEGINNINGS));
    text.sql = format!(
        "{prelude}SELECT e.id FROM employer e WHERE e.uscc >= {from} AND e.uscc < {to} AND {condition}
            ORDER BY e.uscc LIMIT {most}"
    );
    let ids: Vec<Id> = text.all(cx).await?.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?;
    let rows = entity::Entity::find().filter(entity::Column::Id.is_in(ids)).all(cx.read()).await?;
    let likeness = if code.len() == CODE_LENGTH { SAME } else { SAME - 100 };
    let mut found: Vec<Found> = rows.into_iter().map(|employer| Found { employer, likeness, how: How::Code }).collect();
    found.sort_by_key(|found| found.employer.id);
    Ok(found)
}

/// What was typed as a code or the beginning of one.
fn code(text: &[char]) -> Option<String> {
    let fits = (CODE_CHARS..=CODE_LENGTH).contains(&text.len()) && text.iter().all(char::is_ascii_alphanumeric);
    // The division of a code is six digits; words have none.
    let digits = text.iter().filter(|c| c.is_ascii_digit() || matches!(c, 'O' | 'I')).count();
    if !fits || digits < 4 {
        return None;
    }
    // GB 32100: no code has these five, since they are taken for the others.
    let read = |c: &char| match c {
        'O' => '0',
        'I' => '1',
        'S' => '5',
        'V' => 'U',
        'Z' => '2',
        c => *c,
    };
    Some(text.iter().map(read).collect())
}

/// Employers that may be meant, in one question: what is in reach is found out once for all its parts.
async fn candidates(cx: &Cx, spelling: &Spelling, reach: &Reach) -> Result<BTreeSet<Id>> {
    let (whole, core) = (spelling.whole(), spelling.core());
    let latin = latin(spelling);
    let mut beginnings = vec![("w", whole.clone())];
    if core != whole {
        beginnings.push(("c", core));
    }
    if let Some(letters) = &latin {
        beginnings.extend([("i", letters.clone()), ("s", letters.clone())]);
    }
    let mut text = Text::default();
    let prelude = reach.prelude(&mut text);
    let mut parts = Vec::new();
    for (kind, key) in beginnings {
        parts.push(beginning_with(&mut text, kind, key, reach));
    }
    parts.extend(sounding_like(&mut text, spelling, reach));
    let parts: Vec<String> = parts.iter().map(|part| format!("SELECT employer_id FROM ({part}) part")).collect();
    text.sql = format!("{prelude}{}", parts.join(" UNION "));
    text.all(cx).await?.iter().map(|row| Ok(row.try_get("", "employer_id")?)).collect()
}

/// What was typed in small letters, where it is nothing but letters and digits.
fn latin(spelling: &Spelling) -> Option<String> {
    let latin = spelling.text.iter().all(char::is_ascii_alphanumeric);
    latin.then(|| spelling.text.iter().map(char::to_ascii_lowercase).collect())
}

fn beginning_with(text: &mut Text, kind: &'static str, key: String, reach: &Reach) -> String {
    let (kind, to) = (text.bind(kind), text.bind(format!("{key}\u{10ffff}")));
    let from = text.bind(key);
    let (condition, most) = (reach.condition(text), text.bind(MOST_BEGINNINGS));
    format!(
        "SELECT k.employer_id FROM employer_key k JOIN employer e ON e.id = k.employer_id
            WHERE k.kind = {kind} AND k.key >= {from} AND k.key < {to} AND {condition}
            ORDER BY k.kind, k.key, k.employer_id LIMIT {most}"
    )
}

fn sounding_like(text: &mut Text, spelling: &Spelling, reach: &Reach) -> Option<String> {
    let pairs = spelling.asked_pairs();
    if pairs.is_empty() {
        return None;
    }
    let pairs = text.bind_all(pairs);
    let (condition, most) = (reach.condition(text), text.bind(MOST_ALIKE));
    Some(match reach {
        // Without a condition the employer itself need not be read.
        Reach::Everything => format!(
            "SELECT k.employer_id FROM employer_key k WHERE k.kind = 'p' AND k.key IN ({pairs})
                GROUP BY k.employer_id ORDER BY count(*) DESC, k.employer_id LIMIT {most}"
        ),
        _ => format!(
            "SELECT k.employer_id FROM (SELECT k.employer_id, count(*) AS shared FROM employer_key k
                    WHERE k.kind = 'p' AND k.key IN ({pairs}) GROUP BY k.employer_id) k
                JOIN employer e ON e.id = k.employer_id WHERE {condition}
                ORDER BY k.shared DESC, k.employer_id LIMIT {most}"
        ),
    })
}

/// A name of a candidate.
struct Candidate {
    employer: Id,
    name: Spelling,
    other: bool,
    core: i64,
}

/// The candidates that are near enough, each by the nearest of its names.
async fn compared(cx: &Cx, typed: &Spelling, candidates: &BTreeSet<Id>) -> Result<Vec<Found>> {
    let ids = || candidates.iter().copied();
    let rows = entity::Entity::find().filter(entity::Column::Id.is_in(ids())).all(cx.read()).await?;
    let others = alias::Entity::find().filter(alias::Column::EmployerId.is_in(ids())).all(cx.read()).await?;
    let read = |employer: Id, name: &str, other: bool| {
        let name = Spelling::read(name);
        Candidate { employer, core: core_likeness(typed, &name), name, other }
    };
    let present = rows.iter().map(|row| read(row.id, &row.name, false));
    let names: Vec<Candidate> =
        present.chain(others.iter().map(|row| read(row.employer_id, &row.name, true))).collect();
    let best = nearest(typed, &names);
    let found = rows.into_iter().filter_map(|employer| {
        let (likeness, other) = best.get(&employer.id).copied()?;
        let how = match () {
            () if likeness < SAME + ALIAS => How::Similar,
            () if other => How::Alias,
            () if likeness >= SAME => How::Name,
            () => How::Similar,
        };
        Some(Found { employer, likeness, how })
    });
    Ok(found.collect())
}

/// How near each employer is, and whether by another name than its present one; those too far are left out.
fn nearest(typed: &Spelling, names: &[Candidate]) -> BTreeMap<Id, (i64, bool)> {
    let letters = latin(typed);
    // The whole of a name is compared only where its core is not far behind: the comparison is the dear part.
    let core = names.iter().map(|candidate| candidate.core).max().unwrap_or_default();
    let mut best: BTreeMap<Id, (i64, bool)> = BTreeMap::new();
    for candidate in names {
        let mut near = letters.as_deref().map_or(0, |letters| spelled(letters, &candidate.name));
        if candidate.core + FAR_BEHIND >= core {
            near = near.max(likeness(typed, &candidate.name));
        }
        let near = if candidate.other { near + ALIAS } else { near };
        let known = best.entry(candidate.employer).or_insert((0, false));
        if near > known.0 {
            *known = (near, candidate.other);
        }
    }
    best.retain(|_, (likeness, _)| *likeness >= LEAST);
    best
}

/// How near letters are to the first letters or to the sounds of a name.
fn spelled(letters: &str, name: &Spelling) -> i64 {
    let initials = name.initials();
    match () {
        () if initials.contains(letters) || name.core_sound() == letters => SAME,
        () if initials.iter().any(|text| text.starts_with(letters)) => SAME - 200,
        () if name.core_sound().starts_with(letters) => SAME - 200,
        () => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::spelling::fold;
    use super::code;

    #[test]
    fn codes_as_typed() {
        let read = |raw: &str| code(&fold(raw));
        assert_eq!(read("9144 0703-mc0000012j").as_deref(), Some("91440703MC0000012J"));
        assert_eq!(read("9I44O703").as_deref(), Some("91440703"));
        for raw in ["江门", "914407", "SHUNFENG", "91440703MC0000012JJ"] {
            assert_eq!(read(raw).is_some(), raw == "914407", "{raw}");
        }
    }
}

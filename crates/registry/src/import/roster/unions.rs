//! The unions within reach of an import, found by name, by code or by employer. Loaded once for a pass.
//!
//! A name is compared as it is stored ([`unit_name`]); 工会 and 工会委员会 at its end are the same. A name that two
//! unions have is nobody's: the row is rejected and asks for the code.

use std::collections::HashMap;

use kernel::app::App;
use kernel::error::RefusalKind;
use kernel::time::Day;
use kernel::{Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::super::sequence::Fault;
use super::super::{
    EMPLOYER_AMBIGUOUS, EMPLOYER_UNKNOWN, UNION_AMBIGUOUS, UNION_MISSING, UNION_NOT_ESTABLISHED,
    UNION_TAKES_NO_MEMBERS, UNION_UNKNOWN,
};
use crate::employer::unit_name::unit_name;
use crate::employer::uscc::Uscc;
use crate::organization::entity as organization;
use crate::organization::rules::OrganizationKind;

/// Where a row belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The union.
    pub organization: Id,
    /// The employer that the row names.
    pub employer: Option<Id>,
    /// Whether the union is invented: then its members are.
    pub synthetic: bool,
}

/// A union that a row can name.
#[derive(Debug, Clone)]
pub struct Union {
    /// Which.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its code.
    pub uscc: Option<String>,
    /// Whether members can belong to it at all.
    pub takes_members: bool,
    /// Whether it stands.
    pub established: bool,
    /// Whether it is invented.
    pub synthetic: bool,
}

/// An employer and the union that covers it.
#[derive(Debug, Clone)]
pub struct Covered {
    /// Which employer.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its code.
    pub uscc: Option<String>,
    /// The union.
    pub organization: Id,
}

/// Everything a row can name.
#[derive(Debug, Default)]
pub struct Unions {
    unions: Vec<Union>,
    employers: Vec<(Id, usize)>,
    by_name: HashMap<String, Vec<usize>>,
    by_code: HashMap<String, usize>,
    employer_by_name: HashMap<String, Vec<usize>>,
    employer_by_code: HashMap<String, usize>,
    home: Option<usize>,
}

impl Unions {
    /// Loads the unions at and below `root`, which stands for rows that name none.
    ///
    /// # Errors
    /// The database.
    pub async fn load(app: &App, root: Id, day: Day) -> Result<Self> {
        let below = kernel::access::below(&[root], day);
        let rows = organization::Entity::find().filter(organization::Column::Id.in_subquery(below));
        let unions = rows.all(app.db.read()).await?.into_iter().map(|row| Union {
            id: row.id,
            takes_members: OrganizationKind::parse(&row.kind).is_some_and(OrganizationKind::takes_members),
            established: row.state == "established",
            name: row.name,
            uscc: row.uscc,
            synthetic: row.synthetic,
        });
        let sql = "SELECT e.id, e.name, e.uscc, l.organization_id FROM organization_employer l
            JOIN employer e ON e.id = l.employer_id
            WHERE l.valid_from <= $1 AND (l.valid_to IS NULL OR l.valid_to > $1)";
        let rows = app.db.read().query_all_raw(app.db.statement(sql, [day.into()])).await?;
        let covered = rows.iter().map(|row| {
            let (id, name) = (row.try_get("", "id")?, row.try_get("", "name")?);
            let (uscc, organization) = (row.try_get("", "uscc")?, row.try_get("", "organization_id")?);
            Ok::<_, Error>(Covered { id, name, uscc, organization })
        });
        Ok(Self::of(unions, covered.collect::<Result<Vec<_>>>()?, root))
    }

    /// Of these unions and the employers that they cover; `home` stands for rows that name none.
    #[must_use]
    pub fn of(unions: impl IntoIterator<Item = Union>, covered: impl IntoIterator<Item = Covered>, home: Id) -> Self {
        let mut map = Self { unions: unions.into_iter().collect(), ..Self::default() };
        let places: HashMap<Id, usize> = map.unions.iter().enumerate().map(|(n, union)| (union.id, n)).collect();
        map.home = places.get(&home).copied();
        for (n, union) in map.unions.iter().enumerate() {
            if let Some(key) = key(&union.name) {
                map.by_name.entry(key).or_default().push(n);
            }
            // A dissolved union may have had the code before.
            if let Some(code) = union.uscc.clone().filter(|code| union.established || !map.by_code.contains_key(code)) {
                map.by_code.insert(code, n);
            }
        }
        for employer in covered {
            let Some(union) = places.get(&employer.organization) else { continue };
            let n = map.employers.len();
            map.employers.push((employer.id, *union));
            if let Some(key) = key(&employer.name) {
                map.employer_by_name.entry(key).or_default().push(n);
            }
            if let Some(code) = employer.uscc {
                map.employer_by_code.insert(code, n);
            }
        }
        map
    }

    /// Where a row that names this union and this employer belongs; the labels are those of the two columns.
    ///
    /// # Errors
    /// Why no union, or no one union, is meant.
    pub fn place(&self, union: Option<&str>, employer: Option<&str>, labels: [&str; 2]) -> Result<Place, Fault> {
        let [union_label, employer_label] = labels;
        let named = union.map(|text| self.union_of(text, union_label)).transpose()?;
        let covered = employer.map(|text| self.employer_of(text, named, employer_label)).transpose()?;
        let place = match (named, covered) {
            (Some(union), _) | (None, Some((_, union))) => union,
            (None, None) => self.home.ok_or_else(|| Fault::on(union_label, UNION_MISSING.refusal()))?,
        };
        let label = if named.is_none() && covered.is_some() { employer_label } else { union_label };
        let union = self.unions.get(place).ok_or_else(|| Fault::on(label, UNION_UNKNOWN.refusal()))?;
        let refused = |kind: &RefusalKind| Err(Fault::on(label, kind.refusal()));
        match () {
            () if !union.takes_members && named.is_none() && covered.is_none() => refused(&UNION_MISSING),
            () if !union.takes_members => refused(&UNION_TAKES_NO_MEMBERS),
            () if !union.established => refused(&UNION_NOT_ESTABLISHED),
            () => Ok(Place {
                organization: union.id,
                employer: covered.map(|(employer, _)| employer),
                synthetic: union.synthetic,
            }),
        }
    }

    /// The union that a text names: by its code, its name, or the employer that it covers.
    fn union_of(&self, text: &str, label: &str) -> Result<usize, Fault> {
        let unknown = || Fault::on(label, UNION_UNKNOWN.refusal());
        if let Some(code) = code(text, label)? {
            let by_employer = || self.employer_by_code.get(&code).and_then(|n| self.employers.get(*n)).map(|(_, n)| *n);
            return self.by_code.get(&code).copied().or_else(by_employer).ok_or_else(unknown);
        }
        let key = key(text).ok_or_else(unknown)?;
        let Some(named) = self.by_name.get(&key) else {
            let mut covering: Vec<usize> = self.employers_named(&key).map(|(_, union)| union).collect();
            covering.dedup();
            return match covering.as_slice() {
                [one] => Ok(*one),
                [] => Err(unknown()),
                _ => Err(Fault::on(label, UNION_AMBIGUOUS.refusal())),
            };
        };
        let stands = |n: &&usize| self.unions.get(**n).is_some_and(|union| union.established);
        let standing: Vec<usize> = named.iter().filter(stands).copied().collect();
        match (standing.as_slice(), named.as_slice()) {
            ([one], _) | ([], [one]) => Ok(*one),
            ([], _) => Err(Fault::on(label, UNION_NOT_ESTABLISHED.refusal())),
            _ => Err(Fault::on(label, UNION_AMBIGUOUS.refusal())),
        }
    }

    /// The employer that a text names, among those of the union where one is named, and its union.
    fn employer_of(&self, text: &str, union: Option<usize>, label: &str) -> Result<(Id, usize), Fault> {
        let here = |(_, of): &(Id, usize)| union.is_none_or(|union| union == *of);
        let unknown = || Fault::on(label, EMPLOYER_UNKNOWN.refusal());
        if let Some(code) = code(text, label)? {
            let found = self.employer_by_code.get(&code).and_then(|n| self.employers.get(*n)).copied();
            return found.filter(here).ok_or_else(unknown);
        }
        let key = key(text).ok_or_else(unknown)?;
        let found: Vec<(Id, usize)> = self.employers_named(&key).filter(here).collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(unknown()),
            _ => Err(Fault::on(label, EMPLOYER_AMBIGUOUS.refusal())),
        }
    }

    fn employers_named(&self, key: &str) -> impl Iterator<Item = (Id, usize)> {
        let places = self.employer_by_name.get(key).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|n| self.employers.get(*n)).copied()
    }
}

/// A text of eighteen letters and digits is meant as a code.
fn code(text: &str, label: &str) -> Result<Option<String>, Fault> {
    let letters = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
    let meant = letters.clone().count() == 18 && letters.clone().all(|c| c.is_alphanumeric() && !is_han(c));
    if !meant {
        return Ok(None);
    }
    let code = Uscc::parse(text).map_err(|fault| Fault::on(label, fault))?;
    Ok(Some(code.to_string()))
}

fn is_han(c: char) -> bool {
    ('\u{2e80}'..='\u{ffdc}').contains(&c) && !('\u{ff00}'..='\u{ff5e}').contains(&c)
}

/// What two spellings of one name have in common.
fn key(name: &str) -> Option<String> {
    let mut key = unit_name(name, 100).ok()?;
    key.make_ascii_uppercase();
    if key.ends_with("工会委员会") {
        key.truncate(key.len() - "委员会".len());
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::employer::uscc::synthetic;

    fn union(n: u128, name: &str) -> Union {
        Union {
            id: Id::from_u128(n),
            name: name.to_owned(),
            uscc: Some(synthetic('8', '1', "440703", u32::try_from(n).unwrap()).unwrap().to_string()),
            takes_members: true,
            established: true,
            synthetic: true,
        }
    }

    fn covered(n: u128, name: &str, union: u128) -> Covered {
        let uscc = Some(synthetic('9', '1', "440703", u32::try_from(n).unwrap()).unwrap().to_string());
        Covered { id: Id::from_u128(100 + n), name: name.to_owned(), uscc, organization: Id::from_u128(union) }
    }

    fn city() -> Unions {
        let unions = [
            Union { takes_members: false, ..union(1, "示例镇总工会") },
            union(2, "示例制造有限公司工会"),
            union(3, "示例物流有限公司工会委员会"),
            union(4, "双胞胎有限公司工会"),
            union(5, "双胞胎有限公司工会"),
            Union { established: false, ..union(6, "旧示例有限公司工会") },
            union(7, "示例园区联合工会"),
        ];
        let employers = [
            covered(1, "示例制造有限公司", 2),
            covered(2, "园区甲有限公司", 7),
            covered(3, "园区乙有限公司", 7),
            covered(4, "同名有限公司", 2),
            covered(5, "同名有限公司", 3),
            covered(6, "外地有限公司", 99),
        ];
        Unions::of(unions, employers, Id::from_u128(1))
    }

    fn found(map: &Unions, union: Option<&str>, employer: Option<&str>) -> Result<(u128, Option<u128>), String> {
        let place = map.place(union, employer, ["所属工会", "用人单位"]);
        let place = place.map_err(|fault| fault.code)?;
        Ok((place.organization.as_u128(), place.employer.map(|id| id.as_u128() - 100)))
    }

    #[test]
    fn found_by_name_code_and_employer() {
        let map = city();
        let by_code = synthetic('8', '1', "440703", 3).unwrap().to_string();
        let employer_code = synthetic('9', '1', "440703", 2).unwrap().to_string();
        type Case<'a> = (Option<&'a str>, Option<&'a str>, (u128, Option<u128>));
        let cases: [Case<'_>; 9] = [
            (Some("示例制造有限公司工会"), None, (2, None)),
            (Some("示例制造有限公司工会委员会"), None, (2, None)),
            (Some(" 示例物流有限公司 工会"), None, (3, None)),
            (Some(&by_code), None, (3, None)),
            (Some(&by_code.to_lowercase()), None, (3, None)),
            (Some("示例制造有限公司"), None, (2, None)),
            (None, Some("园区乙有限公司"), (7, Some(3))),
            (None, Some(&employer_code), (7, Some(2))),
            (Some("示例物流有限公司工会"), Some("同名有限公司"), (3, Some(5))),
        ];
        for (union, employer, expected) in cases {
            assert_eq!(found(&map, union, employer), Ok(expected), "{union:?} {employer:?}");
        }
    }

    #[test]
    fn refused_with_a_reason() {
        let map = city();
        let cases: [(Option<&str>, Option<&str>, &str); 11] = [
            (None, None, "import.union_missing"),
            (Some("没有的工会"), None, "import.union_unknown"),
            (Some("=cmd|' /C calc'!A0"), None, "import.union_unknown"),
            (Some("双胞胎有限公司工会"), None, "import.union_ambiguous"),
            (Some("旧示例有限公司工会"), None, "import.union_not_established"),
            (Some("示例镇总工会"), None, "import.union_takes_no_members"),
            (Some("同名有限公司"), None, "import.union_ambiguous"),
            (Some("81440703MC0000019X"), None, "uscc.check"),
            (None, Some("外地有限公司"), "import.employer_unknown"),
            (None, Some("同名有限公司"), "import.employer_ambiguous"),
            (Some("示例制造有限公司工会"), Some("园区甲有限公司"), "import.employer_unknown"),
        ];
        for (union, employer, expected) in cases {
            assert_eq!(found(&map, union, employer), Err(expected.to_owned()), "{union:?} {employer:?}");
        }
    }

    #[test]
    fn a_roster_of_one_union_needs_no_column() {
        let map = Unions::of([union(2, "示例制造有限公司工会")], [], Id::from_u128(2));
        assert_eq!(found(&map, None, None), Ok((2, None)));
    }
}

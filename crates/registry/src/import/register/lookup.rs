//! Reading what a chunk's rows name: a handful of statements of a few fixed sizes, whatever the size of the chunk.

use std::collections::{BTreeMap, BTreeSet};

use kernel::crypto::KeyProvider;
use kernel::time::Day;
use kernel::{Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement, Value};

use super::draft::{Draft, EmployerKey, Somebody, UnionDraft, UnionKey};
use super::known::{EmployerFact, Known, OfficeFact, PersonFact, UnionFact};
use super::plan::{Named, Plan};
use crate::employer::{alias_entity as alias, entity as employer};
use crate::organization::rules::OfficerTitle;
use crate::organization::{employer_link as link, entity as organization, officer_entity as officer};
use crate::person::{entity as person, index_entity as index, vault};

/// Keys of one statement; the rest of a list is filled up, so that every statement is prepared once.
const SIZES: [usize; 4] = [1, 8, 32, 128];

/// What the rows of a chunk name.
#[derive(Debug, Default)]
pub struct Wanted {
    unions: BTreeSet<UnionKey>,
    employer_codes: BTreeSet<String>,
    employer_names: BTreeSet<String>,
    digests: BTreeSet<Vec<u8>>,
    offices: bool,
}

impl Wanted {
    /// What these rows name, directly and through other rows of the files.
    #[must_use]
    pub fn by(plan: &Plan, numbers: &[usize], keys: &dyn KeyProvider) -> Self {
        let mut wanted = Self::default();
        for number in numbers {
            match &plan.row(*number).draft {
                Draft::Union(draft) => wanted.by_union(plan, *number, draft, keys),
                Draft::Employer(draft) => {
                    wanted.employer_codes.extend(draft.code.as_ref().map(ToString::to_string));
                    wanted.union(plan, draft.union.as_ref());
                }
                Draft::Officer(draft) => {
                    wanted.offices = true;
                    wanted.union(plan, draft.union.as_ref());
                    wanted.person(draft.person.as_ref(), keys);
                }
            }
        }
        wanted
    }

    fn by_union(&mut self, plan: &Plan, number: usize, draft: &UnionDraft, keys: &dyn KeyProvider) {
        self.unions.extend(draft.keys());
        self.union(plan, draft.parent.as_ref());
        self.person(draft.chair.as_ref(), keys);
        for named in plan.named_by(number) {
            self.employer_codes.extend(named.code.as_ref().map(ToString::to_string));
        }
        if let Some(key) = &draft.employer {
            self.employer(plan, key);
        }
    }

    /// A union under every name that its row in the files gives it.
    fn union(&mut self, plan: &Plan, key: Option<&UnionKey>) {
        let Some(key) = key else { return };
        self.unions.insert(key.clone());
        self.unions.extend(plan.union_row(key).into_iter().flat_map(|(_, draft)| draft.keys()));
    }

    fn employer(&mut self, plan: &Plan, key: &EmployerKey) {
        match plan.employer_row(key) {
            Named::Row(number) => {
                let code = plan.row(number).employer().and_then(|draft| draft.code.as_ref());
                self.employer_codes.extend(code.map(ToString::to_string));
            }
            Named::Nowhere if key.code.is_some() => self.employer_codes.extend(key.code.clone()),
            Named::Nowhere => self.employer_names.extend(key.name.clone()),
            Named::Unclear => {}
        }
    }

    fn person(&mut self, person: Option<&Somebody>, keys: &dyn KeyProvider) {
        let Some(person) = person else { return };
        self.digests.insert(vault::phone_digest(keys, &person.phone));
        self.digests.extend(person.id_number.as_ref().map(|id| vault::id_number_digest(keys, &id.normalized)));
    }
}

/// What the database holds of it, as of a day.
///
/// # Errors
/// The database.
pub async fn look_up(conn: &impl ConnectionTrait, wanted: &Wanted, day: Day) -> Result<Known> {
    let mut known = Known::default();
    unions(conn, wanted, day, &mut known).await?;
    employers(conn, wanted, &mut known).await?;
    persons(conn, &wanted.digests, &mut known).await?;
    if wanted.offices {
        offices(conn, &mut known).await?;
    }
    Ok(known)
}

async fn unions(conn: &impl ConnectionTrait, wanted: &Wanted, day: Day, known: &mut Known) -> Result<()> {
    use organization::Column;
    let mut rows: BTreeMap<Id, organization::Model> = BTreeMap::new();
    let names = wanted.unions.iter().filter_map(|key| if let UnionKey::Name(name) = key { Some(name) } else { None });
    let codes = wanted.unions.iter().filter_map(|key| if let UnionKey::Code(code) = key { Some(code) } else { None });
    for (column, list) in [(Column::Name, lists(names.cloned())), (Column::Uscc, lists(codes.cloned()))] {
        for list in list {
            let found = organization::Entity::find()
                .filter(column.is_in(list))
                .filter(Column::State.is_in(["founding", "established"]))
                .all(conn)
                .await?;
            rows.extend(found.into_iter().map(|row| (row.id, row)));
        }
    }
    let parents = parents(conn, rows.keys().copied(), day).await?;
    for row in rows.into_values() {
        known.union(UnionFact {
            id: row.id,
            kind: row.kind()?,
            established: row.state == "established",
            established_on: row.established_on,
            parent: parents.get(&row.id).copied(),
            name: row.name,
            code: row.uscc,
            division_code: row.division_code,
            synthetic: row.synthetic,
        });
    }
    Ok(())
}

/// The union above each of these on a day.
async fn parents(conn: &impl ConnectionTrait, ids: impl Iterator<Item = Id>, day: Day) -> Result<BTreeMap<Id, Id>> {
    let mut parents = BTreeMap::new();
    for list in lists(ids) {
        let places: Vec<String> = (2..=list.len() + 1).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT child, parent FROM placement WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)
                AND child IN ({})",
            places.join(", ")
        );
        let values: Vec<Value> = [Value::from(day)].into_iter().chain(list.into_iter().map(Value::from)).collect();
        let rows = conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?;
        for row in rows {
            parents.insert(row.try_get("", "child")?, row.try_get("", "parent")?);
        }
    }
    Ok(parents)
}

async fn employers(conn: &impl ConnectionTrait, wanted: &Wanted, known: &mut Known) -> Result<()> {
    use employer::Column;
    let mut rows: BTreeMap<Id, employer::Model> = BTreeMap::new();
    let (codes, names) = (lists(wanted.employer_codes.iter().cloned()), lists(wanted.employer_names.iter().cloned()));
    for (column, list) in [(Column::Uscc, codes), (Column::Name, names)] {
        for list in list {
            let found = employer::Entity::find().filter(column.is_in(list)).all(conn).await?;
            rows.extend(found.into_iter().map(|row| (row.id, row)));
        }
    }
    for list in lists(wanted.employer_names.iter().cloned()) {
        let named = alias::Entity::find().filter(alias::Column::Name.is_in(list)).all(conn).await?;
        for list in lists(named.into_iter().map(|row| row.employer_id)) {
            let found = employer::Entity::find().filter(Column::Id.is_in(list)).all(conn).await?;
            rows.extend(found.into_iter().map(|row| (row.id, row)));
        }
    }
    let mut covered: BTreeMap<Id, Id> = BTreeMap::new();
    let mut aliases: BTreeMap<Id, Vec<String>> = BTreeMap::new();
    for list in lists(rows.keys().copied()) {
        for row in alias::Entity::find().filter(alias::Column::EmployerId.is_in(list.clone())).all(conn).await? {
            aliases.entry(row.employer_id).or_default().push(row.name);
        }
        let found = link::Entity::find()
            .filter(link::Column::EmployerId.is_in(list))
            .filter(link::Column::ValidTo.is_null())
            .all(conn)
            .await?;
        covered.extend(found.into_iter().map(|row| (row.employer_id, row.organization_id)));
    }
    for row in rows.into_values() {
        let union = covered.get(&row.id).copied();
        let names = [row.name].into_iter().chain(aliases.remove(&row.id).unwrap_or_default()).collect();
        known.employer(EmployerFact { id: row.id, names, code: row.uscc, union });
    }
    Ok(())
}

async fn persons(conn: &impl ConnectionTrait, digests: &BTreeSet<Vec<u8>>, known: &mut Known) -> Result<()> {
    let mut ids: BTreeSet<Id> = BTreeSet::new();
    for list in lists(digests.iter().cloned()) {
        let found = index::Entity::find().filter(index::Column::Digest.is_in(list)).all(conn).await?;
        ids.extend(found.into_iter().map(|row| row.person_id));
    }
    for list in lists(ids.into_iter()) {
        let mut indexes: BTreeMap<Id, Vec<index::Model>> = BTreeMap::new();
        for row in index::Entity::find().filter(index::Column::PersonId.is_in(list.clone())).all(conn).await? {
            indexes.entry(row.person_id).or_default().push(row);
        }
        for row in person::Entity::find().filter(person::Column::Id.is_in(list)).all(conn).await? {
            // Whose data were erased has no name any more, and is nobody that a row could mean.
            let Some(name) = row.name else { continue };
            let (ids, phones): (Vec<_>, Vec<_>) =
                indexes.remove(&row.id).unwrap_or_default().into_iter().partition(|index| index.kind == "id_number");
            known.person(PersonFact {
                id: row.id,
                name,
                id_digest: ids.into_iter().next().map(|index| index.digest),
                phone_digests: phones.into_iter().map(|index| index.digest).collect(),
            });
        }
    }
    Ok(())
}

async fn offices(conn: &impl ConnectionTrait, known: &mut Known) -> Result<()> {
    for list in lists(known.union_ids().collect::<Vec<_>>().into_iter()) {
        let found = officer::Entity::find().filter(officer::Column::OrganizationId.is_in(list)).all(conn).await?;
        for row in found {
            let title = OfficerTitle::parse(&row.title).ok_or_else(|| Error::internal("unknown office"))?;
            known.office(OfficeFact { union: row.organization_id, person: row.person_id, title, to: row.valid_to });
        }
    }
    Ok(())
}

/// Lists of the sizes that statements have; a list is filled up with its last key.
fn lists<T: Clone>(keys: impl Iterator<Item = T>) -> Vec<Vec<T>> {
    let most = SIZES[SIZES.len() - 1];
    let keys: Vec<T> = keys.collect();
    let full = |part: &[T]| {
        let size = SIZES.into_iter().find(|size| part.len() <= *size).unwrap_or(most);
        let mut list = part.to_vec();
        list.extend(part.last().into_iter().cycle().take(size - part.len()).cloned());
        list
    };
    keys.chunks(most).map(full).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_a_few_sizes() {
        let sizes = |count: usize| lists(0..count).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!((sizes(0), sizes(1), sizes(2), sizes(9)), (vec![], vec![1], vec![8], vec![32]));
        assert_eq!((sizes(128), sizes(129), sizes(200)), (vec![128], vec![128, 1], vec![128, 128]));
        assert_eq!(lists(0..3), [[0, 1, 2, 2, 2, 2, 2, 2]]);
    }
}

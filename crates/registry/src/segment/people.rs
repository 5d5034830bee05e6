//! The people of a union and everything below it, as a rule asks for them: in order of their memberships, chunk by
//! chunk, in constant memory.
//!
//! A few members are found by their unions; many are read in the order of the table's key and sifted, so that a chunk
//! costs the same at the beginning and at row 600,000. What a rule does not ask for is not read; of what it asks for,
//! people who are alike are judged once.
//!
//! ```no_run
//! use kernel::{Cx, Id, Result, time::Day};
//! use registry::segment::{People, Segment};
//!
//! # async fn keep(electors: &[registry::segment::Elector], cursor: Option<Id>) -> Result<()> { Ok(()) }
//! async fn freeze(cx: Cx, union: Id, day: Day, mut after: Option<Id>) -> Result<()> {
//!     let segment = Segment::parse("true")?;
//!     // Read outside the transaction that keeps them: it must be short.
//!     let mut people = People::below(cx.read(), &segment, Some(&[union]), day, &[]).await?;
//!     loop {
//!         let chunk = people.next(cx.read(), after, 1_000).await?;
//!         keep(&chunk.electors, chunk.next).await?; // one transaction: rows and cursor
//!         after = chunk.next;
//!         if after.is_none() { return Ok(()) }
//!     }
//! }
//! ```

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kernel::access::below;
use kernel::time::Day;
use kernel::{Id, Result};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect, Statement,
    Value,
};

use super::facts::{PersonFacts, age_on};
use super::fields::Field;
use super::rules::Segment;
use crate::delegate::entity as delegate;
use crate::member::count;
use crate::organization::{entity as organization, officer_entity as officer};

/// Rows of a batch at the least and at the most.
const BATCH: (usize, usize) = (200, 5_000);
/// Batches of a chunk at the most: a chunk ends even when nobody in it is covered.
const BATCHES: usize = 8;
/// Members up to which they are found by their unions, and unions of such a search at the most.
const FEW: (i64, usize) = (20_000, 500);
/// Kinds of people that are remembered.
const REMEMBERED: usize = 50_000;

/// Somebody whom a rule covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Elector {
    /// His membership; electors come in its order.
    pub membership_id: Id,
    /// Who.
    pub person_id: Id,
    /// Of which union.
    pub organization_id: Id,
}

/// Some electors, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Electors {
    /// In order of their memberships; may be empty before the end.
    pub electors: Vec<Elector>,
    /// The cursor after these; `None` at the end.
    pub next: Option<Id>,
}

/// Kind and division of a union, shared by its members.
struct Union {
    kind: Arc<str>,
    division_code: Arc<str>,
}

/// The people below some unions on a day, and the rule that sifts them.
pub struct People {
    segment: Segment,
    day: Day,
    unions: HashMap<Id, Union>,
    /// Where there are few members: their unions.
    few: Option<Vec<Id>>,
    officers: HashMap<Id, Vec<String>>,
    /// Memberships that hold a seat of a delegate.
    delegates: HashSet<Id>,
    exclude: HashSet<Id>,
    judged: HashMap<PersonFacts, bool>,
}

impl People {
    /// The people of these unions and of everything below them on a day (of the whole city for `None`), without some
    /// persons. Unions are read as they are described today, their places and officers as they were on the day.
    ///
    /// # Errors
    /// The database.
    pub async fn below(
        conn: &impl ConnectionTrait,
        segment: &Segment,
        roots: Option<&[Id]>,
        day: Day,
        exclude: &[Id],
    ) -> Result<Self> {
        let unions = unions(conn, roots, day).await?;
        let few = few(conn, &unions, roots.is_some(), day).await?;
        let asked = [Field::IsOfficer, Field::OfficerTitles].iter().any(|field| segment.uses().contains(field));
        let officers = if asked { officers(conn, day).await? } else { HashMap::new() };
        let asked = segment.uses().contains(&Field::IsDelegate);
        let delegates = if asked { delegates(conn, day).await? } else { HashSet::new() };
        let exclude = exclude.iter().copied().collect();
        Ok(Self { segment: segment.clone(), day, unions, few, officers, delegates, exclude, judged: HashMap::new() })
    }

    /// The next electors after a membership, `limit` at the most; the same cursor gives the same electors as long as
    /// nobody enters a membership for a past day.
    ///
    /// # Errors
    /// The database.
    pub async fn next(&mut self, conn: &impl ConnectionTrait, mut after: Option<Id>, limit: usize) -> Result<Electors> {
        let (limit, size) = (limit.max(1), limit.clamp(BATCH.0, BATCH.1));
        let mut electors = Vec::new();
        if self.unions.is_empty() {
            return Ok(Electors { electors, next: None });
        }
        for _ in 0..BATCHES {
            let rows = self.batch(conn, after, size).await?;
            for row in &rows {
                let elector = elector(row)?;
                after = Some(elector.membership_id);
                if self.covers(row, elector)? {
                    electors.push(elector);
                }
                if electors.len() == limit {
                    return Ok(Electors { electors, next: after });
                }
            }
            if rows.len() < size {
                return Ok(Electors { electors, next: None });
            }
        }
        Ok(Electors { electors, next: after })
    }

    fn covers(&mut self, row: &QueryResult, elector: Elector) -> Result<bool> {
        let Some(union) = self.unions.get(&elector.organization_id) else { return Ok(false) };
        if self.exclude.contains(&elector.person_id) {
            return Ok(false);
        }
        let facts = self.facts(row, elector, union)?;
        if let Some(covered) = self.judged.get(&facts) {
            return Ok(*covered);
        }
        let covered = self.segment.matches(&facts)?;
        if self.judged.len() < REMEMBERED {
            self.judged.insert(facts, covered);
        }
        Ok(covered)
    }

    /// What the rule asks for, and nothing else: people who differ in the rest are alike.
    fn facts(&self, row: &QueryResult, elector: Elector, union: &Union) -> Result<PersonFacts> {
        let mut facts = PersonFacts::default();
        for field in self.segment.uses() {
            match field {
                Field::EmploymentForm => facts.employment_form = row.try_get("", "employment_form")?,
                Field::Work => facts.work = row.try_get("", "work")?,
                Field::County | Field::Town | Field::Division => facts.division_code = union.division_code.clone(),
                Field::Sex => facts.sex = row.try_get("", "sex")?,
                Field::Age | Field::BirthKnown => {
                    let birth: Option<Day> = row.try_get("", "birth")?;
                    facts.age = birth.map(|birth| age_on(birth, self.day));
                }
                Field::JoinedOn => facts.joined_on = row.try_get("", "joined_on")?,
                Field::OrganizationKind => facts.organization_kind = union.kind.clone(),
                Field::OrganizationId => facts.organization_id = elector.organization_id,
                Field::EmployerId => facts.employer_id = row.try_get("", "employer_id")?,
                Field::IsDelegate => facts.is_delegate = self.delegates.contains(&elector.membership_id),
                Field::IsOfficer | Field::OfficerTitles => {
                    facts.officer_titles = self.officers.get(&elector.person_id).cloned().unwrap_or_default();
                }
            }
        }
        Ok(facts)
    }

    async fn batch(&self, conn: &impl ConnectionTrait, after: Option<Id>, size: usize) -> Result<Vec<QueryResult>> {
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let mut values: Vec<Value> = vec![after.unwrap_or_default().into(), self.day.into(), size.into()];
        let within = self.few.as_ref().map(|unions| {
            let first = values.len() + 1;
            values.extend(unions.iter().map(|union| Value::from(*union)));
            let places: Vec<String> = (first..=values.len()).map(|place| format!("${place}")).collect();
            format!("AND m.organization_id IN ({}) ", places.join(", "))
        });
        let sql = self.text(&within.unwrap_or_default());
        Ok(conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?)
    }

    /// The statement of a batch: only columns that the rule asks for, the person only where it asks for him. Of
    /// memberships that overlap on a past day the one that still goes on counts; without one, that with the highest id.
    fn text(&self, within: &str) -> String {
        let columns: HashSet<&str> = self.segment.uses().iter().filter_map(|field| column(*field)).collect();
        let mut columns: Vec<&str> = columns.into_iter().collect();
        columns.sort_unstable();
        let join = if columns.iter().any(|column| column.starts_with("p.")) {
            "JOIN person p ON p.id = m.person_id "
        } else {
            ""
        };
        let more: String = columns.iter().map(|column| format!(", {column}")).collect();
        format!(
            "SELECT m.id, m.person_id, m.organization_id{more} FROM membership m {join}
            WHERE m.id > $1 AND m.joined_on <= $2 {within}AND (m.ended_on IS NULL OR (m.ended_on > $2 AND NOT EXISTS (
                SELECT 1 FROM membership n WHERE n.person_id = m.person_id AND n.joined_on <= $2
                AND (n.ended_on IS NULL OR (n.ended_on > $2 AND n.id > m.id)))))
            ORDER BY m.id LIMIT $3"
        )
    }
}

/// The column of a field that stands in the row of a person.
fn column(field: Field) -> Option<&'static str> {
    match field {
        Field::EmploymentForm => Some("m.employment_form"),
        Field::Work => Some("m.work"),
        Field::JoinedOn => Some("m.joined_on"),
        Field::EmployerId => Some("m.employer_id"),
        Field::Sex => Some("p.sex"),
        Field::Age | Field::BirthKnown => Some("p.birth"),
        _ => None,
    }
}

fn elector(row: &QueryResult) -> Result<Elector> {
    Ok(Elector {
        membership_id: row.try_get("", "id")?,
        person_id: row.try_get("", "person_id")?,
        organization_id: row.try_get("", "organization_id")?,
    })
}

async fn unions(conn: &impl ConnectionTrait, roots: Option<&[Id]>, day: Day) -> Result<HashMap<Id, Union>> {
    use organization::Column;
    let mut rows = organization::Entity::find().select_only().columns([Column::Id, Column::Kind, Column::DivisionCode]);
    if let Some(roots) = roots {
        rows = rows.filter(Column::Id.in_subquery(below(roots, day)));
    }
    let rows: Vec<(Id, String, String)> = rows.into_tuple().all(conn).await?;
    let union = |kind: String, code: String| Union { kind: kind.into(), division_code: code.into() };
    Ok(rows.into_iter().map(|(id, kind, code)| (id, union(kind, code))).collect())
}

/// The unions, when they and their members are few.
async fn few(
    conn: &impl ConnectionTrait,
    unions: &HashMap<Id, Union>,
    narrowed: bool,
    day: Day,
) -> Result<Option<Vec<Id>>> {
    if !narrowed || unions.is_empty() || unions.len() > FEW.1 {
        return Ok(None);
    }
    let mut ids: Vec<Id> = unions.keys().copied().collect();
    ids.sort_unstable();
    let members: i64 = count::on(conn, Some(&ids), day).await?.values().sum();
    Ok((members <= FEW.0).then_some(ids))
}

/// Offices on a day by person, each title once.
async fn officers(conn: &impl ConnectionTrait, day: Day) -> Result<HashMap<Id, Vec<String>>> {
    use officer::Column;
    let rows: Vec<(Id, String)> = officer::Entity::find()
        .select_only()
        .columns([Column::PersonId, Column::Title])
        .distinct()
        .filter(Column::ValidFrom.lte(day))
        .filter(Condition::any().add(Column::ValidTo.is_null()).add(Column::ValidTo.gt(day)))
        .order_by_asc(Column::PersonId)
        .order_by_asc(Column::Title)
        .into_tuple()
        .all(conn)
        .await?;
    let mut held: HashMap<Id, Vec<String>> = HashMap::new();
    for (person, title) in rows {
        held.entry(person).or_default().push(title);
    }
    Ok(held)
}

/// Memberships that hold a seat of a delegate on a day; whether one of them still goes on says its own row.
async fn delegates(conn: &impl ConnectionTrait, day: Day) -> Result<HashSet<Id>> {
    use delegate::Column;
    let rows: Vec<Id> = delegate::Entity::find()
        .select_only()
        .column(Column::MembershipId)
        .filter(Column::ValidFrom.lte(day))
        .filter(Condition::any().add(Column::ValidTo.is_null()).add(Column::ValidTo.gt(day)))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

//! A chunk against the database: who is known, and writing what is not.

use std::collections::{HashMap, HashSet};

use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::{Error, Id, Result, Tx};
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use super::super::fields::field;
use super::super::sequence::{Fault, Judged, Outcome, Verdict};
use super::super::words::Part;
use super::super::{MEMBER_ELSEWHERE, NAME_DIFFERS, UNION_NOT_ESTABLISHED};
use super::prepare::{Entry, Line};
use crate::organization::record;

/// Numbers of values in one question, so that each text is prepared once.
const SIZES: [usize; 4] = [32, 128, 512, 1_024];

/// What is to be written: the place of a row in the chunk, and its person where he is known.
pub type Plan = Vec<(usize, Option<Id>)>;

/// A person found by the number of the document.
struct Known {
    person: Id,
    name: Option<String>,
    organization: Option<Id>,
}

/// Judges a chunk: one question for its persons, one for its unions.
///
/// # Errors
/// The database.
pub async fn judge(conn: &impl ConnectionTrait, chunk: &[Line]) -> Result<Judged<Plan>> {
    let entries = || chunk.iter().filter_map(|line| line.entry.as_ref().ok());
    let known = known(conn, entries()).await?;
    let standing = standing(conn, entries().map(|entry| entry.place.organization).collect()).await?;
    let (mut outcomes, mut plan) = (Vec::with_capacity(chunk.len()), Vec::with_capacity(chunk.len()));
    for (n, line) in chunk.iter().enumerate() {
        let verdict = match &line.entry {
            Err(faults) => Verdict::Rejected(faults.clone()),
            Ok(entry) => verdict(entry, known.get(&entry.digest), &standing),
        };
        if let (Verdict::Added, Ok(entry)) = (&verdict, &line.entry) {
            plan.push((n, known.get(&entry.digest).map(|known| known.person)));
        }
        outcomes.push(Outcome { file: line.file, row: line.row, part: Part::Members, verdict });
    }
    Ok(Judged { outcomes, plan })
}

fn verdict(entry: &Entry, known: Option<&Known>, standing: &HashSet<Id>) -> Verdict {
    let label = |name: &str| field(Part::Members, name).map_or("", |field| field.label);
    let mut faults = Vec::new();
    if !standing.contains(&entry.place.organization) {
        faults.push(Fault::on(label("organization"), UNION_NOT_ESTABLISHED.refusal()));
    }
    let elsewhere = |known: &Known| known.organization.is_some_and(|union| union != entry.place.organization);
    if known.is_some_and(|known| known.name.as_ref().is_some_and(|name| *name != entry.name)) {
        faults.push(Fault::on(label("name"), NAME_DIFFERS.refusal()));
    }
    if known.is_some_and(elsewhere) {
        faults.push(Fault::on(label("id_number"), MEMBER_ELSEWHERE.refusal()));
    }
    match known {
        _ if !faults.is_empty() => Verdict::Rejected(faults),
        Some(Known { organization: Some(_), .. }) => Verdict::Unchanged,
        _ => Verdict::Added,
    }
}

/// The known persons of a chunk, by the blind index of their numbers. On a first import nobody is known, and the index
/// alone is asked.
async fn known<'a>(
    conn: &impl ConnectionTrait,
    entries: impl Iterator<Item = &'a Box<Entry>>,
) -> Result<HashMap<Vec<u8>, Known>> {
    let digests = entries.map(|entry| Value::from(entry.digest.clone())).collect();
    let person =
        "(SELECT i.person_id FROM person_index i WHERE i.kind = 'id_number' AND i.digest = asked.v) AS person_id";
    let mut found: HashMap<Id, Vec<u8>> = HashMap::new();
    for row in asked(conn, person, digests).await? {
        if let Some(person) = row.try_get::<Option<Id>>("", "person_id")? {
            found.insert(person, row.try_get("", "v")?);
        }
    }
    let what = "(SELECT p.name FROM person p WHERE p.id = asked.v) AS name,
        (SELECT m.organization_id FROM membership m WHERE m.person_id = asked.v AND m.state = 'active') AS organization_id";
    let mut known = HashMap::with_capacity(found.len());
    for row in asked(conn, what, found.keys().map(|id| Value::from(*id)).collect()).await? {
        let (person, name) = (row.try_get("", "v")?, row.try_get("", "name")?);
        let organization = row.try_get("", "organization_id")?;
        if let Some(digest) = found.remove(&person) {
            known.insert(digest, Known { person, name, organization });
        }
    }
    Ok(known)
}

/// Which of these unions stand.
async fn standing(conn: &impl ConnectionTrait, unions: HashSet<Id>) -> Result<HashSet<Id>> {
    let state = "(SELECT o.state FROM organization o WHERE o.id = asked.v) AS state";
    let mut standing = HashSet::new();
    for row in asked(conn, state, unions.into_iter().map(Value::from).collect()).await? {
        if row.try_get::<Option<String>>("", "state")?.as_deref() == Some("established") {
            standing.insert(row.try_get("", "v")?);
        }
    }
    Ok(standing)
}

/// Asks something of many values at once; lists are filled up with their last value to one of a few lengths.
///
/// Each value is looked up by itself: PostgreSQL keeps the plan of a statement, and a plan for `IN` or a join that was
/// made while the tables were small goes on reading them whole when they have grown.
async fn asked(conn: &impl ConnectionTrait, what: &str, mut values: Vec<Value>) -> Result<Vec<QueryResult>> {
    let most = SIZES.iter().copied().max().unwrap_or(1);
    let mut rows = Vec::new();
    while !values.is_empty() {
        let mut part = values.split_off(values.len().saturating_sub(most));
        let size = SIZES.into_iter().find(|size| *size >= part.len()).unwrap_or(most);
        if let Some(last) = part.last().cloned() {
            part.resize(size, last);
        }
        let places: Vec<String> = (1..=size).map(|n| format!("(${n})")).collect();
        let text = format!("WITH asked (v) AS (VALUES {}) SELECT asked.v, {what} FROM asked", places.join(", "));
        rows.extend(conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), text, part)).await?);
    }
    Ok(rows)
}

/// Writes persons, their blind indexes, memberships and events, in this order and sorted, so that two imports of the
/// same persons wait for each other and never in a circle.
///
/// # Errors
/// [`Error::Contention`] when one of the persons joined meanwhile; the database.
pub async fn write(tx: &Tx, import: Id, chunk: &[Line], plan: Plan) -> Result<()> {
    // Ids grow in the order of the file: lists by id show members as the file has them.
    let joined = |(n, known): (usize, Option<Id>)| {
        let entry = chunk.get(n)?.entry.as_ref().ok()?.as_ref();
        Some(Joined { membership: tx.id(), person: known.unwrap_or(entry.person), known: known.is_some(), entry })
    };
    let mut joined: Vec<Joined<'_>> = plan.into_iter().filter_map(joined).collect();
    joined.sort_by(|a, b| a.entry.digest.cmp(&b.entry.digest));
    let new: Vec<&Entry> = joined.iter().filter(|row| !row.known).map(|row| row.entry).collect();
    persons(tx, &new).await?;
    indexes(tx, &new).await?;
    // The engine keeps numbers by union and year: two imports take hold of them in the same order.
    joined.sort_by_key(|row| (row.entry.place.organization, row.entry.joined_on));
    memberships(tx, import, &joined).await?;
    // Last, so that the unions are held for a moment only; who joins one that was dissolved meanwhile is judged again.
    record::hold_established(tx, joined.iter().map(|row| row.entry.place.organization).collect()).await?;
    let events = joined.iter().map(|row| {
        let event = Event::of("membership.imported", "membership", row.membership);
        event.at(row.entry.place.organization).with("person", row.person)
    });
    tx.record_many(events.collect()).await?;
    Ok(())
}

/// A membership about to be written.
struct Joined<'a> {
    membership: Id,
    person: Id,
    known: bool,
    entry: &'a Entry,
}

async fn persons(tx: &Tx, new: &[&Entry]) -> Result<()> {
    let columns = [
        "id",
        "name",
        "sex",
        "birth",
        "id_kind",
        "id_number_sealed",
        "phone_sealed",
        "real_name",
        "synthetic",
        "created_at",
    ];
    let rows = new.iter().map(|entry| {
        vec![
            entry.person.into(),
            entry.name.clone().into(),
            entry.sex.into(),
            entry.birth.into(),
            entry.id_kind.into(),
            entry.id_sealed.clone().into(),
            entry.phone.as_ref().map(|(_, sealed)| sealed.clone()).into(),
            "declared".into(),
            entry.place.synthetic.into(),
            tx.now().into(),
        ]
    });
    insert_rows(tx, "person", &columns, rows.collect(), "").await?;
    Ok(())
}

/// Claims the numbers of documents; phones may be shared, but each person is new and has his own row.
async fn indexes(tx: &Tx, new: &[&Entry]) -> Result<()> {
    let columns = ["kind", "digest", "person_id"];
    let row = |kind: &str, digest: &Vec<u8>, person: Id| vec![kind.into(), digest.clone().into(), person.into()];
    let numbers = new.iter().map(|entry| row("id_number", &entry.digest, entry.person));
    let phones = new.iter().filter_map(|entry| Some(row("phone", &entry.phone.as_ref()?.0, entry.person)));
    let rows: Vec<Vec<Value>> = numbers.chain(phones).collect();
    let claimed = rows.len() as u64;
    if insert_rows(tx, "person_index", &columns, rows, "ON CONFLICT DO NOTHING").await? != claimed {
        return Err(Error::Contention);
    }
    Ok(())
}

/// Claims the one active membership of each person.
async fn memberships(tx: &Tx, import: Id, joined: &[Joined<'_>]) -> Result<()> {
    let columns = [
        "id",
        "person_id",
        "organization_id",
        "employer_id",
        "state",
        "employment_form",
        "work",
        "joined_on",
        "source",
        "created_at",
        "import_id",
    ];
    let rows = joined.iter().map(|Joined { membership, person, entry, .. }| {
        vec![
            (*membership).into(),
            (*person).into(),
            entry.place.organization.into(),
            entry.place.employer.into(),
            "active".into(),
            entry.form.into(),
            entry.work.into(),
            entry.joined_on.into(),
            "imported".into(),
            tx.now().into(),
            import.into(),
        ]
    });
    let claimed = joined.len() as u64;
    if insert_rows(tx, "membership", &columns, rows.collect(), "ON CONFLICT DO NOTHING").await? != claimed {
        return Err(Error::Contention);
    }
    Ok(())
}

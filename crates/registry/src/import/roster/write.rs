//! A chunk against the database: who is known, and writing what is not.

use std::collections::{HashMap, HashSet};

use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::{Error, Id, Result, Tx};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};

use super::super::fields::field;
use super::super::sequence::{Fault, Judged, KnownPhone, Outcome, Verdict};
use super::super::words::Part;
use super::super::{MEMBER_ELSEWHERE, NAME_DIFFERS, UNION_NOT_ESTABLISHED};
use super::prepare::{Entry, Line};
use crate::organization::record;
use crate::person::complete::{self, NewNumber, NewPhone};
use crate::person::phone::Phone;
use crate::person::vault;

/// Numbers of rows in one question, so that each text is prepared once.
const SIZES: [usize; 4] = [32, 128, 512, 1_024];

/// What a row brings.
#[derive(Debug)]
pub struct Brings {
    /// Its place in the chunk.
    row: usize,
    /// Its person, where he is known.
    person: Option<Id>,
    /// The known person gets his number.
    number: bool,
    /// The known person gets his phone.
    phone: bool,
    /// A membership begins.
    joins: bool,
}

/// What is to be written, in the order of the rows.
pub type Plan = Vec<Brings>;

/// Whom a row means.
struct Found<'a> {
    entry: &'a Entry,
    person: Id,
    /// By the number of the document; else by name and phone.
    numbered: bool,
}

/// A known person.
struct Known {
    person: Id,
    numbered: bool,
    name: Option<String>,
    organization: Option<Id>,
    phone: Option<KnownPhone>,
}

/// Judges a chunk: a few questions for its persons, one for its unions.
///
/// # Errors
/// The database.
pub async fn judge(conn: &impl ConnectionTrait, chunk: &[Line]) -> Result<Judged<Plan>> {
    let entries: Vec<&Entry> = chunk.iter().filter_map(|line| line.entry.as_deref().ok()).collect();
    let known = known(conn, &entries).await?;
    let standing = standing(conn, entries.iter().map(|entry| entry.place.organization).collect()).await?;
    let (mut outcomes, mut plan) = (Vec::with_capacity(chunk.len()), Vec::with_capacity(chunk.len()));
    for (n, line) in chunk.iter().enumerate() {
        let (verdict, phone) = match &line.entry {
            Err(faults) => (Verdict::Rejected(faults.clone()), None),
            Ok(entry) => {
                let known = known.get(&entry.digest);
                let verdict = verdict(entry, known, &standing);
                let taken = !matches!(verdict, Verdict::Rejected(_));
                plan.extend(brings(n, &verdict, known).filter(|_| taken));
                (verdict, known.and_then(|known| known.phone).filter(|_| taken))
            }
        };
        outcomes.push(Outcome { file: line.file, row: line.row, part: Part::Members, verdict, phone });
    }
    Ok(Judged { outcomes, plan })
}

/// What a row brings that is taken; `None` where everything is there.
fn brings(row: usize, verdict: &Verdict, known: Option<&Known>) -> Option<Brings> {
    let brings = Brings {
        row,
        person: known.map(|known| known.person),
        number: known.is_some_and(|known| !known.numbered),
        phone: known.is_some_and(|known| known.phone == Some(KnownPhone::Entered)),
        joins: *verdict == Verdict::Added,
    };
    (brings.joins || brings.number || brings.phone).then_some(brings)
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

/// The known persons of a chunk, by the blind index of the numbers of their rows. On a first import hardly anybody is
/// known, and the indexes alone are asked.
async fn known(conn: &impl ConnectionTrait, entries: &[&Entry]) -> Result<HashMap<Vec<u8>, Known>> {
    let found = found(conn, entries).await?;
    let what = "(SELECT p.name FROM person p WHERE p.id = asked.v) AS name,
        (SELECT m.organization_id FROM membership m WHERE m.person_id = asked.v AND m.state = 'active') AS organization_id,
        (SELECT CASE WHEN p.phone_sealed IS NULL THEN 'none'
            WHEN (SELECT i.person_id FROM person_index i
                WHERE i.kind = 'phone' AND i.digest = asked.phone AND i.person_id = asked.v) IS NULL THEN 'other'
            ELSE 'same' END FROM person p WHERE p.id = asked.v) AS registered";
    let phone = |entry: &Entry| entry.phone.as_ref().map(|(digest, _)| digest.clone());
    let question = found.iter().map(|found| [Value::from(found.person), Value::from(phone(found.entry))]).collect();
    let mut facts: HashMap<Id, QueryResult> = HashMap::with_capacity(found.len());
    for row in asked(conn, ["v", "phone"], what, question).await? {
        facts.insert(row.try_get("", "v")?, row);
    }
    let mut known = HashMap::with_capacity(found.len());
    for Found { entry, person, numbered } in found {
        let Some(row) = facts.get(&person) else { continue };
        let (name, organization) = (row.try_get("", "name")?, row.try_get("", "organization_id")?);
        let registered: Option<String> = row.try_get("", "registered")?;
        let phone = match (registered.as_deref(), &entry.phone) {
            (Some("none"), Some(_)) => Some(KnownPhone::Entered),
            (Some("other"), Some(_)) => Some(KnownPhone::Kept),
            _ => None,
        };
        known.insert(entry.digest.clone(), Known { person, numbered, name, organization, phone });
    }
    Ok(known)
}

/// Whom the rows mean: who has the number; else who has the name and the phone and no number yet. Of two rows that could
/// mean the same person without a number the first one does.
async fn found<'a>(conn: &impl ConnectionTrait, entries: &[&'a Entry]) -> Result<Vec<Found<'a>>> {
    let by_number =
        "(SELECT i.person_id FROM person_index i WHERE i.kind = 'id_number' AND i.digest = asked.v) AS person_id";
    let question = entries.iter().map(|entry| [Value::from(entry.digest.clone())]).collect();
    let mut numbered: HashMap<Vec<u8>, Id> = HashMap::new();
    for row in asked(conn, ["v"], by_number, question).await? {
        if let Some(person) = row.try_get::<Option<Id>>("", "person_id")? {
            numbered.insert(row.try_get("", "v")?, person);
        }
    }
    let by_phone = format!("{} AS person_id", complete::unnumbered_by("asked.v", "asked.name"));
    let unknown = entries.iter().filter(|entry| !numbered.contains_key(&entry.digest));
    let question = unknown.filter_map(|entry| {
        let (digest, _) = entry.phone.as_ref()?;
        Some([Value::from(digest.clone()), Value::from(entry.name.clone())])
    });
    let mut called: HashMap<(Vec<u8>, String), Id> = HashMap::new();
    for row in asked(conn, ["v", "name"], &by_phone, question.collect()).await? {
        if let Some(person) = row.try_get::<Option<Id>>("", "person_id")? {
            called.insert((row.try_get("", "v")?, row.try_get("", "name")?), person);
        }
    }
    let calls = |entry: &Entry| called.get(&(entry.phone.as_ref()?.0.clone(), entry.name.clone())).copied();
    let (mut found, mut taken) = (Vec::new(), HashSet::new());
    for entry in entries.iter().copied() {
        if let Some(person) = numbered.get(&entry.digest).copied() {
            found.push(Found { entry, person, numbered: true });
        } else if let Some(person) = calls(entry).filter(|person| taken.insert(*person)) {
            found.push(Found { entry, person, numbered: false });
        }
    }
    Ok(found)
}

/// Which of these unions stand.
async fn standing(conn: &impl ConnectionTrait, unions: HashSet<Id>) -> Result<HashSet<Id>> {
    let state = "(SELECT o.state FROM organization o WHERE o.id = asked.v) AS state";
    let question = unions.into_iter().map(|union| [Value::from(union)]).collect();
    let mut standing = HashSet::new();
    for row in asked(conn, ["v"], state, question).await? {
        if row.try_get::<Option<String>>("", "state")?.as_deref() == Some("established") {
            standing.insert(row.try_get("", "v")?);
        }
    }
    Ok(standing)
}

/// Asks something of many rows of values at once; lists are filled up with their last row to one of a few lengths.
///
/// Each row is looked up by itself: PostgreSQL keeps the plan of a statement, and a plan for `IN` or a join that was
/// made while the tables were small goes on reading them whole when they have grown.
async fn asked<const N: usize>(
    conn: &impl ConnectionTrait,
    columns: [&str; N],
    what: &str,
    mut values: Vec<[Value; N]>,
) -> Result<Vec<QueryResult>> {
    let (backend, most) = (conn.get_database_backend(), SIZES.iter().copied().max().unwrap_or(1));
    let mut rows = Vec::new();
    while !values.is_empty() {
        let mut part = values.split_off(values.len().saturating_sub(most));
        let size = SIZES.into_iter().find(|size| *size >= part.len()).unwrap_or(most);
        if let Some(last) = part.last().cloned() {
            part.resize(size, last);
        }
        // SQLite looks the name of a place up among all the others, each time it is bound.
        let place = |n: usize| if backend == DbBackend::Postgres { format!("${n}") } else { "?".to_owned() };
        let places = |row: usize| (1..=N).map(|n| place(row * N + n)).collect::<Vec<_>>().join(", ");
        let places: Vec<String> = (0..size).map(|row| format!("({})", places(row))).collect();
        let (names, shown) = (columns.join(", "), columns.join(", asked."));
        let places = places.join(", ");
        let text = format!("WITH asked ({names}) AS (VALUES {places}) SELECT asked.{shown}, {what} FROM asked");
        let values = part.into_iter().flatten();
        rows.extend(conn.query_all_raw(Statement::from_sql_and_values(backend, text, values)).await?);
    }
    Ok(rows)
}

/// Writes persons, what known ones lacked, blind indexes, memberships and events, in this order and sorted, so that two
/// imports of the same persons wait for each other and never in a circle.
///
/// # Errors
/// [`Error::Contention`] when one of the persons joined or was completed meanwhile; the database.
pub async fn write(tx: &Tx, import: Id, chunk: &[Line], plan: Plan) -> Result<()> {
    // Ids grow in the order of the file: lists by id show members as the file has them.
    let taken = |brings: Brings| {
        let entry = chunk.get(brings.row)?.entry.as_deref().ok()?;
        Some(Taken { membership: tx.id(), person: brings.person.unwrap_or(entry.person), brings, entry })
    };
    let mut rows: Vec<Taken<'_>> = plan.into_iter().filter_map(taken).collect();
    rows.sort_by(|a, b| a.entry.digest.cmp(&b.entry.digest));
    let new: Vec<&Entry> = rows.iter().filter(|row| row.brings.person.is_none()).map(|row| row.entry).collect();
    persons(tx, &new).await?;
    completed(tx, &rows).await?;
    indexes(tx, &new).await?;
    // The engine keeps numbers by union and year: two imports take hold of them in the same order.
    let mut joined: Vec<&Taken<'_>> = rows.iter().filter(|row| row.brings.joins).collect();
    joined.sort_by_key(|row| (row.entry.place.organization, row.entry.joined_on));
    memberships(tx, import, &joined).await?;
    // Last, so that the unions are held for a moment only; who joins one that was dissolved meanwhile is judged again.
    record::hold_established(tx, joined.iter().map(|row| row.entry.place.organization).collect()).await?;
    tx.record_many(events(&rows, &joined)).await?;
    Ok(())
}

/// A row about to be written.
struct Taken<'a> {
    membership: Id,
    person: Id,
    brings: Brings,
    entry: &'a Entry,
}

fn events(rows: &[Taken<'_>], joined: &[&Taken<'_>]) -> Vec<Event> {
    let joined = joined.iter().map(|row| {
        let event = Event::of("membership.imported", "membership", row.membership);
        event.at(row.entry.place.organization).with("person", row.person)
    });
    let mut events: Vec<Event> = joined.collect();
    for row in rows {
        let at = row.entry.place.organization;
        events.extend(row.brings.number.then(|| complete::number_entered(row.person).at(at)));
        events.extend(row.brings.phone.then(|| complete::phone_entered(row.person).at(at)));
    }
    events
}

/// Gives known persons the number or the phone that they lacked; both were sealed for the person that the row would
/// have made.
async fn completed(tx: &Tx, rows: &[Taken<'_>]) -> Result<()> {
    let keys = &*tx.app().keys;
    let (mut numbers, mut phones) = (Vec::new(), Vec::new());
    for Taken { person, brings, entry, .. } in rows {
        if brings.number {
            let number = vault::open_id_number(keys, entry.person, &entry.id_sealed)?;
            numbers.push(NewNumber {
                person: *person,
                sealed: vault::seal_id_number(keys, *person, &number)?,
                digest: entry.digest.clone(),
                id_kind: entry.id_kind,
                sex: entry.sex,
                birth: entry.birth,
            });
        }
        if let Some((digest, sealed)) = entry.phone.as_ref().filter(|_| brings.phone) {
            let phone = Phone::parse(&vault::open_phone(keys, entry.person, sealed)?)?;
            let sealed = vault::seal_phone(keys, *person, &phone)?;
            phones.push(NewPhone { person: *person, sealed, digest: digest.clone() });
        }
    }
    complete::enter_numbers(tx, numbers).await?;
    complete::enter_phones(tx, phones).await
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
async fn memberships(tx: &Tx, import: Id, joined: &[&Taken<'_>]) -> Result<()> {
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
    let rows = joined.iter().map(|Taken { membership, person, entry, .. }| {
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

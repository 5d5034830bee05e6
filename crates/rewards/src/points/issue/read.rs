//! The rows of an uploaded list, each with the member it names. A row that names nobody here is one fault, whoever it
//! may be elsewhere: a list tells nothing of others.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use kernel::app::App;
use kernel::db::rows_of_keys;
use kernel::{Error, Id, Result};
use registry::person::vault;
use sea_orm::Value;

use super::prepare::Drafted;
use super::rules::{COLUMNS, Entry, MOST_ROWS, Number, read};
use super::{LIST_NOT_MEMBER, LIST_TWICE, batch_entity as batch};
use crate::points::table::{self, Fault, Line};

/// Some rows after they were looked up.
#[derive(Debug, Default)]
pub struct Judged {
    /// Who gets how much.
    pub drafted: Vec<Drafted>,
    /// Rows that are not taken.
    pub faults: Vec<Fault>,
}

/// A list that is being read.
pub struct List {
    lines: std::vec::IntoIter<Line>,
    below: HashSet<Id>,
    seen: HashSet<Id>,
}

impl List {
    /// Opens the list of a batch.
    ///
    /// # Errors
    /// `points_table.*`, `sheet.*`, `file.*`; the database.
    pub async fn open(app: &App, row: &batch::Model) -> Result<Self> {
        let file = row.file_id.ok_or_else(|| Error::internal("a list without a file"))?;
        let (owned, name) = (app.clone(), row.file_name.clone().unwrap_or_default());
        let reading = tokio::task::spawn_blocking(move || table::read(&owned, file, &name, &COLUMNS, MOST_ROWS));
        let lines = reading.await.map_err(Error::internal)??;
        let below = kernel::node::subtree(app.db.read(), row.organization_id, app.clock.today()).await?;
        Ok(Self { lines: lines.into_iter(), below: below.into_iter().collect(), seen: HashSet::new() })
    }

    /// The next rows, looked up; `None` at the end.
    ///
    /// # Errors
    /// The database.
    pub async fn next(&mut self, app: &App, rows: usize) -> Result<Option<Judged>> {
        let lines: Vec<Line> = self.lines.by_ref().take(rows).collect();
        if lines.is_empty() {
            return Ok(None);
        }
        let today = app.clock.today();
        let mut judged = Judged::default();
        let mut entries = Vec::new();
        for line in &lines {
            match read(line, today) {
                Ok(entry) => entries.push(entry),
                Err(fault) => judged.faults.push(fault),
            }
        }
        let members = Members::of(app, &entries).await?;
        for entry in entries {
            match members.named(app, &entry, &self.below) {
                Some(person) if self.seen.insert(person) => {
                    judged.drafted.push(Drafted { person, row_number: Some(entry.number), cents: entry.cents });
                }
                Some(_) => judged.faults.push(fault(&entry, &LIST_TWICE)),
                None => judged.faults.push(fault(&entry, &LIST_NOT_MEMBER)),
            }
        }
        Ok(Some(judged))
    }
}

fn fault(entry: &Entry, kind: &kernel::error::RefusalKind) -> Fault {
    Fault { number: entry.number, code: kind.code, message: kind.message.to_owned() }
}

/// Members whom the numbers of some rows could mean.
struct Members {
    by_digest: BTreeMap<(String, Vec<u8>), Vec<Id>>,
    /// Name and union by person.
    persons: BTreeMap<Id, (Option<String>, Id)>,
}

impl Members {
    async fn of(app: &App, entries: &[Entry]) -> Result<Self> {
        let conn = app.db.read();
        let digests: BTreeSet<Vec<u8>> = entries.iter().map(|entry| digest(app, &entry.by).1).collect();
        let sql = "SELECT kind, digest, person_id FROM person_index WHERE digest IN";
        let mut by_digest: BTreeMap<(String, Vec<u8>), Vec<Id>> = BTreeMap::new();
        for row in rows_of_keys(conn, sql, digests.into_iter().map(Value::from).collect()).await? {
            let key = (row.try_get("", "kind")?, row.try_get("", "digest")?);
            by_digest.entry(key).or_default().push(row.try_get("", "person_id")?);
        }
        let ids: BTreeSet<Id> = by_digest.values().flatten().copied().collect();
        let sql = "SELECT p.id, p.name, m.organization_id FROM person p
            JOIN membership m ON m.person_id = p.id AND m.state = 'active' WHERE p.id IN";
        let mut persons = BTreeMap::new();
        for row in rows_of_keys(conn, sql, ids.into_iter().map(Value::from).collect()).await? {
            persons.insert(row.try_get("", "id")?, (row.try_get("", "name")?, row.try_get("", "organization_id")?));
        }
        Ok(Self { by_digest, persons })
    }

    /// The one member of these unions whom a row names.
    fn named(&self, app: &App, entry: &Entry, below: &HashSet<Id>) -> Option<Id> {
        let (kind, digest) = digest(app, &entry.by);
        let fits = |person: &&Id| {
            self.persons
                .get(*person)
                .is_some_and(|(name, union)| below.contains(union) && name.as_deref() == Some(entry.name.as_str()))
        };
        let mut found = self.by_digest.get(&(kind.to_owned(), digest))?.iter().filter(fits);
        let person = found.next().copied();
        // Two of one name and phone: the list must say which.
        person.filter(|_| found.next().is_none())
    }
}

fn digest(app: &App, by: &Number) -> (&'static str, Vec<u8>) {
    match by {
        Number::Id(number) => ("id_number", vault::id_number_digest(&*app.keys, number)),
        Number::Phone(phone) => ("phone", vault::phone_digest(&*app.keys, phone)),
    }
}

//! The rows that an import left, read from its database and inserted into another one with
//! nothing but the engine in between: same tables, same indexes, same values, transactions
//! of the same mean size.

use std::time::Instant;

use kernel::db::{Db, commit, insert_rows};
use kernel::{Error, Id, time};
use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, QueryResult};

use super::client::failed;
use crate::fault::Fault;

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Uuid,
    Text,
    Bytes,
    Day,
    Time,
    Bool,
    Number,
}

use Kind::{Bool, Bytes, Day, Number, Text, Time, Uuid};

/// A table that is written again: its columns, and how the rows of one chunk are found.
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Kind)],
    pub key: &'static str,
}

const PERSON: Table = Table {
    name: "person",
    columns: &[
        ("id", Uuid),
        ("name", Text),
        ("sex", Text),
        ("birth", Day),
        ("id_kind", Text),
        ("id_number_sealed", Bytes),
        ("phone_sealed", Bytes),
        ("real_name", Text),
        ("synthetic", Bool),
        ("created_at", Time),
    ],
    key: "id",
};
const INDEX: Table = Table {
    name: "person_index",
    columns: &[("kind", Text), ("digest", Bytes), ("person_id", Uuid)],
    key: "person_id",
};
const MEMBERSHIP: Table = Table {
    name: "membership",
    columns: &[
        ("id", Uuid),
        ("person_id", Uuid),
        ("organization_id", Uuid),
        ("employer_id", Uuid),
        ("state", Text),
        ("employment_form", Text),
        ("work", Text),
        ("joined_on", Day),
        ("source", Text),
        ("created_at", Time),
        ("import_id", Uuid),
    ],
    key: "person_id",
};
pub const EVENT: Table = Table {
    name: "event",
    columns: &[
        ("id", Uuid),
        ("kind", Text),
        ("aggregate_kind", Text),
        ("aggregate_id", Uuid),
        ("node_id", Uuid),
        ("actor_id", Uuid),
        ("at", Time),
        ("cause_id", Uuid),
        ("request_id", Text),
        ("payload", Text),
    ],
    key: "aggregate_id",
};

/// Inserts everything an import left; seconds of inserting, reading not counted.
pub async fn insert(source: &Db, target: &Db, import: Id) -> Result<f64, Fault> {
    let size = mean_chunk(source, import).await?;
    let (mut after, mut seconds) = (Id::nil(), 0.0);
    loop {
        let Chunk { memberships, persons, new } = chunk(source, import, after, size).await?;
        let Some(last) = memberships.last() else {
            return Ok(seconds);
        };
        after = *last;
        let mut rows = Vec::new();
        for (table, keys) in [(&PERSON, &new), (&INDEX, &new), (&MEMBERSHIP, &persons), (&EVENT, &memberships)] {
            if !keys.is_empty() {
                rows.push((table, read(source, table, keys).await?));
            }
        }
        let started = Instant::now();
        write(target, rows).await?;
        seconds += started.elapsed().as_secs_f64();
    }
}

/// Members a transaction of the import wrote on the average: each of its chunks is one moment.
async fn mean_chunk(db: &Db, import: Id) -> Result<u64, Fault> {
    let sql = "SELECT CAST(count(*) AS bigint) AS n, CAST(count(DISTINCT at) AS bigint) AS chunks FROM event
        WHERE cause_id = $1";
    let row = db.read().query_one_raw(db.statement(sql, [import.into()])).await.map_err(Error::from)?;
    let row = row.ok_or_else(|| failed("the import left no event"))?;
    let number = |name: &str| -> Result<u64, Fault> {
        u64::try_from(row.try_get::<i64>("", name).map_err(Error::from)?).map_err(failed)
    };
    Ok((number("n")? / number("chunks")?.max(1)).max(1))
}

/// What the next chunk wrote.
struct Chunk {
    /// Every membership.
    memberships: Vec<Id>,
    /// The person of each.
    persons: Vec<Id>,
    /// Those who were not there before: an officer of the register is on the roster too.
    new: Vec<Id>,
}

async fn chunk(db: &Db, import: Id, after: Id, size: u64) -> Result<Chunk, Fault> {
    let sql = format!(
        "SELECT m.id, m.person_id, m.created_at AS joined, p.created_at AS entered FROM membership m
        JOIN person p ON p.id = m.person_id WHERE m.import_id = $1 AND m.id > $2 ORDER BY m.id LIMIT {size}"
    );
    let rows = db.read().query_all_raw(db.statement(&sql, [import.into(), after.into()])).await.map_err(Error::from)?;
    let mut chunk = Chunk { memberships: Vec::new(), persons: Vec::new(), new: Vec::new() };
    for row in rows {
        let (joined, entered) = (at(&row, "joined")?, at(&row, "entered")?);
        let person = row.try_get("", "person_id").map_err(Error::from)?;
        chunk.memberships.push(row.try_get("", "id").map_err(Error::from)?);
        chunk.persons.push(person);
        chunk.new.extend((joined == entered).then_some(person));
    }
    Ok(chunk)
}

fn at(row: &QueryResult, name: &str) -> Result<time::Time, Error> {
    Ok(row.try_get("", name)?)
}

/// Rows by their keys, shaped to be written.
pub async fn read(db: &Db, table: &Table, keys: &[Id]) -> Result<Vec<Vec<Value>>, Fault> {
    let columns: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let places: Vec<String> = (1..=keys.len()).map(|n| format!("${n}")).collect();
    let (columns, places) = (columns.join(", "), places.join(", "));
    let sql = format!("SELECT {columns} FROM {} WHERE {} IN ({places})", table.name, table.key);
    let values = keys.iter().map(|key| Value::from(*key));
    let rows = db.read().query_all_raw(db.statement(&sql, values)).await.map_err(Error::from)?;
    let shaped = rows.iter().map(|row| table.columns.iter().map(|column| value(row, *column)).collect());
    Ok(shaped.collect::<Result<_, Error>>()?)
}

fn value(row: &QueryResult, (name, kind): (&str, Kind)) -> Result<Value, Error> {
    Ok(match kind {
        Uuid => row.try_get::<Option<Id>>("", name)?.into(),
        Text => row.try_get::<Option<String>>("", name)?.into(),
        Bytes => row.try_get::<Option<Vec<u8>>>("", name)?.into(),
        Day => row.try_get::<Option<kernel::time::Day>>("", name)?.into(),
        Time => row.try_get::<Option<kernel::time::Time>>("", name)?.into(),
        Bool => row.try_get::<Option<bool>>("", name)?.into(),
        Number => row.try_get::<Option<i64>>("", name)?.into(),
    })
}

/// Writes rows of several tables in one transaction; events with their marks for the sealer.
pub async fn write(db: &Db, tables: Vec<(&Table, Vec<Vec<Value>>)>) -> Result<(), Fault> {
    let tx = db.begin_relaxed().await?;
    for (table, rows) in tables {
        let columns: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
        if table.name == EVENT.name {
            let marks = rows.iter().filter_map(|row| Some(vec![row.first()?.clone()])).collect();
            insert_rows(&tx, table.name, &columns, rows, "").await?;
            insert_rows(&tx, "unsealed", &["event_id"], marks, "").await?;
        } else {
            insert_rows(&tx, table.name, &columns, rows, "").await?;
        }
    }
    Ok(commit(tx).await?)
}

/// Events that wait for the sealer.
pub async fn unsealed(db: &Db) -> Result<i64, Fault> {
    let sql = "SELECT CAST(count(*) AS bigint) AS n FROM unsealed";
    let row = db.read().query_one_raw(db.statement(sql, [])).await.map_err(Error::from)?;
    Ok(row.map(|row| row.try_get("", "n")).transpose().map_err(Error::from)?.unwrap_or_default())
}

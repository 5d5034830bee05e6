//! Batches of memberships in the order of an index; see [`super::find`].

use kernel::{Id, Result};
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use super::find::{FEW, FIRST_BATCH, Filter, Key, Line, Source, Unions};

/// Unions that are read in one statement, growing while they have too few members.
const UNIONS_AT_ONCE: [usize; 4] = [16, 64, 256, 1_000];
/// What every statement reads of a membership `m`.
const COLUMNS: &str = "m.id, m.person_id, m.organization_id, m.import_id, m.employer_id";

/// Lines in order, and where the next batch goes on; `None` when there is nothing more.
pub(super) struct Batch {
    pub found: Vec<Line>,
    pub resume: Option<Key>,
}

/// The values of a statement's placeholders.
#[derive(Default)]
struct Text {
    values: Vec<Value>,
}

impl Text {
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    fn bind_all(&mut self, ids: &[Id]) -> String {
        let places: Vec<String> = ids.iter().map(|id| self.bind(*id)).collect();
        // An empty list is no SQL everywhere.
        if places.is_empty() { "NULL".to_owned() } else { places.join(", ") }
    }

    async fn rows(self, conn: &impl ConnectionTrait, sql: String) -> Result<Vec<QueryResult>> {
        Ok(conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, self.values)).await?)
    }
}

/// From where the members of a filter are read.
pub(super) async fn source(conn: &impl ConnectionTrait, filter: &Filter) -> Result<Source> {
    if let Some(persons) = &filter.persons {
        return of_persons(conn, filter, persons).await.map(Source::Few);
    }
    if let Some(name) = &filter.name {
        if !is_rare(conn, name).await?
            && let Some(unions) = few_of(conn, filter).await?
        {
            return named_among_few(conn, filter, unions, name).await.map(Source::Few);
        }
        return Ok(Source::Name(name.clone()));
    }
    if let Some(import) = filter.import_id {
        return Ok(Source::Import(import));
    }
    if let Some(employer) = filter.employer_id {
        return Ok(Source::Employer(employer));
    }
    if filter.taken_over == Some(true)
        && let Some(lines) = few_taken_over(conn, filter).await?
    {
        return Ok(Source::Few(lines));
    }
    Ok(Source::Unions)
}

/// The next lines of a source, about `size` of them.
pub(super) async fn fetch(
    conn: &impl ConnectionTrait,
    filter: &Filter,
    source: &Source,
    after: Option<&Key>,
    size: usize,
) -> Result<Batch> {
    match source {
        Source::Few(lines) => {
            let found = lines.iter().filter(|line| after.is_none_or(|after| line.key > *after)).cloned().collect();
            Ok(Batch { found, resume: None })
        }
        Source::Name(name) => by_name(conn, filter, name, after, size).await,
        Source::Import(import) => by_one(conn, filter, ("import_id", *import), after, size).await,
        Source::Employer(employer) => by_one(conn, filter, ("employer_id", *employer), after, size).await,
        Source::Unions => by_union(conn, filter, after, size).await,
    }
}

/// Whether a question has no more rows than that.
async fn at_most(conn: &impl ConnectionTrait, mut text: Text, select: &str, most: i64) -> Result<bool> {
    let limit = text.bind(most + 1);
    let sql = format!("SELECT CAST(count(*) AS bigint) AS n FROM ({select} LIMIT {limit}) limited");
    let rows = text.rows(conn, sql).await?;
    let found: i64 = rows.first().map(|row| row.try_get("", "n")).transpose()?.unwrap_or_default();
    Ok(found <= most)
}

/// Whether no more persons than a batch holds have a name, wherever they are.
async fn is_rare(conn: &impl ConnectionTrait, name: &str) -> Result<bool> {
    let mut text = Text::default();
    let (low, high) = (text.bind(name), text.bind(end_of(name)));
    let select = format!("SELECT 1 FROM person p WHERE p.name >= {low} AND p.name < {high}");
    at_most(conn, text, &select, count(FIRST_BATCH)).await
}

/// The unions in question, where they have few members.
async fn few_of<'f>(conn: &impl ConnectionTrait, filter: &'f Filter) -> Result<Option<&'f [Id]>> {
    let Unions::These(unions) = &filter.unions else { return Ok(None) };
    if unions.len() > UNIONS_AT_ONCE[UNIONS_AT_ONCE.len() - 1] {
        return Ok(None);
    }
    let mut text = Text::default();
    let (places, state) = (text.bind_all(unions), text.bind(&*filter.state));
    let select = format!("SELECT 1 FROM membership m WHERE m.organization_id IN ({places}) AND m.state = {state}");
    Ok(at_most(conn, text, &select, FEW).await?.then_some(unions.as_slice()))
}

async fn of_persons(conn: &impl ConnectionTrait, filter: &Filter, persons: &[Id]) -> Result<Vec<Line>> {
    let mut text = Text::default();
    let (persons, state) = (text.bind_all(persons), text.bind(&*filter.state));
    let mut from = "membership m".to_owned();
    let mut named = String::new();
    if let Some(name) = &filter.name {
        let (low, high) = (text.bind(name.clone()), text.bind(end_of(name)));
        from.push_str(" JOIN person p ON p.id = m.person_id");
        named = format!(" AND p.name >= {low} AND p.name < {high}");
    }
    let sql = format!("SELECT {COLUMNS} FROM {from} WHERE m.person_id IN ({persons}) AND m.state = {state}{named}");
    let mut lines = lines(&text.rows(conn, sql).await?, |_| Ok(Vec::new()))?;
    lines.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(lines)
}

/// The members themselves are read and their names compared: the materialized part keeps the planner from going
/// through everybody in the city with that name.
async fn named_among_few(conn: &impl ConnectionTrait, filter: &Filter, unions: &[Id], name: &str) -> Result<Vec<Line>> {
    let mut text = Text::default();
    let (unions, state) = (text.bind_all(unions), text.bind(&*filter.state));
    let (low, high) = (text.bind(name), text.bind(end_of(name)));
    let sql = format!(
        "WITH m AS MATERIALIZED (SELECT {COLUMNS} FROM membership m
                WHERE m.organization_id IN ({unions}) AND m.state = {state})
            SELECT {COLUMNS}, p.name FROM m CROSS JOIN person p
            WHERE p.id = m.person_id AND p.name >= {low} AND p.name < {high}"
    );
    let mut lines = lines(&text.rows(conn, sql).await?, name_of)?;
    lines.iter_mut().for_each(|line| line.key.1 = line.person_id);
    lines.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(lines)
}

/// The memberships of those whose record was taken over, where they are few.
async fn few_taken_over(conn: &impl ConnectionTrait, filter: &Filter) -> Result<Option<Vec<Line>>> {
    let held = "SELECT 1 FROM account a WHERE a.person_id IS NOT NULL";
    if !at_most(conn, Text::default(), held, FEW).await? {
        return Ok(None);
    }
    let mut text = Text::default();
    let state = text.bind(&*filter.state);
    let sql = format!(
        "WITH held AS MATERIALIZED (SELECT a.person_id FROM account a WHERE a.person_id IS NOT NULL)
            SELECT {COLUMNS} FROM held CROSS JOIN membership m
            WHERE m.person_id = held.person_id AND m.state = {state}"
    );
    let rows = text.rows(conn, sql).await?;
    let mut lines = lines(&rows, organization_of)?;
    lines.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(Some(lines))
}

async fn by_one(
    conn: &impl ConnectionTrait,
    filter: &Filter,
    (column, of): (&str, Id),
    after: Option<&Key>,
    size: usize,
) -> Result<Batch> {
    let mut text = Text::default();
    let after = after.map_or(Id::nil(), |key| key.2);
    let (of, after, state) = (text.bind(of), text.bind(after), text.bind(&*filter.state));
    let limit = text.bind(count(size));
    let sql = format!(
        "SELECT {COLUMNS} FROM membership m WHERE m.{column} = {of} AND m.state = {state} AND m.id > {after}
            ORDER BY m.id LIMIT {limit}"
    );
    let found = lines(&text.rows(conn, sql).await?, |_| Ok(Vec::new()))?;
    let resume = found.last().filter(|_| found.len() == size).map(|line| line.key.clone());
    Ok(Batch { found, resume })
}

/// Union by union, in order of their ids; a few unions a statement, more while they are empty.
async fn by_union(conn: &impl ConnectionTrait, filter: &Filter, after: Option<&Key>, size: usize) -> Result<Batch> {
    // A cursor of another order is that of no union, and begins at the front.
    let mut past = after.and_then(|(by, ..)| Id::from_slice(by).ok()).unwrap_or_default();
    let mut found: Vec<Line> = Vec::new();
    if let Some((.., id)) = after
        && filter.unions.holds(past)
    {
        found = of_unions(conn, filter, &[past], Some(*id), size).await?;
    }
    let mut at_once = UNIONS_AT_ONCE.into_iter();
    let mut some = at_once.next().unwrap_or(1);
    while found.len() < size {
        let now = next_unions(conn, &filter.unions, past, some).await?;
        let Some(last) = now.last() else { break };
        past = *last;
        found.extend(of_unions(conn, filter, &now, None, size - found.len()).await?);
        some = at_once.next().unwrap_or(some);
    }
    let resume = found.last().filter(|_| found.len() >= size).map(|line| line.key.clone());
    Ok(Batch { found, resume })
}

/// The next unions in question after an id.
async fn next_unions(conn: &impl ConnectionTrait, unions: &Unions, past: Id, most: usize) -> Result<Vec<Id>> {
    if let Unions::These(unions) = unions {
        let at = unions.partition_point(|union| *union <= past);
        return Ok(unions.iter().skip(at).take(most).copied().collect());
    }
    let mut text = Text::default();
    let (past, most) = (text.bind(past), text.bind(count(most)));
    let sql = format!("SELECT o.id FROM organization o WHERE o.id > {past} ORDER BY o.id LIMIT {most}");
    let rows = text.rows(conn, sql).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

async fn of_unions(
    conn: &impl ConnectionTrait,
    filter: &Filter,
    unions: &[Id],
    after: Option<Id>,
    size: usize,
) -> Result<Vec<Line>> {
    let mut text = Text::default();
    let (unions, state) = (text.bind_all(unions), text.bind(&*filter.state));
    let after = after.map(|after| format!(" AND m.id > {}", text.bind(after))).unwrap_or_default();
    let limit = text.bind(count(size));
    // The ids come from the index alone; only those that are kept are read.
    let sql = format!(
        "SELECT {COLUMNS} FROM (SELECT m.organization_id, m.id FROM membership m
                WHERE m.organization_id IN ({unions}) AND m.state = {state}{after}
                ORDER BY m.organization_id, m.id LIMIT {limit}) k
            JOIN membership m ON m.id = k.id ORDER BY k.organization_id, k.id"
    );
    lines(&text.rows(conn, sql).await?, organization_of)
}

/// Persons in order of their names, and their memberships.
async fn by_name(
    conn: &impl ConnectionTrait,
    filter: &Filter,
    name: &str,
    after: Option<&Key>,
    size: usize,
) -> Result<Batch> {
    let (from, beyond) = match after {
        Some((by, person, _)) => (String::from_utf8_lossy(by).into_owned(), *person),
        None => (name.to_owned(), Id::nil()),
    };
    let mut text = Text::default();
    let (low, high) = (text.bind(from.clone()), text.bind(end_of(name)));
    let (beyond, limit) = (text.bind(beyond), text.bind(count(size)));
    let sql = format!(
        "SELECT p.id, p.name FROM person p WHERE p.name >= {low} AND p.name < {high}
            AND (p.name > {low} OR p.id >= {beyond}) ORDER BY p.name, p.id LIMIT {limit}"
    );
    let rows = text.rows(conn, sql).await?;
    let persons: Vec<(Id, String)> =
        rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "name")?))).collect::<Result<_>>()?;
    let names: std::collections::HashMap<Id, &String> = persons.iter().map(|(id, name)| (*id, name)).collect();
    let ids: Vec<Id> = persons.iter().map(|(id, _)| *id).collect();
    let mut text = Text::default();
    let (bound, state) = (text.bind_all(&ids), text.bind(&*filter.state));
    let sql = format!("SELECT {COLUMNS} FROM membership m WHERE m.person_id IN ({bound}) AND m.state = {state}");
    let mut found = lines(&text.rows(conn, sql).await?, |_| Ok(Vec::new()))?;
    for line in &mut found {
        let name = names.get(&line.person_id).map(|name| name.as_bytes().to_vec()).unwrap_or_default();
        line.key = (name, line.person_id, line.id);
    }
    found.retain(|line| after.is_none_or(|after| line.key > *after));
    found.sort_by(|a, b| a.key.cmp(&b.key));
    let last = persons.last().filter(|_| persons.len() == size);
    let resume = last.map(|(person, name)| (name.as_bytes().to_vec(), *person, Id::max()));
    Ok(Batch { found, resume })
}

/// The end of the range of all names that begin like this, in byte order, by which both engines sort.
fn end_of(name: &str) -> String {
    format!("{name}\u{10ffff}")
}

fn count(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

fn organization_of(row: &QueryResult) -> Result<Vec<u8>> {
    let id: Id = row.try_get("", "organization_id")?;
    Ok(id.as_bytes().to_vec())
}

fn name_of(row: &QueryResult) -> Result<Vec<u8>> {
    let name: String = row.try_get("", "name")?;
    Ok(name.into_bytes())
}

fn lines(rows: &[QueryResult], by: impl Fn(&QueryResult) -> Result<Vec<u8>>) -> Result<Vec<Line>> {
    let line = |row: &QueryResult| {
        let id: Id = row.try_get("", "id")?;
        Ok(Line {
            id,
            person_id: row.try_get("", "person_id")?,
            organization_id: row.try_get("", "organization_id")?,
            import_id: row.try_get("", "import_id")?,
            employer_id: row.try_get("", "employer_id")?,
            key: (by(row)?, Id::nil(), id),
        })
    };
    rows.iter().map(line).collect()
}

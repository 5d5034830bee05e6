//! Many rows a statement, the texts of which hardly vary, so that each is prepared once.
//!
//! On PostgreSQL a column travels as one array, whatever the number of rows: a parameter a value costs more there than
//! the row itself, and [`write_all`] sends what belongs together in one round trip. On SQLite rows go in a handful of
//! sizes with nameless places: it looks every name of a place up among all the others, each time it is bound.

use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, TryGetable, Value};

use crate::error::{Error, Result};

/// Rows of one statement on SQLite.
const SIZES: [usize; 8] = [128, 64, 32, 16, 8, 4, 2, 1];
/// Rows of one statement on PostgreSQL: what lies in memory twice.
const MOST: usize = 4_096;

/// One of several changes that [`write_all`] makes.
#[derive(Debug)]
pub enum Write {
    /// Rows of one table.
    Insert {
        /// The table.
        table: &'static str,
        /// Its columns.
        columns: &'static [&'static str],
        /// The values of each row, in the order of the columns.
        rows: Vec<Vec<Value>>,
        /// What follows the values (`ON CONFLICT DO NOTHING`).
        tail: &'static str,
    },
    /// New values of rows that are there.
    Change {
        /// The table.
        table: &'static str,
        /// The column that names a row, then those that change.
        columns: &'static [&'static str],
        /// The values of each row, in the order of the columns.
        rows: Vec<Vec<Value>>,
    },
    /// A statement with `$1` places.
    Run {
        /// Its text.
        sql: &'static str,
        /// Its values.
        values: Vec<Value>,
    },
}

impl Write {
    /// New rows.
    #[must_use]
    pub fn insert(table: &'static str, columns: &'static [&'static str], rows: Vec<Vec<Value>>) -> Self {
        Self::Insert { table, columns, rows, tail: "" }
    }

    /// New rows, or what a row becomes that is there already.
    #[must_use]
    pub fn upsert(
        table: &'static str,
        columns: &'static [&'static str],
        rows: Vec<Vec<Value>>,
        tail: &'static str,
    ) -> Self {
        Self::Insert { table, columns, rows, tail }
    }

    /// New values of rows that are there; the first column names the row. Half of what an upsert costs.
    #[must_use]
    pub fn change(table: &'static str, columns: &'static [&'static str], rows: Vec<Vec<Value>>) -> Self {
        Self::Change { table, columns, rows }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Insert { rows, .. } | Self::Change { rows, .. } if rows.is_empty())
    }
}

/// Inserts many rows of one table, set-wise; `tail` is what follows the values (`ON CONFLICT DO NOTHING`). Answers
/// how many rows are there now that were not before.
///
/// ```no_run
/// # async fn example(tx: kernel::Tx, id: kernel::Id) -> kernel::Result<()> {
/// let rows = vec![vec![id.into(), "red".into()]];
/// kernel::db::insert_rows(&tx, "box", &["id", "colour"], rows, "ON CONFLICT DO NOTHING").await?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// The database.
pub async fn insert_rows(
    conn: &impl ConnectionTrait,
    table: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
    tail: &str,
) -> Result<u64> {
    in_parts(conn, rows, |text, part| text.insert(conn.get_database_backend(), table, columns, part, tail)).await
}

/// The same; answers what `tail` asks of the rows that are there now and were not before (`ON CONFLICT DO NOTHING RETURNING
/// id`).
///
/// # Errors
/// The database.
pub async fn insert_telling(
    conn: &impl ConnectionTrait,
    table: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
    tail: &str,
) -> Result<Vec<QueryResult>> {
    let (backend, mut told) = (conn.get_database_backend(), Vec::with_capacity(rows.len()));
    for part in parts(backend, rows) {
        let mut text = Text::default();
        text.insert(backend, table, columns, part, tail)?;
        told.extend(conn.query_all_raw(text.statement(backend)).await?);
    }
    Ok(told)
}

/// Rows in statements of a size that each is prepared for; answers how many were written.
async fn in_parts(
    conn: &impl ConnectionTrait,
    rows: Vec<Vec<Value>>,
    write: impl Fn(&mut Text, Vec<Vec<Value>>) -> Result<()>,
) -> Result<u64> {
    let (backend, mut written) = (conn.get_database_backend(), 0);
    for part in parts(backend, rows) {
        let mut text = Text::default();
        write(&mut text, part)?;
        written += conn.execute_raw(text.statement(backend)).await?.rows_affected();
    }
    Ok(written)
}

fn parts(backend: DbBackend, rows: Vec<Vec<Value>>) -> impl Iterator<Item = Vec<Vec<Value>>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let size = match backend {
            DbBackend::Postgres => rows.len().min(MOST),
            _ => SIZES.into_iter().find(|size| *size <= rows.len()).unwrap_or_default(),
        };
        let part: Vec<Vec<Value>> = rows.by_ref().take(size).collect();
        (!part.is_empty()).then_some(part)
    })
}

/// Makes several changes, none of which looks at what another one of them writes: on PostgreSQL they are one statement.
/// A row is touched by one of them at the most.
///
/// # Errors
/// The database.
pub async fn write_all(conn: &impl ConnectionTrait, writes: Vec<Write>) -> Result<()> {
    let backend = conn.get_database_backend();
    let mut writes: Vec<Write> = writes.into_iter().filter(|write| !write.is_empty()).collect();
    if backend != DbBackend::Postgres {
        for write in writes {
            match write {
                Write::Insert { table, columns, rows, tail } => {
                    insert_rows(conn, table, columns, rows, tail).await?;
                }
                Write::Change { table, columns, rows } => {
                    in_parts(conn, rows, |text, part| text.change(backend, table, columns, part)).await?;
                }
                Write::Run { sql, values } => {
                    conn.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
                }
            }
        }
        return Ok(());
    }
    let Some(last) = writes.pop() else { return Ok(()) };
    let mut text = Text::default();
    for (number, write) in writes.into_iter().enumerate() {
        text.sql += &if number == 0 { "WITH w0 AS (".to_owned() } else { format!(", w{number} AS (") };
        text.add(write)?;
        text.sql += ")";
    }
    text.sql += " ";
    text.add(last)?;
    conn.execute_raw(text.statement(backend)).await?;
    Ok(())
}

/// The rows of these keys, set-wise; `select` ends where the list of keys begins (`… WHERE id IN`), and the keys are
/// different ones of one type.
///
/// ```no_run
/// # async fn example(tx: kernel::Tx, id: kernel::Id) -> kernel::Result<()> {
/// let rows = kernel::db::rows_of_keys(&tx, "SELECT id, colour FROM box WHERE id IN", vec![id.into()]).await?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// The database.
pub async fn rows_of_keys(conn: &impl ConnectionTrait, select: &str, keys: Vec<Value>) -> Result<Vec<QueryResult>> {
    let backend = conn.get_database_backend();
    let mut rows = Vec::with_capacity(keys.len());
    if backend == DbBackend::Postgres {
        let left = select.strip_suffix("IN").ok_or_else(|| Error::internal("a list of keys follows IN"))?;
        let sql = format!("{left}= ANY($1)");
        for part in keys.chunks(MOST) {
            let keys = array(part.to_vec())?;
            rows.extend(conn.query_all_raw(Statement::from_sql_and_values(backend, &sql, [keys])).await?);
        }
        return Ok(rows);
    }
    for part in keys.chunks(SIZES[0]) {
        let size = SIZES.into_iter().rev().find(|size| *size >= part.len()).unwrap_or(SIZES[0]);
        let sql = format!("{select} ({})", vec!["?"; size].join(", "));
        // Filled up with keys that are in it already: a list of keys is a set.
        let values = part.iter().cycle().take(size).cloned();
        rows.extend(conn.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?);
    }
    Ok(rows)
}

/// The columns of a row, one after the other: to look up each name costs more than the rest of reading it, which counts
/// where every request reads one. Fields of a struct are made in the order in which they are written, so that reading it is
/// `Box { id: row.next()?, colour: row.next()? }`.
#[derive(Debug)]
pub struct InOrder<'a> {
    row: &'a QueryResult,
    next: usize,
}

impl<'a> InOrder<'a> {
    /// From the first column on.
    #[must_use]
    pub fn of(row: &'a QueryResult) -> Self {
        Self { row, next: 0 }
    }

    /// The next column.
    ///
    /// # Errors
    /// When there is none, or it is of another type.
    #[expect(clippy::should_implement_trait, reason = "each column has its own type")]
    pub fn next<T: TryGetable>(&mut self) -> Result<T> {
        let value = self.row.try_get_by_index(self.next)?;
        self.next += 1;
        Ok(value)
    }
}

/// Values of one kind as one, for PostgreSQL.
///
/// # Errors
/// When they are of different kinds.
pub fn array(values: Vec<Value>) -> Result<Value> {
    let kind = values.first().map_or(ArrayType::Bool, Value::array_type);
    if values.iter().any(|value| value.array_type() != kind) {
        return Err(Error::internal("values of different kinds in one column"));
    }
    Ok(Value::Array(kind, Some(Box::new(values))))
}

/// A statement in the making.
#[derive(Default)]
struct Text {
    sql: String,
    values: Vec<Value>,
}

impl Text {
    fn statement(self, backend: DbBackend) -> Statement {
        Statement::from_sql_and_values(backend, self.sql, self.values)
    }

    /// A change of [`write_all`] on PostgreSQL.
    fn add(&mut self, write: Write) -> Result<()> {
        match write {
            Write::Insert { table, columns, rows, tail } => {
                self.insert(DbBackend::Postgres, table, columns, rows, tail)?;
            }
            Write::Change { table, columns, rows } => {
                self.change(DbBackend::Postgres, table, columns, rows)?;
            }
            Write::Run { sql, values } => {
                self.sql += &places_after(sql, self.values.len());
                self.values.extend(values);
            }
        }
        Ok(())
    }

    fn insert(
        &mut self,
        backend: DbBackend,
        table: &str,
        columns: &[&str],
        rows: Vec<Vec<Value>>,
        tail: &str,
    ) -> Result<()> {
        self.sql += &format!("INSERT INTO {table} ({}) ", columns.join(", "));
        if backend == DbBackend::Postgres {
            let (shown, given) = self.arrays(columns.len(), rows)?;
            self.sql += &format!("SELECT {} FROM {given} ", shown.join(", "));
        } else {
            self.places(columns.len(), rows);
            self.sql += " ";
        }
        self.sql += tail;
        Ok(())
    }

    fn change(&mut self, backend: DbBackend, table: &str, columns: &[&str], rows: Vec<Vec<Value>>) -> Result<()> {
        let start = self.sql.len();
        let (shown, given) = if backend == DbBackend::Postgres {
            self.arrays(columns.len(), rows)?
        } else {
            self.places(columns.len(), rows);
            let given = format!("({}) AS given", self.sql.split_off(start));
            ((1..=columns.len()).map(|number| format!("given.column{number}")).collect(), given)
        };
        let mut pairs = columns.iter().zip(shown);
        let Some((key, of)) = pairs.next() else { return Err(Error::internal("a change without a column")) };
        let set: Vec<String> = pairs.map(|(column, value)| format!("{column} = {value}")).collect();
        self.sql += &format!("UPDATE {table} SET {} FROM {given} WHERE {table}.{key} = {of}", set.join(", "));
        Ok(())
    }

    /// Rows with nameless places.
    fn places(&mut self, columns: usize, rows: Vec<Vec<Value>>) {
        let row = format!("({})", vec!["?"; columns].join(", "));
        self.sql += &format!("VALUES {}", vec![row.as_str(); rows.len()].join(", "));
        self.values.extend(rows.into_iter().flatten());
    }

    /// Rows as one array a column: what to select, and what from. A column with empty places has a second array that tells
    /// which: an array of the driver has none. One that is empty altogether is not sent.
    fn arrays(&mut self, columns: usize, rows: Vec<Vec<Value>>) -> Result<(Vec<String>, String)> {
        let mut of: Vec<Vec<Value>> = (0..columns).map(|_| Vec::with_capacity(rows.len())).collect();
        for row in rows {
            if row.len() != columns {
                return Err(Error::internal("a row with another number of values than columns"));
            }
            for (column, value) in of.iter_mut().zip(row) {
                column.push(value);
            }
        }
        let (mut shown, mut names, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for (number, mut column) in of.into_iter().enumerate() {
            let mut place = |values: Vec<Value>, name: String| -> Result<()> {
                self.values.push(array(values)?);
                places.push(format!("${}", self.values.len()));
                names.push(name);
                Ok(())
            };
            let empty: Vec<bool> = column.iter().map(|value| !value.is_some()).collect();
            if !empty.contains(&false) {
                shown.push("NULL".to_owned());
                continue;
            }
            if empty.contains(&true) {
                column.iter_mut().filter(|value| !value.is_some()).for_each(|value| *value = value.dummy_value());
                place(empty.into_iter().map(Value::from).collect(), format!("e{number}"))?;
                shown.push(format!("CASE WHEN e{number} THEN NULL ELSE c{number} END"));
            } else {
                shown.push(format!("c{number}"));
            }
            place(column, format!("c{number}"))?;
        }
        Ok((shown, format!("unnest({}) AS given ({})", places.join(", "), names.join(", "))))
    }
}

/// The same text with places that come after so many others.
fn places_after(sql: &str, others: usize) -> String {
    let mut parts = sql.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        match number.parse::<usize>() {
            Ok(number) => text += &format!("${}{rest}", number + others),
            Err(_) => text += &format!("${part}"),
        }
    }
    text
}

#[cfg(test)]
mod tests;

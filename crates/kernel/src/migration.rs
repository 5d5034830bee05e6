//! Schema changes: one SQL text for both engines, applied once, in order, each in
//! a transaction of its own. Additive only, since SQLite cannot alter columns.
//!
//! Column types that differ are tokens: `{uuid}` `{time}` `{day}` `{bytes}`
//! `{json}`. A statement that only one engine needs starts with a line
//! `-- @sqlite` or `-- @postgres`. Statements are separated by a line `;;`.
//!
//! ```
//! use kernel::Migration;
//! use sea_orm::DbBackend;
//! let step = Migration { name: "0001_box", sql: "CREATE TABLE box (id {uuid} PRIMARY KEY)" };
//! assert_eq!(step.statements(DbBackend::Postgres), ["CREATE TABLE box (id uuid PRIMARY KEY)"]);
//! ```

use sea_orm::{ConnectionTrait, DbBackend};

use crate::crypto::digest::sm3;
use crate::db::{Db, commit};
use crate::error::{Error, Result};

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Unique and ordered within its crate, e.g. `kernel_0001_event`.
    pub name: &'static str,
    /// The text; see the module.
    pub sql: &'static str,
}

impl Migration {
    /// The statements of this step for one engine.
    #[must_use]
    pub fn statements(&self, backend: DbBackend) -> Vec<String> {
        let sqlite = backend == DbBackend::Sqlite;
        let types: [(&str, &str); 5] = if sqlite {
            [
                ("{uuid}", "uuid_text"),
                ("{time}", "timestamp_with_timezone_text"),
                ("{day}", "date_text"),
                ("{bytes}", "blob"),
                ("{json}", "text"),
            ]
        } else {
            [("{uuid}", "uuid"), ("{time}", "timestamptz"), ("{day}", "date"), ("{bytes}", "bytea"), ("{json}", "text")]
        };
        let other = if sqlite { "-- @postgres" } else { "-- @sqlite" };
        self.sql
            .split("\n;;")
            .map(str::trim)
            .filter(|text| !text.is_empty() && !text.starts_with(other))
            .map(|text| types.iter().fold(text.to_owned(), |sql, (token, name)| sql.replace(token, name)))
            .collect()
    }

    fn checksum(&self) -> String {
        hex::encode(sm3(self.sql.as_bytes()))
    }
}

/// Applies what is missing; answers how many steps were applied.
///
/// # Errors
/// When an applied step was changed afterwards, or a statement fails.
pub async fn migrate(db: &Db, steps: &[Migration]) -> Result<usize> {
    db.writer()
        .execute_unprepared("CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, checksum text NOT NULL)")
        .await?;
    let mut applied = 0;
    for step in steps {
        applied += usize::from(apply(db, step).await?);
    }
    Ok(applied)
}

async fn apply(db: &Db, step: &Migration) -> Result<bool> {
    let tx = db.begin_relaxed().await?;
    if !db.is_sqlite() {
        // Several servers may start at once; one migrates, the others wait here.
        tx.execute_unprepared("SELECT pg_advisory_xact_lock(8140)").await?;
    }
    let found =
        tx.query_one_raw(db.statement("SELECT checksum FROM migration WHERE name = $1", [step.name.into()])).await?;
    if let Some(row) = found {
        let known: String = row.try_get("", "checksum")?;
        if known != step.checksum() {
            return Err(Error::internal(format!("migration {} was changed after it was applied", step.name)));
        }
        return Ok(false);
    }
    for sql in step.statements(db.backend()) {
        tx.execute_unprepared(&sql)
            .await
            .map_err(|error| Error::internal(format!("migration {}: {error}", step.name)))?;
    }
    let mark = "INSERT INTO migration (name, checksum) VALUES ($1, $2)";
    tx.execute_raw(db.statement(mark, [step.name.into(), step.checksum().into()])).await?;
    commit(tx).await?;
    Ok(true)
}

//! A copy of an embedded database, made beside those who work on it.

use std::path::Path;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sea_orm::{ConnectionTrait, SqlxSqliteConnector};

use super::Db;
use crate::error::{Error, Result};

impl Db {
    /// Writes an embedded database, as it stands at this moment, into a new file, with these tables empty: what was in
    /// them is overwritten there, and the file is written anew without the room it took. Nobody waits meanwhile. A copy
    /// that did not come to its end is the caller's to remove.
    ///
    /// # Errors
    /// For PostgreSQL, which has `pg_dump`; when the file is there already; the disk.
    pub async fn copy_into(&self, file: &Path, empty: &[&str]) -> Result<()> {
        if !self.is_sqlite() {
            return Err(Error::internal("only an embedded database is a file"));
        }
        let name = file.to_str().ok_or_else(|| Error::internal("a path that is no text"))?;
        self.writer.execute_raw(self.statement("VACUUM INTO $1", [name.into()])).await?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            // A journal on the disk would hold what is taken out.
            .journal_mode(SqliteJournalMode::Memory)
            .pragma("secure_delete", "on");
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.map_err(Error::internal)?;
        let copy = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
        for table in empty {
            copy.execute_unprepared(&format!("DELETE FROM {table}")).await?;
        }
        copy.execute_unprepared("VACUUM").await?;
        Ok(copy.close().await?)
    }
}

//! Schemes as evaluations read them.

use kernel::{Result, Tx};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{SCHEME_LEVEL, SCHEME_UNKNOWN, SchemeDocument, entity};
use crate::scheme::Level;

/// A version of a scheme, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Its code.
    pub code: String,
    /// Its version.
    pub version: i64,
    /// What it says.
    pub document: SchemeDocument,
}

impl Scheme {
    /// Reads a row.
    ///
    /// # Errors
    /// A document that this program cannot read.
    pub fn read(row: &entity::Model) -> Result<Self> {
        Ok(Self { code: row.code.clone(), version: row.version, document: serde_json::from_str(&row.document)? })
    }

    /// Refuses a caller below the level that may start it.
    ///
    /// # Errors
    /// `scheme.level`.
    pub fn must_start(&self, level: Option<Level>) -> Result<()> {
        let starts = self.document.starts;
        if level.is_some_and(|level| level >= starts) {
            return Ok(());
        }
        let sentence = format!("“{}”要由{}或以上工会发起，请联系上级工会。", self.document.title, starts.label());
        Err(SCHEME_LEVEL.with(sentence).into())
    }
}

/// The latest version of a scheme.
///
/// # Errors
/// `scheme.unknown`; the database.
pub async fn latest(conn: &impl ConnectionTrait, code: &str) -> Result<Scheme> {
    let row = entity::Entity::find().filter(entity::Column::Code.eq(code)).order_by_desc(entity::Column::Version);
    Scheme::read(&row.one(conn).await?.ok_or_else(|| SCHEME_UNKNOWN.refusal().on("scheme"))?)
}

/// One version of a scheme.
///
/// # Errors
/// `scheme.unknown`; the database.
pub async fn version(conn: &impl ConnectionTrait, code: &str, version: i64) -> Result<Scheme> {
    let row = entity::Entity::find_by_id((code.to_owned(), version)).one(conn).await?;
    Scheme::read(&row.ok_or_else(|| SCHEME_UNKNOWN.refusal().on("version"))?)
}

/// The version that the next one gets.
///
/// # Errors
/// The database.
pub(super) async fn next(tx: &Tx, code: &str) -> Result<i64> {
    let row = entity::Entity::find().filter(entity::Column::Code.eq(code)).order_by_desc(entity::Column::Version);
    Ok(row.one(tx).await?.map_or(1, |row| row.version + 1))
}

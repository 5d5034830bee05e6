//! Rows of `import`.

use sea_orm::entity::prelude::*;

use super::words::{ImportKind, ImportState};
use crate::access::{MEMBER_IMPORT, REGISTER_IMPORT};

/// An import: what was asked for and how far it got. `position` counts the rows of its sequence that were judged.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub account_id: Option<Uuid>,
    pub organization_id: Uuid,
    pub state: String,
    pub rows_total: Option<i64>,
    pub position: i64,
    pub added: i64,
    pub unchanged: i64,
    pub rejected: i64,
    pub summary: Option<String>,
    pub trouble: Option<String>,
    pub failures: i64,
    pub created_at: DateTimeUtc,
    pub checked_at: Option<DateTimeUtc>,
    pub started_at: Option<DateTimeUtc>,
    pub finished_at: Option<DateTimeUtc>,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// What is imported.
    ///
    /// # Errors
    /// A stored name that this program does not know.
    pub fn kind(&self) -> kernel::Result<ImportKind> {
        ImportKind::parse(&self.kind).ok_or_else(|| kernel::Error::internal("an import of an unknown kind"))
    }

    /// How far it is.
    ///
    /// # Errors
    /// A stored name that this program does not know.
    pub fn state(&self) -> kernel::Result<ImportState> {
        ImportState::parse(&self.state).ok_or_else(|| kernel::Error::internal("an import in an unknown state"))
    }

    /// What somebody needs on its union to work with it.
    ///
    /// # Errors
    /// As [`Model::kind`].
    pub fn permission(&self) -> kernel::Result<kernel::access::Permission> {
        Ok(permission(self.kind()?))
    }
}

/// What somebody needs to import this.
#[must_use]
pub fn permission(kind: ImportKind) -> kernel::access::Permission {
    match kind {
        ImportKind::Roster => MEMBER_IMPORT,
        ImportKind::Register => REGISTER_IMPORT,
    }
}

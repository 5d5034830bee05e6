//! Rows of `export`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// An export: who asked for which list, why, and the file it became.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub mark: String,
    pub kind: String,
    pub account_id: Uuid,
    pub organization_id: Uuid,
    pub filter: String,
    pub format: String,
    pub reason: Option<String>,
    pub state: String,
    pub rows: i64,
    pub file_id: Option<Uuid>,
    pub trouble: Option<String>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    pub expires_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Which members beyond the union, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Also everything below the union.
    pub within: bool,
    /// State of the memberships.
    pub state: String,
    /// Entered by this import.
    #[serde(default)]
    pub import_id: Option<Uuid>,
}

impl Model {
    /// Which members beyond the union.
    ///
    /// # Errors
    /// A stored filter that this program does not know.
    pub fn asked(&self) -> kernel::Result<Asked> {
        Ok(serde_json::from_str(&self.filter)?)
    }

    /// As which file.
    ///
    /// # Errors
    /// A stored name that this program does not know.
    pub fn format(&self) -> kernel::Result<kernel::sheet::Format> {
        match self.format.as_str() {
            "xlsx" => Ok(kernel::sheet::Format::Xlsx),
            "csv" => Ok(kernel::sheet::Format::Csv),
            _ => Err(kernel::Error::internal("an export of an unknown format")),
        }
    }
}

//! Rows of `import_file`.

use sea_orm::entity::prelude::*;

/// A file of an import: which sheet, where its header stands, which column holds which field.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_file")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub part: String,
    pub file_id: Uuid,
    pub name: String,
    pub sheet: i64,
    pub header_row: i64,
    /// `Columns` as JSON.
    pub columns: String,
    /// `Preview` as JSON, sealed: first rows are personal data.
    pub preview_sealed: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

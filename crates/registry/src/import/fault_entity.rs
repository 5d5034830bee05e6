//! Rows of `import_fault`.

use sea_orm::entity::prelude::*;

/// A row that was rejected in a phase; `code` is the code of its first fault.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_fault")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub phase: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub file_number: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub row_number: i64,
    pub code: String,
    /// A list of [`Fault`](super::sequence::Fault) as JSON.
    pub faults: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

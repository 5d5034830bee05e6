//! Rows of `issue_evidence`.

use sea_orm::entity::prelude::*;

/// A paper behind a batch; never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "issue_evidence")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub file_id: Uuid,
    pub batch_id: Uuid,
    /// Its place among the files of the batch.
    pub number: i64,
    pub name: String,
    pub content_type: String,
    pub bytes: i64,
    /// SM3 of the content.
    pub digest: Vec<u8>,
    pub added_by: Uuid,
    pub added_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

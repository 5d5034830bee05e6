//! Rows of `document`.

use sea_orm::entity::prelude::*;

/// What members read; it stands still once the evaluation is opened.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "document")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub evaluation_id: Uuid,
    pub title: String,
    pub source: String,
    pub preface: String,
    /// Articles as JSON.
    pub articles: String,
    pub version: i64,
    pub changed_by: Option<Uuid>,
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

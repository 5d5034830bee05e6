//! Rows of `rectification_review`.

use sea_orm::entity::prelude::*;

/// What the level above found.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rectification_review")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: Uuid,
    pub finding: String,
    pub reason: String,
    pub reviewed_by: Option<Uuid>,
    pub reviewed_on: Date,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

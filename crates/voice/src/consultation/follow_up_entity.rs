//! Rows of `follow_up`.

use sea_orm::entity::prelude::*;

/// What became of the opinions on one theme; never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_up")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub evaluation_id: Uuid,
    pub theme: String,
    pub verdict: String,
    pub reason: String,
    pub replaces: Option<Uuid>,
    pub entered_by: Option<Uuid>,
    pub entered_on: Date,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

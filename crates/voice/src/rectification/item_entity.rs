//! Rows of `rectification_item`.

use sea_orm::entity::prelude::*;

/// One attempt at putting a problem right.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rectification_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub problem_id: Uuid,
    pub attempt: i64,
    pub state: String,
    pub begun_on: Date,
    pub claimed_on: Option<Date>,
    pub settled_on: Option<Date>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

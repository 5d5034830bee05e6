//! Rows of `rectification_plan`.

use sea_orm::entity::prelude::*;

/// A version of a plan, as it was filed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rectification_plan")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub rectification_id: Uuid,
    pub version: i64,
    pub filed_by: Option<Uuid>,
    pub filed_on: Date,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

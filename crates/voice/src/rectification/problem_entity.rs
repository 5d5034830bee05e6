//! Rows of `rectification_problem`.

use sea_orm::entity::prelude::*;

/// A problem that was found.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rectification_problem")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub rectification_id: Uuid,
    pub organization_id: Uuid,
    pub source: String,
    pub reference: Option<String>,
    pub share: Option<i64>,
    pub text: String,
    pub added_by: Option<Uuid>,
    pub added_on: Date,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

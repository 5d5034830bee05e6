//! Rows of `delegate`.

use sea_orm::entity::prelude::*;

/// A seat of a member who speaks for the members of the union.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delegate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub membership_id: Uuid,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub basis: String,
    pub end_reason: Option<String>,
    pub entered_by: Option<Uuid>,
    pub ended_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

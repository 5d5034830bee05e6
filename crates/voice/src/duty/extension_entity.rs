//! Rows of `duty_extension`.

use sea_orm::entity::prelude::*;

/// Why the last day of a duty moved.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duty_extension")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub duty_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// `granted` by the level above, or `calendar`.
    pub cause: String,
    pub from_on: Date,
    pub to_on: Date,
    pub reason: Option<String>,
    pub granted_by: Option<Uuid>,
    pub changed_on: Date,
    pub event_id: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

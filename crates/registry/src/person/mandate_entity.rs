//! Rows of `mandate`.

use sea_orm::entity::prelude::*;

/// Recorded authority of one person to act for another.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mandate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub principal_id: Uuid,
    pub agent_id: Uuid,
    pub scope: String,
    pub basis: String,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub recorded_by: Option<Uuid>,
    pub revoked_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

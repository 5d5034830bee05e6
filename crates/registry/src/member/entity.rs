//! Rows of `membership`.

use sea_orm::entity::prelude::*;

/// A membership; at most one is active per person, by a database constraint.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    pub organization_id: Uuid,
    pub employer_id: Option<Uuid>,
    pub state: String,
    pub employment_form: String,
    pub work: Option<String>,
    pub joined_on: Date,
    pub ended_on: Option<Date>,
    pub end_reason: Option<String>,
    pub source: String,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `points_budget`.

use sea_orm::entity::prelude::*;

/// A union's money for a purpose in a year.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "points_budget")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    pub book_id: Uuid,
    pub organization_id: Uuid,
    pub fiscal_year: i64,
    pub purpose: String,
    /// Promised to what was released and is not issued yet.
    pub reserved_cents: i64,
    pub opened_by: Option<Uuid>,
    pub opened_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

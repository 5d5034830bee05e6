//! Rows of `points_allocation`.

use sea_orm::entity::prelude::*;

/// Money about to go from one budget to another of its book.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "points_allocation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub from_id: Uuid,
    pub to_id: Uuid,
    pub amount_cents: i64,
    pub reason: String,
    /// `waiting`, `done`, `returned`.
    pub state: String,
    pub asked_by: Option<Uuid>,
    pub asked_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub transfer_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

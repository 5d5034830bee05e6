//! Rows of `points_funding`.

use sea_orm::entity::prelude::*;

/// Money about to come into a budget, or to go back.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "points_funding")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `top_up`, `give_back`.
    pub kind: String,
    pub budget_id: Uuid,
    pub amount_cents: i64,
    pub bank_line_id: Option<Uuid>,
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

//! Rows of `settlement_difference`.

use sea_orm::entity::prelude::*;

/// What the bank says otherwise than the settlement.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "settlement_difference")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub settlement_id: Uuid,
    pub statement_id: Uuid,
    /// Number of the bank's line; 0 of a missing one.
    pub line: i64,
    pub item_id: Option<Uuid>,
    pub class: String,
    pub expected_cents: Option<i64>,
    pub actual_cents: Option<i64>,
    pub state: String,
    pub action: Option<String>,
    pub reason: Option<String>,
    pub reference: Option<String>,
    pub proposed_by: Option<Uuid>,
    pub proposed_at: Option<DateTimeUtc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub refused: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `point_rule`.

use sea_orm::entity::prelude::*;

/// An event gives points.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "point_rule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub budget_id: Uuid,
    pub name: String,
    pub event_kind: String,
    pub amount_cents: i64,
    pub daily_cents: Option<i64>,
    pub yearly_cents: Option<i64>,
    pub from_on: Date,
    pub to_on: Date,
    pub valid_days: i64,
    /// `waiting`, `on`, `ended`, `returned`.
    pub state: String,
    pub made_by: Option<Uuid>,
    pub made_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub return_reason: Option<String>,
    /// What it gave so far.
    pub given_cents: i64,
    /// What it gives altogether at the most; none for a rule from before there were totals.
    pub total_cents: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

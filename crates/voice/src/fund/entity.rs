//! Rows of `fund_item`.

use sea_orm::entity::prelude::*;

/// What money was to be spent for; closed it stands still.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fund_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub year: i64,
    pub name: String,
    pub purpose: String,
    pub target: String,
    pub target_number: Option<i64>,
    pub unit: Option<String>,
    pub budget_cents: i64,
    pub state: String,
    pub outcome: Option<String>,
    pub outcome_number: Option<i64>,
    pub closed_on: Option<Date>,
    pub entered_by: Option<Uuid>,
    pub entered_at: DateTimeUtc,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

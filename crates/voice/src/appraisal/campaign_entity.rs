//! Rows of `campaign`.

use sea_orm::entity::prelude::*;

/// Evaluations of many unions, started at once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub scheme_code: String,
    pub scheme_version: i64,
    pub title: String,
    pub year: i64,
    pub plan: String,
    pub state: String,
    pub started_by: Option<Uuid>,
    pub started_at: DateTimeUtc,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `evaluation`.

use sea_orm::entity::prelude::*;

/// An evaluation (评议); from `open` on its instrument and electorate stand still.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "evaluation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Option<Uuid>,
    pub organization_id: Uuid,
    pub scheme_code: String,
    pub scheme_version: i64,
    pub subject_kind: String,
    pub subject_id: Option<Uuid>,
    pub title: String,
    pub year: i64,
    pub plan: String,
    pub state: String,
    pub instrument: Option<String>,
    pub instrument_hash: Option<Vec<u8>>,
    pub electorate: Option<i64>,
    pub opens_on: Option<Date>,
    pub closes_at: Option<DateTimeUtc>,
    pub cursor: Option<Uuid>,
    pub created_by: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub opened_at: Option<DateTimeUtc>,
    pub closed_at: Option<DateTimeUtc>,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `settlement`.

use sea_orm::entity::prelude::*;

/// Merchants paid together.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "settlement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub book_id: Uuid,
    pub number: String,
    pub organization_id: Uuid,
    /// The last day that it holds.
    pub through: Date,
    pub state: String,
    pub items: i64,
    pub total_cents: i64,
    pub digest: Vec<u8>,
    pub made_by: Uuid,
    pub made_at: DateTimeUtc,
    pub checked_by: Option<Uuid>,
    pub checked_at: Option<DateTimeUtc>,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<DateTimeUtc>,
    pub sent_by: Option<Uuid>,
    pub sent_at: Option<DateTimeUtc>,
    pub closed_at: Option<DateTimeUtc>,
    pub dropped_by: Option<Uuid>,
    pub reason: Option<String>,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

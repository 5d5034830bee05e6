//! Rows of `ledger_stop`.

use sea_orm::entity::prelude::*;

/// A book stood still, or does: what was found, who asked for its opening, what the proof said, who opened it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_stop")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub book_id: Uuid,
    pub stopped_at: DateTimeUtc,
    pub faulty: i64,
    pub found: String,
    pub asked_by: Option<Uuid>,
    pub asked_at: Option<DateTimeUtc>,
    pub asked_reason: Option<String>,
    pub proven_at: Option<DateTimeUtc>,
    pub proof_rows: Option<i64>,
    pub proof_faulty: Option<i64>,
    pub proof_found: Option<String>,
    pub reopened_by: Option<Uuid>,
    pub reopened_at: Option<DateTimeUtc>,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

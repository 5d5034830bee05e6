//! Rows of `issue_batch`.

use sea_orm::entity::prelude::*;

/// Points for many at once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "issue_batch")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub budget_id: Uuid,
    /// `activity`, `list`, `segment`.
    pub kind: String,
    pub name: String,
    /// What each gets; a list says it row by row.
    pub each_cents: Option<i64>,
    /// Over the members of the union, in CEL.
    pub rule: Option<String>,
    pub file_id: Option<Uuid>,
    pub file_name: Option<String>,
    pub expires_on: Date,
    pub state: String,
    /// How far the preparation went.
    pub cursor: Option<Uuid>,
    /// Lines.
    pub people: i64,
    /// What all lines that can be issued come to.
    pub amount_cents: i64,
    /// Lines above the limit of the year.
    pub over_limit: i64,
    /// Rows that were not taken.
    pub faults: i64,
    pub issued_people: i64,
    pub issued_cents: i64,
    pub refused_people: i64,
    pub trouble: Option<String>,
    pub return_reason: Option<String>,
    /// The event of the release, which notices belong to.
    pub event_id: Option<Uuid>,
    pub made_by: Option<Uuid>,
    pub made_at: DateTimeUtc,
    pub released_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    /// The fence of whoever works on it.
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

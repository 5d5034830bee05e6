//! Rows of `issue_correction`.

use sea_orm::entity::prelude::*;

/// Points of a batch that are taken back.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "issue_correction")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub batch_id: Uuid,
    pub organization_id: Uuid,
    /// The whole batch; else named people.
    pub whole: bool,
    pub reason: String,
    /// Lines that are asked for.
    pub people: i64,
    /// What was issued to them.
    pub amount_cents: i64,
    /// `waiting`, `running`, `done`, `returned`, `withdrawn`.
    pub state: String,
    /// How far the job is, by person.
    pub cursor: Option<Uuid>,
    pub done_people: i64,
    pub taken_cents: i64,
    /// The event of the release, which notices belong to.
    pub event_id: Option<Uuid>,
    pub asked_by: Option<Uuid>,
    pub asked_at: DateTimeUtc,
    pub return_reason: Option<String>,
    pub ended_at: Option<DateTimeUtc>,
    /// The fence of whoever works on it.
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `reminder_round`.

use sea_orm::entity::prelude::*;

/// A round of reminding those who have not drawn a ballot; whom it reached is written nowhere but in their inboxes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reminder_round")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub evaluation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    pub due_at: DateTimeUtc,
    pub state: String,
    /// The event that caused its notices.
    pub event_id: Option<Uuid>,
    pub cursor: Option<Uuid>,
    /// Counts who took it over.
    pub version: i64,
    /// Electors looked at.
    pub seen: i64,
    /// Of them those who were told, now or before, or had drawn already.
    pub reached: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

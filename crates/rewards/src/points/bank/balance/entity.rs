//! Rows of `bank_balance`.

use sea_orm::entity::prelude::*;

/// What was at the bank when a day ended; only looked at, once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bank_balance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub book_id: Uuid,
    pub day: Date,
    /// 1 for the first of a day; one that puts it right has the next one.
    pub number: i64,
    pub balance_cents: i64,
    pub replaces_id: Option<Uuid>,
    /// Why the one before was wrong.
    pub reason: Option<String>,
    pub file_id: Option<Uuid>,
    pub row_number: Option<i64>,
    pub entered_by: Option<Uuid>,
    pub entered_at: DateTimeUtc,
    pub checked_by: Option<Uuid>,
    pub checked_at: Option<DateTimeUtc>,
}

impl Model {
    /// Whether it counts: the bank's own file says it, or a second person looked at it.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.file_id.is_some() || self.checked_at.is_some()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

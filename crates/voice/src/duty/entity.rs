//! Rows of `duty`.

use sea_orm::entity::prelude::*;

use super::End;

/// Something that a union must do by a day.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duty")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub evaluation_id: Uuid,
    pub organization_id: Uuid,
    pub kind: String,
    pub subject_id: Uuid,
    pub begun_on: Date,
    pub due_on: Date,
    /// Chinese sentences, a list as JSON.
    pub derivation: String,
    /// [`Rule`](kernel::calendar::Rule) as JSON, where the day can be worked out again.
    pub rule: Option<String>,
    pub extensions: i64,
    pub told_level: i64,
    pub done_on: Option<Date>,
    pub cancelled_on: Option<Date>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// How it ended, if it did.
    #[must_use]
    pub fn end(&self) -> End {
        End::of(self.done_on, self.cancelled_on)
    }
}

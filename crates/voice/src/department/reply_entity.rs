//! Rows of `department_reply`.

use sea_orm::entity::prelude::*;

/// What a department says to its result; never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "department_reply")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub evaluation_id: Uuid,
    pub said: String,
    pub signed_by: String,
    pub replied_on: Date,
    pub replaces: Option<Uuid>,
    pub entered_by: Option<Uuid>,
    pub entered_on: Date,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

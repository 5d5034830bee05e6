//! Rows of `join_draft`.

use sea_orm::entity::prelude::*;

/// A half-filled application, sealed, kept for seven days.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "join_draft")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    pub answers_sealed: Vec<u8>,
    pub saved_at: DateTimeUtc,
    pub expires_on: Date,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

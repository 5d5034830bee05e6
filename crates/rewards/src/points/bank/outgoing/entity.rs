//! Rows of `bank_outgoing`.

use sea_orm::entity::prelude::*;

/// Money that went out at the bank; never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bank_outgoing")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub book_id: Uuid,
    pub number: String,
    pub day: Date,
    pub amount_cents: i64,
    pub payee: String,
    pub note: Option<String>,
    pub file_id: Option<Uuid>,
    pub row_number: Option<i64>,
    pub entered_by: Option<Uuid>,
    pub entered_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

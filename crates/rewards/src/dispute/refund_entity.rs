//! Rows of `dispute_refund`.

use sea_orm::entity::prelude::*;

/// What a shop is to refund of a payment, and by when; never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dispute_refund")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dispute_id: Uuid,
    pub payment_id: Uuid,
    pub from_cents: i64,
    pub amount_cents: i64,
    pub due_on: Date,
    pub derivation: String,
    pub decided_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `merchant_statement`.

use sea_orm::entity::prelude::*;

/// What a merchant took on a day; never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "merchant_statement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub merchant_id: Uuid,
    pub book_id: Uuid,
    pub day: Date,
    pub payments: i64,
    pub paid_cents: i64,
    pub refunds: i64,
    pub refunded_cents: i64,
    pub net_cents: i64,
    pub digest: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

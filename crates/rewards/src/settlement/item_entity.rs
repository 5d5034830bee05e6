//! Rows of `settlement_item`.

use sea_orm::entity::prelude::*;

/// What one merchant gets in a settlement.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "settlement_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub settlement_id: Uuid,
    pub number: i64,
    /// What the bank repeats.
    pub reference: String,
    pub merchant_id: Uuid,
    pub book_id: Uuid,
    pub account_id: Uuid,
    pub bank_id: Uuid,
    pub amount_cents: i64,
    pub pay_transfer_id: Uuid,
    pub return_transfer_id: Uuid,
    pub state: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

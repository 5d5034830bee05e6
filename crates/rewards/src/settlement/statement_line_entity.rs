//! Rows of `merchant_statement_line`.

use sea_orm::entity::prelude::*;

/// Of a statement: one shop and one union whose points were spent.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "merchant_statement_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub statement_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub shop_id: Option<Uuid>,
    pub shop_name: Option<String>,
    pub issuer_id: Option<Uuid>,
    pub issuer_name: Option<String>,
    pub payments: i64,
    pub paid_cents: i64,
    pub refunds: i64,
    pub refunded_cents: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `payment_step`.

use sea_orm::entity::prelude::*;

/// Something that happened to a payment, in order.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_step")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub payment_id: Uuid,
    pub kind: String,
    pub person_id: Option<Uuid>,
    pub shop_id: Option<Uuid>,
    pub cashier_id: Option<Uuid>,
    pub till_id: Option<Uuid>,
    pub refund_id: Option<Uuid>,
    pub points_cents: i64,
    pub cash_cents: i64,
    pub at: DateTimeUtc,
    pub day: Date,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

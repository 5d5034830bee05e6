//! Rows of `refund`.

use sea_orm::entity::prelude::*;

/// Points or cash that went back, or were refused to.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refund")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub fingerprint: Vec<u8>,
    pub payment_id: Uuid,
    pub state: String,
    pub points_cents: i64,
    pub cash_cents: i64,
    pub reason: String,
    pub cashier_id: Option<Uuid>,
    pub till_id: Option<Uuid>,
    pub code: Option<String>,
    pub message: Option<String>,
    pub status: Option<i64>,
    pub at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

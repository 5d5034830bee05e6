//! Rows of `payment`.

use sea_orm::entity::prelude::*;

/// What became of a charge: paid, closed or reversed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub fingerprint: Vec<u8>,
    pub state: String,
    pub channel: String,
    pub person_id: Option<Uuid>,
    pub merchant_id: Option<Uuid>,
    pub shop_id: Option<Uuid>,
    pub cashier_id: Option<Uuid>,
    pub till_id: Option<Uuid>,
    pub points_cents: i64,
    pub cash_cents: i64,
    pub points_back_cents: i64,
    pub cash_back_cents: i64,
    pub reference: Option<String>,
    pub code: Option<String>,
    pub message: Option<String>,
    pub status: Option<i64>,
    pub at: DateTimeUtc,
    pub day: Date,
    pub seq: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `cashier`.

use sea_orm::entity::prelude::*;

/// An account that works for a merchant, in one shop or in all.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cashier")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub merchant_id: Uuid,
    pub shop_id: Option<Uuid>,
    pub account_id: Uuid,
    pub role: String,
    pub label: String,
    pub pin_hash: Option<String>,
    pub pin_failures: i64,
    pub pin_locked_until: Option<DateTimeUtc>,
    pub state: String,
    pub invited_by: Option<Uuid>,
    pub began_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

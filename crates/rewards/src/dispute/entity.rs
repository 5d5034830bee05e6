//! Rows of `dispute`.

use sea_orm::entity::prelude::*;

/// Something that a member or a merchant says about a payment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dispute")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub merchant_id: Uuid,
    pub shop_id: Option<Uuid>,
    pub organization_id: Uuid,
    pub payment_id: Uuid,
    pub side: String,
    pub opened_by: Uuid,
    pub opened_at: DateTimeUtc,
    pub ground: String,
    pub state: String,
    pub outcome: Option<String>,
    pub due_on: Date,
    pub derivation: String,
    pub settled_by: Option<Uuid>,
    pub settled_at: Option<DateTimeUtc>,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

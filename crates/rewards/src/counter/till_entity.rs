//! Rows of `till`.

use sea_orm::entity::prelude::*;

/// A till of a chain that calls by itself.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "till")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub shop_id: Uuid,
    pub number: String,
    pub label: String,
    pub refunds: bool,
    pub key_sealed: Option<Vec<u8>>,
    pub added_by: Option<Uuid>,
    pub added_at: DateTimeUtc,
    pub revoked_by: Option<Uuid>,
    pub revoked_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `pay_device`.

use sea_orm::entity::prelude::*;

/// A phone that makes pay codes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pay_device")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    pub account_id: Uuid,
    pub number: String,
    pub secret_sealed: Option<Vec<u8>>,
    pub label: String,
    pub enrolled_at: DateTimeUtc,
    pub good_until: DateTimeUtc,
    pub revoked_at: Option<DateTimeUtc>,
    pub why: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

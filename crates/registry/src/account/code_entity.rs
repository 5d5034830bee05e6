//! Rows of `sign_in_code`.

use sea_orm::entity::prelude::*;

/// The one code that is good for a phone.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_code")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub phone_digest: Vec<u8>,
    pub code_hash: Vec<u8>,
    pub sent_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub tries: i64,
    pub sent_on: Date,
    pub sent_count: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

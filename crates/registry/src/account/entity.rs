//! Rows of `account`.

use sea_orm::entity::prelude::*;

/// An account: how somebody signs in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub login: Option<String>,
    pub name: Option<String>,
    pub person_id: Option<Uuid>,
    pub phone_sealed: Option<Vec<u8>>,
    pub phone_digest: Option<Vec<u8>>,
    pub password_hash: Option<String>,
    pub must_change: bool,
    pub totp_sealed: Option<Vec<u8>>,
    pub totp_last_step: i64,
    pub failures: i64,
    pub locked_until: Option<DateTimeUtc>,
    pub disabled_at: Option<DateTimeUtc>,
    pub demo_key: Option<String>,
    pub synthetic: bool,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `join_application`.

use sea_orm::entity::prelude::*;

/// An application to join a union.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "join_application")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub door: String,
    pub organization_id: Uuid,
    pub dispatch: bool,
    pub work: Option<String>,
    pub division_code: Option<String>,
    pub employer_name: Option<String>,
    pub name: Option<String>,
    pub id_kind: String,
    pub id_number_sealed: Option<Vec<u8>>,
    pub id_digest: Option<Vec<u8>>,
    pub phone_sealed: Option<Vec<u8>>,
    pub employment_form: String,
    pub consent_version: String,
    pub state: String,
    pub submitted_at: DateTimeUtc,
    pub decided_at: Option<DateTimeUtc>,
    pub return_reason: Option<String>,
    pub membership_id: Option<Uuid>,
    pub synthetic: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `hand_over`.

use sea_orm::entity::prelude::*;

/// A one-time code for a member's record; the code itself is nowhere, its digest only while it is good.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hand_over")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    pub membership_id: Uuid,
    pub code_digest: Option<Vec<u8>>,
    pub issued_by: Option<Uuid>,
    pub issued_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub wrong: i64,
    pub ended_at: Option<DateTimeUtc>,
    pub outcome: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `poll`.

use sea_orm::entity::prelude::*;

/// One key and one box: the ratings of an evaluation, its opinions, or a round of asking again.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "poll")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub evaluation_id: Uuid,
    pub purpose: String,
    pub round: i64,
    pub issuer: String,
    pub public_key: Vec<u8>,
    pub key_hash: Vec<u8>,
    pub opens_on: Date,
    pub closes_at: DateTimeUtc,
    pub state: String,
    pub destroyed: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

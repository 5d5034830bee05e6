//! Rows of `publication`.

use sea_orm::entity::prelude::*;

/// What was published of an evaluation, for good.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "publication")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub evaluation_id: Uuid,
    pub poll_id: Uuid,
    pub ballots: i64,
    /// [`Figures`](super::tally::Figures) as JSON.
    pub figures: String,
    pub hash: Vec<u8>,
    pub merkle_root: Vec<u8>,
    pub signature: Vec<u8>,
    pub public_key: Vec<u8>,
    pub file_id: Uuid,
    pub published_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

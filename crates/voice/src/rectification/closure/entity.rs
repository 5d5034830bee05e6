//! Rows of `closure_round`.

use sea_orm::entity::prelude::*;

/// One round of asking the electorate again.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "closure_round")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub poll_id: Uuid,
    pub rectification_id: Uuid,
    pub round: i64,
    pub form: String,
    pub form_hash: Vec<u8>,
    pub state: String,
    pub ballots: Option<i64>,
    pub opened_on: Date,
    pub closes_at: DateTimeUtc,
    pub counted_on: Option<Date>,
    /// The published file, from which anybody can recount the round.
    pub file_id: Option<Uuid>,
    pub hash: Option<Vec<u8>>,
    pub merkle_root: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

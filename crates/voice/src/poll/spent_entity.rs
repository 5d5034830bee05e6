//! Rows of `spent`.

use sea_orm::entity::prelude::*;

/// A token that came back. It belongs to nobody and to no ballot.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "spent")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub poll_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    pub token: Vec<u8>,
    pub signature: Vec<u8>,
    /// Random: tells the first cast of a token from one that came again. Made anew when rows are shuffled.
    pub claim: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

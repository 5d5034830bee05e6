//! Rows of `opinion_box`.

use sea_orm::entity::prelude::*;

/// What came out of the box of an evaluation's opinions; there once all of them are.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opinion_box")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub evaluation_id: Uuid,
    pub organization_id: Uuid,
    /// Sheets in the box, blank ones too.
    pub ballots: i64,
    /// Sheets that were too few to be shuffled in.
    pub destroyed: i64,
    /// Sheets with words on them.
    pub opinions: i64,
    /// Sheets that say that somebody told their author how to rate.
    pub pressed: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `opinion_hiding`.

use sea_orm::entity::prelude::*;

/// A proposal to hide a text from members, and what the level above decided.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opinion_hiding")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub opinion_id: Uuid,
    pub fault: String,
    pub reason: String,
    pub proposed_by: Uuid,
    pub proposed_at: DateTimeUtc,
    pub state: String,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub decision: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

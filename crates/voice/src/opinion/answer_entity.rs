//! Rows of `opinion_answer`.

use sea_orm::entity::prelude::*;

/// What was done with an opinion; the one with the highest number counts.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opinion_answer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub opinion_id: Uuid,
    pub number: i64,
    pub kind: String,
    pub text: Option<String>,
    pub answered_by: Uuid,
    pub answered_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

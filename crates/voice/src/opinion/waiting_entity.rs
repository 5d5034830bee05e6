//! Rows of `opinion_echo_waiting`.

use sea_orm::entity::prelude::*;

/// What an author said and nobody else sees before the next shuffle.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opinion_echo_waiting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub opinion_id: Uuid,
    pub place: Option<i64>,
    pub text: Option<String>,
    pub answer_id: Option<Uuid>,
    pub grade: Option<i64>,
    pub visible_on: Date,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

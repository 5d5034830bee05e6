//! Rows of `opinion_echo`.

use sea_orm::entity::prelude::*;

/// What an author said to an answer: words (`place`, `text`) or a grade (`answer_id`, `grade`).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opinion_echo")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub opinion_id: Uuid,
    pub place: Option<i64>,
    pub text: Option<String>,
    pub answer_id: Option<Uuid>,
    pub grade: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

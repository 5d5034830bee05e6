//! Rows of `words`.

use sea_orm::entity::prelude::*;

/// What somebody wrote, apart from everything else on the ballot; the id is random.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "words")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub evaluation_id: Uuid,
    pub question: String,
    pub said: String,
    pub state: String,
    pub shown: Option<String>,
    pub reason: Option<String>,
    pub decided_on: Option<Date>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `opinion`.

use sea_orm::entity::prelude::*;

/// What somebody said: a random id, no member, no moment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opinion")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub evaluation_id: Uuid,
    pub text: String,
    /// Blind index over what stands for the author's code.
    pub code_index: Option<Vec<u8>>,
    pub state: String,
    pub merged_into: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

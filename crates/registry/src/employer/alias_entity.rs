//! Rows of `employer_alias`.

use sea_orm::entity::prelude::*;

/// Another name of an employer: a former one, a short one, the one on its sign.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "employer_alias")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub employer_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub added_by: Option<Uuid>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

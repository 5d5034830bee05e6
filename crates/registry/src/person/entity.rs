//! Rows of `person`.

use sea_orm::entity::prelude::*;

/// A person: member, cashier, relative, lawyer or anybody else the federation deals with.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: Option<String>,
    pub sex: Option<String>,
    pub birth: Option<Date>,
    pub id_kind: Option<String>,
    pub id_number_sealed: Option<Vec<u8>>,
    pub phone_sealed: Option<Vec<u8>>,
    pub real_name: String,
    pub synthetic: bool,
    pub created_at: DateTimeUtc,
    pub erased_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

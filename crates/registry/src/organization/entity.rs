//! Rows of `organization`.

use sea_orm::entity::prelude::*;

/// A union; its place in the tree is a dated placement of the node with the same id.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organization")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub kind: String,
    pub state: String,
    pub uscc: Option<String>,
    pub division_code: String,
    pub employees_declared: Option<i64>,
    pub founded_by: Option<Uuid>,
    pub established_on: Option<Date>,
    pub dissolved_on: Option<Date>,
    pub term_from: Option<Date>,
    pub term_to: Option<Date>,
    pub contact_name: Option<String>,
    pub contact_phone_sealed: Option<Vec<u8>>,
    pub address: Option<String>,
    pub synthetic: bool,
    pub created_at: DateTimeUtc,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `spend_flag`.

use sea_orm::entity::prelude::*;

/// What an auditor should look at.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "spend_flag")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub person_id: Option<Uuid>,
    pub shop_id: Option<Uuid>,
    pub subject: String,
    pub from_at: DateTimeUtc,
    pub to_at: DateTimeUtc,
    pub times: i64,
    pub cents: i64,
    pub raised_at: DateTimeUtc,
    pub note: Option<String>,
    pub seen_by: Option<Uuid>,
    pub seen_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

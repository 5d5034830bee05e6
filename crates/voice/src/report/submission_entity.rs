//! Rows of `report_submission`.

use sea_orm::entity::prelude::*;

/// A duty report as it was submitted, for good.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report_submission")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// [`Content`](super::content::Content) as JSON: the bytes that were hashed.
    pub content: String,
    pub hash: Vec<u8>,
    pub submitted_by: Option<Uuid>,
    pub submitted_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

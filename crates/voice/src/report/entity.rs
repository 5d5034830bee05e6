//! Rows of `report`.

use sea_orm::entity::prelude::*;

/// A duty report as its chair has it before him; what was submitted of it stands in `report_submission`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub evaluation_id: Uuid,
    pub organization_id: Uuid,
    /// [`ReportSection`](super::rules::ReportSection)s as JSON.
    pub sections: String,
    /// Counts the changes of the text.
    pub version: i64,
    /// How often it was submitted; the last submission counts.
    pub submitted: i64,
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Rows of `merchant`.

use sea_orm::entity::prelude::*;

/// A firm that takes points, with its contract.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "merchant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub name: String,
    pub uscc: String,
    pub category: String,
    pub contact_name: String,
    pub contact_phone_sealed: Vec<u8>,
    pub terms: Option<String>,
    pub contract_from: Option<Date>,
    /// The first day on which it is over.
    pub contract_to: Option<Date>,
    pub state: String,
    pub reason: Option<String>,
    /// The phone account that applied, and manages first.
    pub applicant_id: Option<Uuid>,
    pub synthetic: bool,
    pub entered_by: Option<Uuid>,
    pub entered_at: DateTimeUtc,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

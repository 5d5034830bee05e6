//! Rows of `merchant_bank`.

use sea_orm::entity::prelude::*;

/// Where a merchant is paid; the number is sealed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "merchant_bank")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub merchant_id: Uuid,
    pub holder: String,
    pub bank: String,
    pub number_sealed: Vec<u8>,
    pub number_digest: Vec<u8>,
    /// The last four digits.
    pub tail: String,
    pub state: String,
    pub reason: Option<String>,
    pub entered_by: Option<Uuid>,
    pub entered_at: DateTimeUtc,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

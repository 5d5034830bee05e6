//! Rows of `shop`.

use sea_orm::entity::prelude::*;

/// A place where a merchant takes points.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shop")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub merchant_id: Uuid,
    /// The merchant's own number of it.
    pub code: String,
    pub name: String,
    pub division_code: String,
    pub address: String,
    /// Millionths of a degree.
    pub lon_e6: Option<i64>,
    pub lat_e6: Option<i64>,
    /// Minutes after midnight.
    pub opens: i64,
    pub closes: i64,
    /// Days of the week on which it is shut, `1` (Monday) to `7`.
    pub shut: String,
    pub state: String,
    pub reason: Option<String>,
    pub entered_at: DateTimeUtc,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

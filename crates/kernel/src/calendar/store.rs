//! Days that the deployment entered itself, laid over the bundled calendar.

use sea_orm::entity::prelude::*;

use super::{Calendar, Day};
use crate::error::Result;

/// An exceptional day of the database.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_day")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    pub working: bool,
    pub name: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The bundled calendar with the rows of the database laid over it; a row wins.
///
/// # Errors
/// The database.
pub async fn load(conn: &impl ConnectionTrait) -> Result<Calendar> {
    let rows = Entity::find().all(conn).await?;
    let own = rows.into_iter().map(|row| Day { date: row.day, working: row.working, name: row.name });
    Ok(Calendar::from_days(Calendar::bundled().days().cloned().chain(own)))
}

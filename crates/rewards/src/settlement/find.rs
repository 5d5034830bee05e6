//! Finding settlements and their items, and the day up to which one goes.

use kernel::access::Permission;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{SETTLEMENT_DAY, difference_entity as difference, entity, item_entity as item};

/// The last day of a settlement: one that is over; yesterday unless told.
///
/// # Errors
/// `settlement.day`.
pub fn through(asked: Option<Day>, today: Day) -> Result<Day> {
    let day = asked.or_else(|| today.pred_opt()).ok_or_else(|| SETTLEMENT_DAY.refusal())?;
    if day < today { Ok(day) } else { Err(SETTLEMENT_DAY.refusal().on("through").into()) }
}

/// A settlement in the scope of a permission of the caller.
///
/// # Errors
/// 404 outside the scope; the database.
pub async fn kept(cx: &Cx, conn: &impl ConnectionTrait, permission: Permission, id: Id) -> Result<entity::Model> {
    let row = entity::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)?;
    cx.caller.must(conn, permission, row.organization_id).await?;
    Ok(row)
}

/// The items of a settlement in order.
///
/// # Errors
/// The database.
pub async fn items(conn: &impl ConnectionTrait, settlement: Id) -> Result<Vec<item::Model>> {
    let rows =
        item::Entity::find().filter(item::Column::SettlementId.eq(settlement)).order_by_asc(item::Column::Number);
    Ok(rows.all(conn).await?)
}

/// The differences of a settlement, by upload and line.
///
/// # Errors
/// The database.
pub async fn differences(conn: &impl ConnectionTrait, settlement: Id) -> Result<Vec<difference::Model>> {
    let rows = difference::Entity::find()
        .filter(difference::Column::SettlementId.eq(settlement))
        .order_by_asc(difference::Column::StatementId)
        .order_by_asc(difference::Column::Line)
        .order_by_asc(difference::Column::Id);
    Ok(rows.all(conn).await?)
}

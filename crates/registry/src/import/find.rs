//! Finding an import for somebody: within his reach, or his own.

use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::words::ImportState;
use super::{IMPORT_STATE, entity as import, file_entity};

/// An import that the caller may look at: his own, or of a union within his reach.
///
/// # Errors
/// `not_found`; the database.
pub async fn visible(cx: &Cx, conn: &impl ConnectionTrait, id: Id) -> Result<import::Model> {
    let row = import::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)?;
    let own = row.account_id.is_some() && row.account_id == cx.caller.account_id();
    if own || cx.caller.may(conn, row.permission()?, row.organization_id).await? {
        return Ok(row);
    }
    Err(Error::not_found())
}

/// An import that the caller may move on, in one of these states.
///
/// # Errors
/// `not_found`, `access.denied`, `import.state`; the database.
pub async fn movable(cx: &Cx, tx: &Tx, id: Id, states: &[ImportState]) -> Result<import::Model> {
    let row = visible(cx, tx, id).await?;
    cx.caller.must(tx, row.permission()?, row.organization_id).await?;
    if !states.contains(&row.state()?) {
        return Err(IMPORT_STATE.refusal().into());
    }
    Ok(row)
}

/// The files of an import in order.
///
/// # Errors
/// The database.
pub async fn files(conn: &impl ConnectionTrait, id: Id) -> Result<Vec<file_entity::Model>> {
    let rows = file_entity::Entity::find().filter(file_entity::Column::ImportId.eq(id));
    Ok(rows.order_by_asc(file_entity::Column::Number).all(conn).await?)
}

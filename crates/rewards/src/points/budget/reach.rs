//! Budgets as others find them.

use kernel::access::Permission;
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::entity;

/// A budget.
///
/// # Errors
/// `not_found`; the database.
pub async fn load(conn: &impl ConnectionTrait, id: Id) -> Result<entity::Model> {
    entity::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)
}

/// A budget over which the caller holds a permission.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn held(cx: &Cx, conn: &impl ConnectionTrait, permission: Permission, id: Id) -> Result<entity::Model> {
    let row = load(conn, id).await?;
    cx.caller.must(conn, permission, row.organization_id).await?;
    Ok(row)
}

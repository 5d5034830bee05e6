//! Batches as the verbs find them.

use kernel::access::Permission;
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::{BATCH_STATE, batch_entity as batch};

/// A batch.
///
/// # Errors
/// `not_found`; the database.
pub async fn load(conn: &impl ConnectionTrait, id: Id) -> Result<batch::Model> {
    batch::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)
}

/// A batch over which the caller holds a permission.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn held(cx: &Cx, conn: &impl ConnectionTrait, permission: Permission, id: Id) -> Result<batch::Model> {
    let row = load(conn, id).await?;
    cx.caller.must(conn, permission, row.organization_id).await?;
    Ok(row)
}

/// Whether a statement that demanded a state changed its row.
///
/// # Errors
/// `issue.state`.
pub fn moved(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(BATCH_STATE.refusal().into()) }
}

//! Batches as the verbs find them.

use kernel::access::Permission;
use kernel::{Cx, Error, Id, Result};
use registry::access::MEMBER_READ;
use sea_orm::{ConnectionTrait, EntityTrait};

use super::{BATCH_STATE, batch_entity as batch};
use crate::access::POINTS_ISSUE;

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

/// A batch whose people the caller may see: he made it, or he reads the members of its union anyway. Levels above see
/// figures, not persons.
///
/// # Errors
/// 404 for everybody else; the database.
pub async fn known(cx: &Cx, conn: &impl ConnectionTrait, id: Id) -> Result<batch::Model> {
    let row = held(cx, conn, POINTS_ISSUE, id).await?;
    if row.made_by.is_none() || row.made_by != cx.caller.account_id() {
        cx.caller.must(conn, MEMBER_READ, row.organization_id).await?;
    }
    Ok(row)
}

/// Whether a statement that demanded a state changed its row.
///
/// # Errors
/// `issue.state`.
pub fn moved(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(BATCH_STATE.refusal().into()) }
}

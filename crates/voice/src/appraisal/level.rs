//! From which level of the tree somebody acts.

use kernel::access::Permission;
use kernel::caller::Caller;
use kernel::time::Day;
use kernel::{Id, Result, node};
use registry::organization::entity as organization;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::scheme::Level;

/// The highest level from which the caller holds a permission over a union; `None` when he does not.
///
/// # Errors
/// The database.
pub async fn level_at(
    caller: &Caller,
    conn: &impl ConnectionTrait,
    permission: Permission,
    union: Id,
    today: Day,
) -> Result<Option<Level>> {
    let holding = reaching(caller, conn, permission, union, today).await?;
    let rows = organization::Entity::find().filter(organization::Column::Id.is_in(holding)).all(conn).await?;
    let levels: Vec<Level> = rows.iter().map(|row| Ok(Level::of(row.kind()?))).collect::<Result<_>>()?;
    Ok(levels.into_iter().max())
}

/// Whether the caller holds a permission from above a union, not merely in it.
///
/// # Errors
/// The database.
pub async fn stands_above(
    caller: &Caller,
    conn: &impl ConnectionTrait,
    permission: Permission,
    union: Id,
    today: Day,
) -> Result<bool> {
    Ok(reaching(caller, conn, permission, union, today).await?.into_iter().any(|node| node != union))
}

/// The nodes at or above a union on which the caller holds a permission.
async fn reaching(
    caller: &Caller,
    conn: &impl ConnectionTrait,
    permission: Permission,
    union: Id,
    today: Day,
) -> Result<Vec<Id>> {
    let holding = caller.nodes_with(permission);
    let path = node::path(conn, union, today).await?;
    Ok(path.into_iter().filter(|node| holding.contains(node)).collect())
}

//! Who is at work at a union.

use std::collections::BTreeSet;

use kernel::access::{Permission, grant};
use kernel::{Id, Result, Tx};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// Accounts with a grant in force on this very union, not above it, that carries a permission: those who are told when
/// something waits there.
///
/// # Errors
/// The database.
pub async fn holders(tx: &Tx, organization: Id, permission: Permission) -> Result<BTreeSet<Id>> {
    let grants = grant::Entity::find()
        .filter(grant::Column::NodeId.eq(organization))
        .filter(grant::Column::RevokedAt.is_null())
        .all(tx)
        .await?;
    let policy = &tx.app().policy;
    let holding = grants
        .into_iter()
        .filter(|row| row.in_force(tx.today()) && policy.permissions(&row.role).contains(&permission))
        .map(|row| row.account_id);
    Ok(holding.collect())
}

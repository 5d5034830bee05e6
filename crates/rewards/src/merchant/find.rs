//! Finding a merchant: in the caller's scope, and as one that takes points.

use kernel::access::Permission;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::{MERCHANT_CLOSED, entity};

/// A merchant in the scope of a permission of the caller.
///
/// # Errors
/// 404 outside the scope; the database.
pub async fn kept(cx: &Cx, conn: &impl ConnectionTrait, permission: Permission, merchant: Id) -> Result<entity::Model> {
    let row = one(conn, merchant).await?;
    cx.caller.must(conn, permission, row.organization_id).await?;
    Ok(row)
}

/// A merchant that must exist.
///
/// # Errors
/// 404; the database.
pub async fn one(conn: &impl ConnectionTrait, merchant: Id) -> Result<entity::Model> {
    entity::Entity::find_by_id(merchant).one(conn).await?.ok_or_else(Error::not_found)
}

/// A merchant that takes points on a day: its contract is approved, has begun and is not over.
///
/// # Errors
/// `merchant.closed`, 404; the database.
pub async fn takes_points(conn: &impl ConnectionTrait, merchant: Id, day: Day) -> Result<entity::Model> {
    let row = one(conn, merchant).await?;
    if row.takes_points(day) { Ok(row) } else { Err(MERCHANT_CLOSED.refusal().into()) }
}

impl entity::Model {
    /// Whether it takes points on a day.
    #[must_use]
    pub fn takes_points(&self, day: Day) -> bool {
        takes_points_on(&self.state, self.contract_from, self.contract_to, day)
    }
}

/// Whether a merchant of this state and contract takes points on a day.
#[must_use]
pub fn takes_points_on(state: &str, from: Option<Day>, to: Option<Day>, day: Day) -> bool {
    state == "active" && from.is_some_and(|from| from <= day) && to.is_some_and(|to| day < to)
}

//! Who may see a budget item: members of the union and of those below it, and staff in whose scope it lies.

use kernel::{Cx, Error, Id, Result, node};
use registry::member::entity as membership;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::entity;
use crate::access::{EVALUATION_READ, FUND_KEEP};

/// The unions to which the caller belongs as a member, with everything above them.
///
/// # Errors
/// The database.
pub async fn unions_of_member(cx: &Cx) -> Result<Vec<Id>> {
    let Some(person) = cx.caller.person_id() else { return Ok(Vec::new()) };
    let own = membership::Entity::find()
        .select_only()
        .column(membership::Column::OrganizationId)
        .filter(membership::Column::PersonId.eq(person))
        .filter(membership::Column::State.eq("active"));
    let own: Vec<Id> = own.into_tuple().all(cx.read()).await?;
    let mut unions = Vec::new();
    for union in own {
        unions.extend(node::path(cx.read(), union, cx.today()).await?);
    }
    Ok(unions)
}

/// An item that the caller may see.
///
/// # Errors
/// `not_found` for everybody else; the database.
pub async fn seen(cx: &Cx, id: Id) -> Result<entity::Model> {
    let row = entity::Entity::find_by_id(id).one(cx.read()).await?.ok_or_else(Error::not_found)?;
    if unions_of_member(cx).await?.contains(&row.organization_id) {
        return Ok(row);
    }
    if cx.caller.may(cx.read(), EVALUATION_READ, row.organization_id).await? {
        return Ok(row);
    }
    Err(Error::not_found())
}

/// An item that the caller keeps.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn kept(cx: &Cx, conn: &impl ConnectionTrait, id: Id) -> Result<entity::Model> {
    let row = entity::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)?;
    cx.caller.must(conn, FUND_KEEP, row.organization_id).await?;
    Ok(row)
}

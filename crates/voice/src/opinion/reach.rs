//! Who may do what with the opinions of an evaluation.

use kernel::caller::Caller;
use kernel::{Cx, Error, Id, Result, node};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::{box_entity, entity};
use crate::access::{OPINION_ANSWER, OPINION_MODERATE};

/// The box of an evaluation's opinions.
///
/// # Errors
/// `not_found` before everything is out; the database.
pub async fn opened_box(conn: &impl ConnectionTrait, evaluation: Id) -> Result<box_entity::Model> {
    box_entity::Entity::find_by_id(evaluation).one(conn).await?.ok_or_else(Error::not_found)
}

/// An opinion and its box.
///
/// # Errors
/// `not_found`; the database.
pub async fn opinion(conn: &impl ConnectionTrait, id: Id) -> Result<(entity::Model, box_entity::Model)> {
    let row = entity::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)?;
    let whole = opened_box(conn, row.evaluation_id).await?;
    Ok((row, whole))
}

/// An opinion that the caller answers for.
///
/// # Errors
/// `not_found` for everybody else; the database.
pub async fn answerable(cx: &Cx, conn: &impl ConnectionTrait, id: Id) -> Result<(entity::Model, box_entity::Model)> {
    let (row, whole) = opinion(conn, id).await?;
    if answers_for(&cx.caller, whole.organization_id) { Ok((row, whole)) } else { Err(Error::not_found()) }
}

/// Whether the caller answers for a union: by an office in this very union. A grant of a level above does not flow down
/// here, since nobody shall answer in place of those who were spoken to.
#[must_use]
pub fn answers_for(caller: &Caller, union: Id) -> bool {
    caller.nodes_with(OPINION_ANSWER).contains(&union)
}

/// The node whose officers moderate what is said about a union: the one above it; the city has nobody over it.
///
/// # Errors
/// The database.
pub async fn moderating(cx: &Cx, conn: &impl ConnectionTrait, union: Id) -> Result<Id> {
    Ok(node::parent(conn, union, cx.today()).await?.unwrap_or(union))
}

/// Whether the caller stands above a union and reads all that is said about it.
///
/// # Errors
/// The database.
pub async fn stands_over(cx: &Cx, conn: &impl ConnectionTrait, union: Id) -> Result<bool> {
    if !cx.caller.holds(OPINION_MODERATE) {
        return Ok(false);
    }
    let above = moderating(cx, conn, union).await?;
    cx.caller.may(conn, OPINION_MODERATE, above).await
}

//! Finding an evaluation, and who may know of it.

use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{EVALUATION_STATE, elector_entity as elector, entity, union_entity};
use crate::access::{EVALUATION_READ, EVALUATION_START};
use crate::appraisal::rules::State;
use crate::instrument::Instrument;

/// Loads an evaluation.
///
/// # Errors
/// `not_found`; the database.
pub async fn load(conn: &impl ConnectionTrait, id: Id) -> Result<entity::Model> {
    entity::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)
}

/// The instrument of an evaluation that was opened.
///
/// # Errors
/// `evaluation.state` before that; a text that is no instrument.
pub fn instrument(evaluation: &entity::Model) -> Result<Instrument> {
    let text = evaluation.instrument.as_deref().ok_or_else(|| EVALUATION_STATE.refusal())?;
    Instrument::read(text)
}

/// Whether somebody may vote in an evaluation.
///
/// # Errors
/// The database.
pub async fn is_elector(conn: &impl ConnectionTrait, evaluation: Id, person: Id) -> Result<bool> {
    Ok(elector::Entity::find_by_id((evaluation, person)).one(conn).await?.is_some())
}

/// The unions whose members answer, in order of their ids.
///
/// # Errors
/// The database.
pub async fn unions(conn: &impl ConnectionTrait, evaluation: Id) -> Result<Vec<Id>> {
    let rows = union_entity::Entity::find()
        .select_only()
        .column(union_entity::Column::OrganizationId)
        .filter(union_entity::Column::EvaluationId.eq(evaluation))
        .order_by_asc(union_entity::Column::OrganizationId);
    Ok(rows.into_tuple().all(conn).await?)
}

/// Whether the caller may read an evaluation as staff: of the union responsible, or of one whose members answer.
///
/// # Errors
/// The database.
pub async fn read_by_staff(cx: &Cx, conn: &impl ConnectionTrait, evaluation: &entity::Model) -> Result<bool> {
    if !cx.caller.holds(EVALUATION_READ) {
        return Ok(false);
    }
    if cx.caller.may(conn, EVALUATION_READ, evaluation.organization_id).await? {
        return Ok(true);
    }
    for union in unions(conn, evaluation.id).await? {
        if cx.caller.may(conn, EVALUATION_READ, union).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A draft that the caller may work on.
///
/// # Errors
/// 404 outside the caller's scope; `evaluation.state` when it is no draft any more; the database.
pub async fn draft(cx: &Cx, conn: &impl ConnectionTrait, id: Id) -> Result<entity::Model> {
    let row = load(conn, id).await?;
    cx.caller.must(conn, EVALUATION_START, row.organization_id).await?;
    if row.state == State::Draft.as_str() { Ok(row) } else { Err(EVALUATION_STATE.refusal().into()) }
}

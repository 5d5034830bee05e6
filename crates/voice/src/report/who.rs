//! Who may write a report, and who may read it.

use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{REPORT_FIXED, REPORT_NOT_HERE, REPORT_UNSAVED, entity};
use crate::access::EVALUATION_ANSWER;
use crate::appraisal::rules::State;
use crate::appraisal::{self, entity as evaluation};

/// The evaluation of a report that the caller writes: he holds the office in that very union, and its members answer.
pub async fn writer(cx: &Cx, conn: &impl ConnectionTrait, evaluation_id: Id, union: Id) -> Result<evaluation::Model> {
    cx.caller.must(conn, EVALUATION_ANSWER, union).await?;
    // The permission flows down the tree; the office does not.
    let scope = cx.caller.scope(EVALUATION_ANSWER);
    let own = scope.roots().is_none_or(|roots| roots.contains(&union));
    let row = appraisal::load(conn, evaluation_id).await?;
    if !own || !appraisal::unions(conn, evaluation_id).await?.contains(&union) {
        return Err(Error::not_found());
    }
    if !matches!(row.subject_kind.as_str(), "chair" | "union") {
        return Err(REPORT_NOT_HERE.refusal().into());
    }
    Ok(row)
}

/// The evaluation of a report that the caller changes now: nobody can open it before this is committed.
pub async fn changing(cx: &Cx, tx: &Tx, evaluation_id: Id, union: Id) -> Result<evaluation::Model> {
    let row = writer(cx, tx, evaluation_id, union).await?;
    hold(tx, row.id).await?;
    Ok(row)
}

/// Holds a draft where it is until the transaction ends.
pub async fn hold(tx: &Tx, evaluation_id: Id) -> Result<()> {
    let sql = "UPDATE evaluation SET version = version WHERE id = $1 AND state = 'draft'";
    if tx.execute_sql(sql, [evaluation_id.into()]).await? == 1 { Ok(()) } else { Err(REPORT_FIXED.refusal().into()) }
}

/// The report of a union, where it was begun.
pub async fn find(conn: &impl ConnectionTrait, evaluation_id: Id, union: Id) -> Result<Option<entity::Model>> {
    let row = entity::Entity::find()
        .filter(entity::Column::EvaluationId.eq(evaluation_id))
        .filter(entity::Column::OrganizationId.eq(union));
    Ok(row.one(conn).await?)
}

/// The report of a union, which must be begun.
pub async fn begun(conn: &impl ConnectionTrait, evaluation_id: Id, union: Id) -> Result<entity::Model> {
    find(conn, evaluation_id, union).await?.ok_or_else(|| REPORT_UNSAVED.refusal().into())
}

/// The evaluation of which the caller may read the reports: staff at any time, who may vote once it was opened, everybody
/// once the result is out.
pub async fn reader(cx: &Cx, evaluation_id: Id) -> Result<evaluation::Model> {
    let conn = cx.read();
    let row = appraisal::load(conn, evaluation_id).await?;
    let state = State::parse(&row.state)?;
    if state == State::Published || appraisal::read_by_staff(cx, conn, &row).await? {
        return Ok(row);
    }
    match cx.caller.person_id() {
        Some(person) if state.was_opened() && appraisal::is_elector(conn, row.id, person).await? => Ok(row),
        _ => Err(Error::not_found()),
    }
}

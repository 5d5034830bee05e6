//! The rectification of an evaluation: found, begun, and who may work on it.

use kernel::event::Event;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result, Tx, calendar, node, notice};
use registry::staff::holders;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{RECTIFICATION_EARLY, RECTIFICATION_NONE, RECTIFICATION_OWN, entity};
use crate::access::{EVALUATION_READ, EVALUATION_START};
use crate::appraisal::entity as evaluation;
use crate::duty::{self, DutyKind, NewDuty};

/// The rectification of an evaluation, where there is one.
///
/// # Errors
/// The database.
pub async fn find(conn: &impl ConnectionTrait, evaluation: Id) -> Result<Option<entity::Model>> {
    let row = entity::Entity::find().filter(entity::Column::EvaluationId.eq(evaluation));
    Ok(row.one(conn).await?)
}

/// The rectification of an evaluation.
///
/// # Errors
/// `rectification.none`; the database.
pub async fn must(conn: &impl ConnectionTrait, evaluation: Id) -> Result<entity::Model> {
    find(conn, evaluation).await?.ok_or_else(|| RECTIFICATION_NONE.refusal().into())
}

/// An evaluation whose voting is over and done.
///
/// # Errors
/// `not_found`; `rectification.early` while it is not; the database.
pub async fn ended(conn: &impl ConnectionTrait, id: Id) -> Result<evaluation::Model> {
    let row = evaluation::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)?;
    match row.state.as_str() {
        "published" | "too_few" => Ok(row),
        "open" | "closing" => Err(RECTIFICATION_EARLY.refusal().into()),
        _ => Err(Error::not_found()),
    }
}

/// The rectification of an evaluation, begun now if there is none: its plan is due the same day next month, counted
/// from `start`.
///
/// # Errors
/// Contention; the database.
pub async fn ensure(tx: &Tx, evaluation: &evaluation::Model, start: Day) -> Result<entity::Model> {
    let row = entity::ActiveModel {
        id: Set(tx.id()),
        evaluation_id: Set(evaluation.id),
        organization_id: Set(evaluation.organization_id),
        opened_on: Set(tx.today()),
        closed_on: Set(None),
    };
    let insert = entity::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    let fresh = insert.exec_without_returning(tx).await? == 1;
    let case = find(tx, evaluation.id).await?.ok_or(Error::Contention)?;
    if fresh {
        let event = Event::of("rectification.opened", "rectification", case.id).at(case.organization_id);
        let event = tx.record(event.with("evaluation_id", evaluation.id)).await?;
        let due = calendar::load(tx).await?.due_next_month(start);
        let body = format!("评议中发现了需要整改的问题，请在 {} 前提交整改方案。", due.day);
        begin(tx, &case, DutyKind::Plan, case.id, due).await?;
        tell_union(tx, &case, ("rectification.opened", event), ("请提交整改方案", body)).await?;
    }
    Ok(case)
}

/// Begins a duty of the union itself, or of the level above for a review.
///
/// # Errors
/// The database.
pub async fn begin(tx: &Tx, case: &entity::Model, kind: DutyKind, subject: Id, due: calendar::Due) -> Result<()> {
    let organization_id = match kind {
        DutyKind::Review => above(tx, case.organization_id).await?,
        _ => case.organization_id,
    };
    let new = NewDuty { evaluation_id: case.evaluation_id, organization_id, kind, subject_id: subject, due };
    duty::begin(tx, new).await
}

/// The level above a union; the topmost one has none but itself.
///
/// # Errors
/// The database.
pub async fn above(tx: &Tx, organization: Id) -> Result<Id> {
    Ok(node::parent(tx, organization, tx.today()).await?.unwrap_or(organization))
}

/// Whether the caller works on it in the union itself: its chair, or the officers of a town that answers for small
/// unions. Those above look on and help, but they do not write the union's plan.
#[must_use]
pub fn may_work(cx: &Cx, organization: Id) -> bool {
    cx.caller.nodes_with(EVALUATION_START).contains(&organization)
}

/// Demands that the caller works on it.
///
/// # Errors
/// `rectification.own` for those above; 404 outside the caller's scope; the database.
pub async fn must_work(cx: &Cx, conn: &impl ConnectionTrait, organization: Id) -> Result<()> {
    if may_work(cx, organization) {
        return Ok(());
    }
    cx.caller.must(conn, EVALUATION_READ, organization).await?;
    Err(RECTIFICATION_OWN.refusal().into())
}

/// Tells those who work on it in the union.
///
/// # Errors
/// The database.
pub async fn tell_union(
    tx: &Tx,
    case: &entity::Model,
    (kind, event): (&'static str, Id),
    (title, body): (&str, String),
) -> Result<()> {
    let link = format!("/chair/evaluations/{}/rectification", case.evaluation_id);
    let staff = holders(tx, case.organization_id, EVALUATION_START).await?;
    send(tx, staff, (kind, event), (title, body), link).await
}

/// Tells the level above.
///
/// # Errors
/// The database.
pub async fn tell_above(
    tx: &Tx,
    case: &entity::Model,
    (kind, event): (&'static str, Id),
    (title, body): (&str, String),
) -> Result<()> {
    let above = above(tx, case.organization_id).await?;
    let link = format!("/evaluations/{}/rectification", case.evaluation_id);
    let staff = holders(tx, above, EVALUATION_READ).await?;
    send(tx, staff, (kind, event), (title, body), link).await
}

async fn send(
    tx: &Tx,
    accounts: impl IntoIterator<Item = Id>,
    (kind, event): (&'static str, Id),
    (title, body): (&str, String),
    link: String,
) -> Result<()> {
    for account_id in accounts {
        let (title, body, link) = (title.to_owned(), body.clone(), Some(link.clone()));
        notice::send(tx, notice::New { account_id, kind, title, body, link, event_id: Some(event) }).await?;
    }
    Ok(())
}

//! How an attempt begins and ends: fixed, or not and then another one follows; and the rectification closes when every
//! problem is fixed.

use kernel::calendar::Due;
use kernel::event::Event;
use kernel::{Error, Id, Result, Tx, calendar, parameter};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::rules::{Finding, ItemState};
use super::{case, entity, item_entity as item, problem_entity as problem};
use crate::duty::DutyKind;
use crate::parameters::{RECTIFICATION_REVIEW_DAYS, RECTIFICATION_ROUNDS};

/// Begins an attempt at a problem, and its duty.
///
/// # Errors
/// Contention when the problem is being worked on already; the database.
pub(super) async fn begin(tx: &Tx, case: &entity::Model, (problem, attempt): (Id, i64), due: Due) -> Result<Id> {
    let id = tx.id();
    let insert = "INSERT INTO rectification_item (id, problem_id, attempt, state, begun_on)
        VALUES ($1, $2, $3, 'open', $4) ON CONFLICT DO NOTHING";
    let values = [id.into(), problem.into(), attempt.into(), tx.today().into()];
    if tx.execute_sql(insert, values).await? != 1 {
        return Err(Error::Contention);
    }
    case::begin(tx, case, DutyKind::Item, id, due).await?;
    Ok(id)
}

/// Moves an attempt from one state to another; `false` when it is not in the first.
///
/// # Errors
/// The database.
pub(super) async fn pass(tx: &Tx, item: Id, from: ItemState, to: ItemState) -> Result<bool> {
    let update = "UPDATE rectification_item SET state = $3 WHERE id = $1 AND state = $2";
    Ok(tx.execute_sql(update, [item.into(), from.as_str().into(), to.as_str().into()]).await? == 1)
}

/// What follows when an attempt was claimed: beyond the rounds in which the electorate is asked, the level above looks
/// for itself.
///
/// # Errors
/// The database.
pub(super) async fn claimed(tx: &Tx, case: &entity::Model, item: &item::Model) -> Result<()> {
    if item.attempt <= rounds(tx).await? {
        return Ok(());
    }
    review(tx, case, item, ItemState::Claimed).await
}

/// In how many rounds the electorate is asked about a problem.
///
/// # Errors
/// The database.
pub(super) async fn rounds(tx: &Tx) -> Result<i64> {
    parameter::get_i64(tx, RECTIFICATION_ROUNDS, "", tx.today()).await
}

/// Hands an attempt to the level above.
///
/// # Errors
/// Contention when it is not in the state `from`; the database.
pub(super) async fn review(tx: &Tx, case: &entity::Model, item: &item::Model, from: ItemState) -> Result<()> {
    if !pass(tx, item.id, from, ItemState::Review).await? {
        return Err(Error::Contention);
    }
    let days = parameter::get_i64(tx, RECTIFICATION_REVIEW_DAYS, "", tx.today()).await?;
    let days = u32::try_from(days).map_err(Error::internal)?;
    let due = calendar::load(tx).await?.due_after_working_days(tx.today(), days);
    let event = Event::of("rectification.review_asked", "rectification", case.id).at(case.organization_id);
    let event = tx.record(event.with("item_id", item.id)).await?;
    let body = format!("下级工会有一项整改需要上级核查，请在 {} 前核查并写明结论。", due.day);
    case::begin(tx, case, DutyKind::Review, item.id, due).await?;
    case::tell_above(tx, case, ("rectification.review_asked", event), ("有整改等待核查", body)).await
}

/// Settles an attempt that was asked about or looked at. What is not fixed runs again until the same day next month, and
/// the level above is told.
///
/// # Errors
/// Contention when it is not in the state `from`; the database.
pub(super) async fn settle(
    tx: &Tx,
    case: &entity::Model,
    item: &item::Model,
    from: ItemState,
    finding: Finding,
) -> Result<()> {
    let update = "UPDATE rectification_item SET state = $3, settled_on = $4 WHERE id = $1 AND state = $2";
    let values = [item.id.into(), from.as_str().into(), finding.as_str().into(), tx.today().into()];
    if tx.execute_sql(update, values).await? != 1 {
        return Err(Error::Contention);
    }
    match finding {
        Finding::Fixed => {
            let event = Event::of("rectification.fixed", "rectification", case.id).at(case.organization_id);
            tx.record(event.with("item_id", item.id)).await?;
            close(tx, case).await
        }
        Finding::NotFixed => again(tx, case, item).await,
    }
}

async fn again(tx: &Tx, case: &entity::Model, item: &item::Model) -> Result<()> {
    let due = calendar::load(tx).await?.due_next_month(tx.today());
    let day = due.day;
    let next = begin(tx, case, (item.problem_id, item.attempt + 1), due).await?;
    let event = Event::of("rectification.item_reopened", "rectification", case.id).at(case.organization_id);
    let event = tx.record(event.with("item_id", next).with("attempt", item.attempt + 1)).await?;
    let kind = "rectification.item_reopened";
    let body = format!("有一项整改没有得到认可，要重新整改，新的期限是 {day}。请补充措施，做完后再报。");
    case::tell_union(tx, case, (kind, event), ("一项整改要重新办理", body)).await?;
    let body = format!("下级工会有一项整改没有得到认可，已要求重新整改，新的期限是 {day}。");
    case::tell_above(tx, case, (kind, event), ("下级一项整改重新办理", body)).await
}

/// Closes the rectification when every problem is fixed.
async fn close(tx: &Tx, case: &entity::Model) -> Result<()> {
    let problems = problem::Entity::find().filter(problem::Column::RectificationId.eq(case.id)).all(tx).await?;
    let fixed = item::Entity::find()
        .filter(item::Column::ProblemId.is_in(problems.iter().map(|row| row.id)))
        .filter(item::Column::State.eq(ItemState::Fixed.as_str()))
        .count(tx)
        .await?;
    if fixed < problems.len() as u64 {
        return Ok(());
    }
    let update = "UPDATE rectification SET closed_on = $2 WHERE id = $1 AND closed_on IS NULL";
    if tx.execute_sql(update, [case.id.into(), tx.today().into()]).await? == 1 {
        let event = Event::of("rectification.closed", "rectification", case.id).at(case.organization_id);
        let event = tx.record(event.with("problems", problems.len())).await?;
        let body = "评议中发现的问题都已整改到位，结果已经向会员公布。".to_owned();
        case::tell_union(tx, case, ("rectification.closed", event), ("整改已经办结", body)).await?;
    }
    Ok(())
}

/// The rectification and the problem of an attempt.
///
/// # Errors
/// `not_found`; the database.
pub(super) async fn load(conn: &impl ConnectionTrait, id: Id) -> Result<(entity::Model, item::Model)> {
    let item = item::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)?;
    let problem = problem::Entity::find_by_id(item.problem_id).one(conn).await?.ok_or_else(Error::not_found)?;
    let case = entity::Entity::find_by_id(problem.rectification_id).one(conn).await?.ok_or_else(Error::not_found)?;
    Ok((case, item))
}

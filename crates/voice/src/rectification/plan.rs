//! The plan as a contract: what is done against each problem, who sees to it, until when. A later version stands beside
//! the former one; the last day of what runs already is moved by the level above alone.

use std::collections::HashMap;

use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::routes::Done;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result, Tx, calendar, parameter};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{self, ItemState, Promise, Unsettled};
use super::{
    RECTIFICATION_CHANGED, case, entity, item_entity as item, plan_entity as plan, problem_entity as problem, settle,
};
use crate::duty::{self, DutyKind, entity as duties};
use crate::parameters::RECTIFICATION_LONGEST_DAYS;

/// A plan about to be filed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RectificationPlan {
    /// Of which evaluation.
    pub evaluation_id: Uuid,
    /// The version that this one follows; 0 for the first.
    pub version: i64,
    /// One promise for each problem that is not settled and not waiting for a finding.
    pub promises: Vec<Promise>,
}

/// Files a plan; with it what it promises begins to run, and the duty to file one is done.
///
/// # Errors
/// `rectification.none`, `rectification.own`, `rectification.changed`, `rectification.plan`, `rectification.text`,
/// `rectification.due`, `rectification.due_running`; 404 outside the caller's scope; the database.
pub async fn file(cx: Cx, input: RectificationPlan) -> Result<Done> {
    let tx = cx.begin().await?;
    let case = case::must(&tx, input.evaluation_id).await?;
    case::must_work(&cx, &tx, case.organization_id).await?;
    if latest(&tx, case.id).await?.map_or(0, |row| row.version) != input.version {
        return Err(RECTIFICATION_CHANGED.refusal().into());
    }
    let longest = parameter::get_i64(&tx, RECTIFICATION_LONGEST_DAYS, "", tx.today()).await?;
    let unsettled = unsettled(&tx, case.id).await?;
    let promises = rules::plan(&input.promises, &unsettled, tx.today(), longest)?;
    let version = input.version + 1;
    let plan_id = enter(&tx, &case, version).await?;
    let row = |one: &Promise| {
        vec![
            plan_id.into(),
            one.problem_id.into(),
            one.measure.clone().into(),
            one.owner.clone().into(),
            one.due_on.into(),
        ]
    };
    let columns = ["plan_id", "problem_id", "measure", "owner", "due_on"];
    insert_rows(&tx, "rectification_measure", &columns, promises.iter().map(row).collect(), "").await?;
    let calendar = calendar::load(&tx).await?;
    for promise in &promises {
        let new = unsettled.iter().any(|one| one.problem_id == promise.problem_id && one.running.is_none());
        if new {
            settle::begin(&tx, &case, (promise.problem_id, 1), calendar.due_set(promise.due_on)).await?;
        }
        duty::done(&tx, DutyKind::Plan, promise.problem_id).await?;
    }
    duty::done(&tx, DutyKind::Plan, case.id).await?;
    let event = Event::of("rectification.planned", "rectification", case.id).at(case.organization_id);
    tx.record(event.with("version", version).with("items", promises.len())).await?;
    tx.commit(Done {}).await
}

async fn enter(tx: &Tx, case: &entity::Model, version: i64) -> Result<Id> {
    let id = tx.id();
    let row = plan::ActiveModel {
        id: Set(id),
        rectification_id: Set(case.id),
        version: Set(version),
        filed_by: Set(tx.caller().account_id()),
        filed_on: Set(tx.today()),
    };
    let insert = plan::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    // Two who file at once: the second one is run again and hears that it has changed.
    if insert.exec_without_returning(tx).await? == 1 { Ok(id) } else { Err(Error::Contention) }
}

/// The version in force.
///
/// # Errors
/// The database.
pub async fn latest(conn: &impl ConnectionTrait, case: Id) -> Result<Option<plan::Model>> {
    let rows = plan::Entity::find().filter(plan::Column::RectificationId.eq(case));
    Ok(rows.order_by_desc(plan::Column::Version).one(conn).await?)
}

/// Problems that a plan must answer: those without an attempt, and those being worked on with the day that runs.
async fn unsettled(conn: &impl ConnectionTrait, case: Id) -> Result<Vec<Unsettled>> {
    let problems = problem::Entity::find().filter(problem::Column::RectificationId.eq(case)).all(conn).await?;
    let ids: Vec<Id> = problems.iter().map(|row| row.id).collect();
    let running = item::Entity::find()
        .filter(item::Column::ProblemId.is_in(ids.iter().copied()))
        .filter(item::Column::State.ne(ItemState::NotFixed.as_str()))
        .all(conn)
        .await?;
    let days = days(conn, running.iter().map(|row| row.id)).await?;
    let running: HashMap<Id, item::Model> = running.into_iter().map(|row| (row.problem_id, row)).collect();
    let wanted = |problem_id: &Id| match running.get(problem_id) {
        None => Some(Unsettled { problem_id: *problem_id, running: None }),
        Some(row) if row.state == ItemState::Open.as_str() => {
            Some(Unsettled { problem_id: *problem_id, running: days.get(&row.id).copied() })
        }
        Some(_) => None,
    };
    Ok(ids.iter().filter_map(wanted).collect())
}

async fn days(conn: &impl ConnectionTrait, items: impl Iterator<Item = Id>) -> Result<HashMap<Id, Day>> {
    let rows = duties::Entity::find()
        .filter(duties::Column::Kind.eq(DutyKind::Item.as_str()))
        .filter(duties::Column::SubjectId.is_in(items))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.subject_id, row.due_on)).collect())
}

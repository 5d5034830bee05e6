//! Plans the rounds of evaluations that were opened.

use chrono::TimeDelta;
use kernel::app::App;
use kernel::command::retried;
use kernel::db::insert_rows;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result, parameter};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Value};

use super::entity;
use super::rules::{self, Night, Policy};
use crate::appraisal::entity as evaluation;
use crate::appraisal::rules::State;
use crate::parameters::{
    REMINDER_APART_HOURS, REMINDER_LAST_HOURS, REMINDER_MOST, REMINDER_NIGHT_FROM, REMINDER_NIGHT_UNTIL,
};

/// Evaluations that are planned in one round; the rest follows a minute later.
const MANY: u64 = 200;

/// What the parameters say on a day.
///
/// # Errors
/// The database.
pub async fn policy(conn: &impl ConnectionTrait, day: Day) -> Result<Policy> {
    let number = async |name| parameter::get_i64(conn, name, "", day).await;
    let hour = |value: i64| u32::try_from(value).map_err(Error::internal);
    Ok(Policy {
        most: usize::try_from(number(REMINDER_MOST).await?).map_err(Error::internal)?,
        last: TimeDelta::hours(number(REMINDER_LAST_HOURS).await?),
        apart: TimeDelta::hours(number(REMINDER_APART_HOURS).await?),
        night: Night {
            from: hour(number(REMINDER_NIGHT_FROM).await?)?,
            until: hour(number(REMINDER_NIGHT_UNTIL).await?)?,
        },
    })
}

/// Plans the rounds of open evaluations that have none yet; answers of how many.
///
/// # Errors
/// The database; what was planned stays.
pub async fn plan(app: &App) -> Result<usize> {
    use evaluation::Column;
    let policy = policy(app.db.read(), app.clock.today()).await?;
    if policy.most == 0 {
        return Ok(0);
    }
    let planned = Query::select().column(entity::Column::EvaluationId).from(entity::Entity).to_owned();
    let open: Vec<Id> = evaluation::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq(State::Open.as_str()))
        .filter(Column::ClosesAt.gt(app.clock.now()))
        .filter(Column::Id.not_in_subquery(planned))
        .order_by_asc(Column::ClosesAt)
        .limit(MANY)
        .into_tuple()
        .all(app.db.read())
        .await?;
    for id in &open {
        retried(async || one(app, *id, policy).await).await?;
    }
    Ok(open.len())
}

async fn one(app: &App, id: Id, policy: Policy) -> Result<()> {
    let tx = Cx::system(app).begin_bulk().await?;
    let row = evaluation::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let (Some(opened_at), Some(closes_at)) = (row.opened_at, row.closes_at) else { return Ok(()) };
    let shape = |(kind, due): rules::Planned| -> Vec<Value> {
        let state = if due.is_some() { "planned" } else { "dropped" };
        let due = due.unwrap_or(closes_at);
        vec![id.into(), kind.as_str().into(), due.into(), state.into(), 0_i64.into(), 0_i64.into(), 0_i64.into()]
    };
    let rows = rules::plan(opened_at, closes_at, policy).into_iter().map(shape).collect();
    let columns = ["evaluation_id", "kind", "due_at", "state", "version", "seen", "reached"];
    insert_rows(&tx, "reminder_round", &columns, rows, "ON CONFLICT DO NOTHING").await?;
    tx.commit(()).await
}

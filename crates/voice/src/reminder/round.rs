//! What is done every minute: rounds are planned, those that are due begin, and those that were cut off go on.

use std::collections::BTreeSet;

use kernel::app::App;
use kernel::command::retried;
use kernel::event::Event;
use kernel::job::{self, New};
use kernel::{Cx, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{Column, Entity, Model};
use super::plan;
use super::rules::Policy;
use super::send::{SEND, Which};
use crate::appraisal;
use crate::appraisal::rules::State;

/// Rounds that are looked at at a time; the rest follows a minute later.
const MANY: u64 = 500;

/// Does what is due.
///
/// # Errors
/// The database; what was done stays.
pub async fn round(app: &App) -> Result<()> {
    plan::plan(app).await?;
    let policy = plan::policy(app.db.read(), app.clock.today()).await?;
    for row in rows(app, "planned").await? {
        retried(async || begin(app, &row, policy).await).await?;
    }
    if !policy.night.holds(app.clock.now()) {
        resume(app).await?;
    }
    Ok(())
}

/// Rounds in a state whose time has come, the oldest first.
async fn rows(app: &App, state: &str) -> Result<Vec<Model>> {
    let due = Entity::find()
        .filter(Column::State.eq(state))
        .filter(Column::DueAt.lte(app.clock.now()))
        .order_by_asc(Column::DueAt)
        .limit(MANY);
    Ok(due.all(app.db.read()).await?)
}

/// Begins a round that is due, moves it to the morning, or drops it.
async fn begin(app: &App, row: &Model, policy: Policy) -> Result<()> {
    let tx = Cx::system(app).begin().await?;
    let evaluation = appraisal::load(&tx, row.evaluation_id).await?;
    let due = policy.night.moved(tx.now());
    let open = evaluation.state == State::Open.as_str() && evaluation.closes_at.is_some_and(|end| due < end);
    if !open || overtaken(&tx, row, policy).await? {
        let drop = "UPDATE reminder_round SET state = 'dropped' WHERE evaluation_id = $1 AND kind = $2
            AND state = 'planned'";
        tx.execute_sql(drop, [row.evaluation_id.into(), row.kind.as_str().into()]).await?;
        return tx.commit(()).await;
    }
    if due > tx.now() {
        let wait = "UPDATE reminder_round SET due_at = $3 WHERE evaluation_id = $1 AND kind = $2 AND state = 'planned'";
        tx.execute_sql(wait, [row.evaluation_id.into(), row.kind.as_str().into(), due.into()]).await?;
        return tx.commit(()).await;
    }
    let event = Event::of("reminder.begun", "evaluation", evaluation.id).at(evaluation.organization_id);
    let event = tx.record(event.with("round", &row.kind)).await?;
    let run = "UPDATE reminder_round SET state = 'running', event_id = $3
        WHERE evaluation_id = $1 AND kind = $2 AND state = 'planned'";
    if tx.execute_sql(run, [row.evaluation_id.into(), row.kind.as_str().into(), event.into()]).await? != 1 {
        return Ok(());
    }
    job::enqueue(&tx, New::of(SEND, Which::of(row))?).await?;
    tx.commit(()).await
}

/// Whether the next round comes so soon that this one, which is late, would only double it.
async fn overtaken(tx: &kernel::Tx, row: &Model, policy: Policy) -> Result<bool> {
    let next = Entity::find()
        .filter(Column::EvaluationId.eq(row.evaluation_id))
        .filter(Column::Kind.ne(row.kind.as_str()))
        .filter(Column::State.eq("planned"))
        .filter(Column::DueAt.gte(row.due_at))
        .filter(Column::DueAt.lt(tx.now() + policy.apart))
        .one(tx)
        .await?;
    Ok(next.is_some())
}

/// Rounds for which no job waits any more are taken up again: one that stopped at night, or whose job was given up.
async fn resume(app: &App) -> Result<()> {
    let running = rows(app, "running").await?;
    if running.is_empty() {
        return Ok(());
    }
    let sql = "SELECT payload FROM job WHERE state = 'waiting' AND kind = $1";
    let found = app.db.read().query_all_raw(app.db.statement(sql, [SEND.into()])).await?;
    let waiting: BTreeSet<Which> = found
        .iter()
        .map(|row| Ok(serde_json::from_str(&row.try_get::<String>("", "payload")?)?))
        .collect::<Result<_>>()?;
    for which in running.iter().map(Which::of).filter(|which| !waiting.contains(which)) {
        let tx = Cx::system(app).begin_bulk().await?;
        job::enqueue(&tx, New::of(SEND, &which)?).await?;
        tx.commit(()).await?;
    }
    Ok(())
}

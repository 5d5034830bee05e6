//! What is done every minute: evaluations of a campaign are opened on their day, freezings that were given up are taken
//! up again, voting ends on time, and what has ended is counted and published.

use std::collections::BTreeSet;

use futures::StreamExt;
use kernel::app::App;
use kernel::command::retried;
use kernel::event::Event;
use kernel::job::{self, New};
use kernel::{Cx, Error, Id, Refusal, Result, Tx};
use rand::seq::SliceRandom;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::freeze::FREEZE;
use super::rules::{self, State};
use super::{campaign, close, entity, load, open};
use crate::report::REPORT_REQUIRED;
use crate::report::wait::{self, wait_entity};
use crate::result;
use crate::scheme::{Scheme, find as schemes};

/// Evaluations that are opened in one round; the rest follows a minute later.
const MANY: u64 = 200;
/// Evaluations that are counted at a time: while one waits for the disk another is counted.
const AT_ONCE: usize = 4;

/// Does what is due.
///
/// # Errors
/// The database; what was done stays.
pub async fn round(app: &App) -> Result<()> {
    close::due(app).await?;
    let mut waiting = close::waiting(app).await?;
    // The evaluations of a campaign end together, and a round over thousands lasts longer than a minute: in an order of
    // its own the next one helps, rather than doing everything a second time.
    waiting.shuffle(&mut rand::rng());
    let finished = futures::stream::iter(waiting).for_each_concurrent(AT_ONCE, |id| async move {
        // One that cannot be finished does not hold up the others.
        if let Err(error) = finish(app, id).await {
            tracing::error!(evaluation = %id, %error, "a closed evaluation was not finished");
        }
    });
    finished.await;
    resume(app).await?;
    campaign::give_up_rest(app).await?;
    open_due(app).await?;
    Ok(())
}

/// Shuffles the last ballots in, counts and publishes; each step finds out by itself what was done before.
async fn finish(app: &App, id: Id) -> Result<()> {
    if load(app.db.read(), id).await?.state != State::Closing.as_str() {
        return Ok(());
    }
    close::shuffle_last(app, id).await?;
    result::publish(app, id).await?;
    Ok(())
}

/// Opens drafts whose day has come, but for those of a campaign that was given up; answers how many. One that lacks its
/// report waits for it and is passed over until it is there. Another one that cannot be opened is left to a person, and an
/// event says why.
///
/// # Errors
/// The database.
pub async fn open_due(app: &App) -> Result<usize> {
    use entity::Column;
    let waiting = Query::select().column(wait_entity::Column::EvaluationId).from(wait_entity::Entity).to_owned();
    let carried = Condition::any()
        .add(Column::CampaignId.is_null())
        .add(Column::CampaignId.not_in_subquery(campaign::withdrawn()));
    let due = entity::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq(State::Draft.as_str()))
        .filter(carried)
        .filter(Column::OpensOn.lte(app.clock.today()))
        .filter(Column::Id.not_in_subquery(waiting))
        .order_by_asc(Column::Id)
        .limit(MANY);
    let ids: Vec<Id> = due.into_tuple().all(app.db.read()).await?;
    let mut opened = 0;
    for id in ids {
        opened += usize::from(retried(async || open_one(app, id).await).await?);
    }
    Ok(opened)
}

async fn open_one(app: &App, id: Id) -> Result<bool> {
    let tx = Cx::system(app).begin().await?;
    let row = load(&tx, id).await?;
    let due = row.opens_on.is_some_and(|day| day <= tx.today());
    if row.state != State::Draft.as_str() || !due || campaign::is_withdrawn(&tx, &row).await? {
        return Ok(false);
    }
    let scheme = schemes::version(&tx, &row.scheme_code, row.scheme_version).await?;
    match open::ready(&tx, &scheme, &row, tx.today()).await {
        Ok(()) => {
            give_days(&tx, &scheme, &row).await?;
            open::start(&tx, &row).await?;
            tx.commit(true).await
        }
        Err(Error::Refusal(why)) if why.code == REPORT_REQUIRED.code => {
            wait::begin(&tx, &row).await?;
            tx.commit(false).await
        }
        Err(Error::Refusal(why)) => {
            hold_back(&tx, &row, &why).await?;
            tx.commit(false).await
        }
        Err(error) => Err(error),
    }
}

/// What opens so late that too few days are left is open for the usual ones; an event says so.
async fn give_days(tx: &Tx, scheme: &Scheme, row: &entity::Model) -> Result<()> {
    let planned = row.closes_at.ok_or_else(|| Error::internal("a draft without a last day"))?;
    let Some(end) = rules::late_end(tx.today(), planned, scheme.document.days_open)? else { return Ok(()) };
    let sql = "UPDATE evaluation SET closes_at = $2 WHERE id = $1 AND state = 'draft'";
    tx.execute_sql(sql, [row.id.into(), end.into()]).await?;
    let event = Event::of("evaluation.end_moved", "evaluation", row.id).at(row.organization_id);
    let event = event.with("from", rules::last_day(planned)).with("to", rules::last_day(end));
    tx.record(event).await?;
    Ok(())
}

/// The draft stays a draft without a day, for a person to look at.
async fn hold_back(tx: &Tx, row: &entity::Model, why: &Refusal) -> Result<()> {
    let sql = "UPDATE evaluation SET opens_on = NULL, version = version + 1 WHERE id = $1 AND state = 'draft'";
    tx.execute_sql(sql, [row.id.into()]).await?;
    let event = Event::of("evaluation.held_back", "evaluation", row.id).at(row.organization_id);
    tx.record(event.with("code", &why.code)).await?;
    Ok(())
}

/// Freezings for which no job waits any more are taken up again.
async fn resume(app: &App) -> Result<()> {
    use entity::Column;
    let freezing = entity::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq(State::Freezing.as_str()))
        .order_by_asc(Column::Id);
    let freezing: Vec<Id> = freezing.into_tuple().all(app.db.read()).await?;
    if freezing.is_empty() {
        return Ok(());
    }
    let sql = "SELECT payload FROM job WHERE state = 'waiting' AND kind = $1";
    let rows = app.db.read().query_all_raw(app.db.statement(sql, [FREEZE.into()])).await?;
    let waiting: BTreeSet<Id> = rows
        .iter()
        .map(|row| Ok(serde_json::from_str(&row.try_get::<String>("", "payload")?)?))
        .collect::<Result<_>>()?;
    for id in freezing.into_iter().filter(|id| !waiting.contains(id)) {
        let tx = Cx::system(app).begin_bulk().await?;
        job::enqueue(&tx, New::of(FREEZE, id)?).await?;
        tx.commit(()).await?;
    }
    Ok(())
}

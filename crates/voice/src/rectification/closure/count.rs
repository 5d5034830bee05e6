//! The end of a round: closed on time, the last ballots shuffled in, counted once, and what follows for each item.

use std::collections::HashMap;

use kernel::app::App;
use kernel::command::retried;
use kernel::event::Event;
use kernel::file::NewFile;
use kernel::{Cx, Error, Id, Result, Tx, parameter};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::rules::Tally;
use super::{entity as round, question_entity as question};
use crate::appraisal;
use crate::instrument::Instrument;
use crate::parameters::CLOSURE_REOPEN_PERCENT;
use crate::poll::{self, entity as boxes, queue_entity as queue};
use crate::rectification::rules::{Finding, ItemState};
use crate::rectification::{entity, item_entity as item, settle};
use crate::result::block::{self, Of};
use crate::result::gate;
use crate::result::line::Contents;
use crate::result::publish::{self, Closed, Out};

/// What kept files of rounds are for.
const PURPOSE: &str = "closure";
/// Rounds that are looked at together.
const MANY: u64 = 200;

/// Ends every round whose time is over and counts it; answers how many were counted. Each step finds out by itself what
/// was done before, so that a process killed between two of them goes on in the next minute.
///
/// # Errors
/// The database. A round that cannot be counted does not hold up the others.
pub async fn due(app: &App) -> Result<usize> {
    close_due(app).await?;
    let mut counted = 0;
    for id in ids(app, "closing").await? {
        match finish(app, id).await {
            Ok(done) => counted += usize::from(done),
            Err(error) => tracing::error!(poll = %id, %error, "a round was not counted"),
        }
    }
    Ok(counted)
}

async fn close_due(app: &App) -> Result<()> {
    for id in ids(app, "open").await? {
        if let Err(error) = retried(async || close(app, id).await).await {
            tracing::error!(poll = %id, %error, "a round was not closed");
        }
    }
    Ok(())
}

async fn ids(app: &App, state: &str) -> Result<Vec<Id>> {
    let rows = round::Entity::find()
        .select_only()
        .column(round::Column::PollId)
        .filter(round::Column::State.eq(state))
        .filter(round::Column::ClosesAt.lte(app.clock.now()))
        .order_by_asc(round::Column::ClosesAt)
        .limit(MANY);
    Ok(rows.into_tuple().all(app.db.read()).await?)
}

/// Takes no ballot any more; `false` when that was done before.
async fn close(app: &App, id: Id) -> Result<bool> {
    let tx = Cx::system(app).begin().await?;
    let update = "UPDATE closure_round SET state = 'closing' WHERE poll_id = $1 AND state = 'open' AND closes_at <= $2";
    if tx.execute_sql(update, [id.into(), tx.now().into()]).await? == 0 {
        return Ok(false);
    }
    poll::close(&tx, id).await?;
    tx.commit(true).await
}

/// Shuffles the last ballots in and counts; `false` when it was counted before.
async fn finish(app: &App, id: Id) -> Result<bool> {
    poll::flush(app, id, true).await?;
    let waiting = queue::Entity::find().filter(queue::Column::PollId.eq(id)).count(app.db.read()).await?;
    if waiting > 0 {
        return Err(Error::internal("ballots still wait for a box that is closed"));
    }
    let out = written(app, id).await?;
    retried(async || count(app, id, out.as_ref()).await).await
}

/// Counts a round and stores its file, the same two lines as for the ratings and for the same verifier; `None` for fewer
/// than five ballots.
async fn written(app: &App, id: Id) -> Result<Option<Out>> {
    let conn = app.db.read();
    let row = round::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)?;
    let instrument = Instrument::read(&row.form)?;
    let mut contents = Contents::none(&instrument);
    let add = |ballot: &poll::Opened| contents.add(&instrument, ballot).map_err(Error::internal);
    poll::each(conn, app.keys.as_ref(), id, add).await?;
    if !gate::may_publish(contents.ballots()) {
        return Ok(None);
    }
    let rating = boxes::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)?;
    let evaluation = appraisal::load(conn, rating.evaluation_id).await?;
    let electorate = u64::try_from(evaluation.electorate.unwrap_or_default()).map_err(Error::internal)?;
    let counted = contents.counted(&instrument, electorate).map_err(Error::internal)?;
    publish::write(app, Closed { text: row.form, electorate, instrument, rating }, counted).await.map(Some)
}

/// Marks the round, with its file; `false` when it was counted before.
async fn mark(tx: &Tx, row: &round::Model, out: Option<&Out>) -> Result<bool> {
    if let Some(out) = out {
        let (id, stored) = (out.file.id, out.file.stored);
        let name = format!("{}.jsonl", Instrument::read(&row.form)?.title);
        kernel::file::enter(tx, NewFile { id, purpose: PURPOSE, name, stored }).await?;
        kernel::file::attach(tx, id, PURPOSE, None).await?;
    }
    let update = "UPDATE closure_round SET state = $2, ballots = $3, counted_on = $4, file_id = $5, hash = $6,
        merkle_root = $7 WHERE poll_id = $1 AND state = 'closing'";
    let number = |out: &Out| i64::try_from(out.counted.figures.ballots).map_err(Error::internal);
    let values = [
        row.poll_id.into(),
        if out.is_some() { "counted" } else { "too_few" }.into(),
        out.map(number).transpose()?.into(),
        tx.today().into(),
        out.map(|out| out.file.id).into(),
        out.map(|out| out.file.hash.to_vec()).into(),
        out.map(|out| out.counted.tree.root().to_vec()).into(),
    ];
    if tx.execute_sql(update, values).await? != 1 {
        return Ok(false);
    }
    if let Some(out) = out {
        block::keep(tx, Of::Closure(row.poll_id), &out.counted.tree).await?;
    }
    Ok(true)
}

async fn count(app: &App, id: Id, out: Option<&Out>) -> Result<bool> {
    let tx = Cx::system(app).begin().await?;
    let row = round::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Error::not_found)?;
    if row.state != "closing" || !mark(&tx, &row, out).await? {
        return Ok(false);
    }
    let case = entity::Entity::find_by_id(row.rectification_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let event = Event::of("closure.counted", "rectification", case.id).at(case.organization_id);
    let event = event.with("poll_id", id).with("round", row.round);
    let event = event.with("ballots", out.map(|out| out.counted.figures.ballots));
    tx.record(event.with("hash", out.map(|out| hex::encode(out.file.hash)))).await?;
    for (about, one) in items(&tx, id).await? {
        match out {
            Some(out) => {
                let tally = Tally::of(&out.counted.figures, &about.question);
                result(&tx, id, &one, tally).await?;
                settle::settle(&tx, &case, &one, ItemState::Asked, finding(&tx, tally).await?).await?;
            }
            // Fewer than five say nothing that may be shown: the level above decides.
            None => settle::review(&tx, &case, &one, ItemState::Asked).await?,
        }
    }
    tx.commit(true).await
}

async fn finding(tx: &Tx, tally: Tally) -> Result<Finding> {
    let percent = parameter::get_i64(tx, CLOSURE_REOPEN_PERCENT, "", tx.today()).await?;
    let percent = u32::try_from(percent).map_err(Error::internal)?;
    Ok(if tally.reopens(percent) { Finding::NotFixed } else { Finding::Fixed })
}

async fn items(tx: &Tx, id: Id) -> Result<Vec<(question::Model, item::Model)>> {
    let mut questions = question::Entity::find().filter(question::Column::PollId.eq(id)).all(tx).await?;
    questions.sort_by(|a, b| a.question.cmp(&b.question));
    let ids = questions.iter().map(|row| row.item_id);
    let rows = item::Entity::find().filter(item::Column::Id.is_in(ids)).all(tx).await?;
    let mut rows: HashMap<Id, item::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let paired = |row: question::Model| rows.remove(&row.item_id).map(|item| (row, item));
    Ok(questions.into_iter().filter_map(paired).collect())
}

async fn result(tx: &Tx, poll: Id, item: &item::Model, tally: Tally) -> Result<()> {
    let insert = "INSERT INTO closure_result (poll_id, item_id, fixed, partly, not_fixed) VALUES ($1, $2, $3, $4, $5)";
    let number = |count: u64| i64::try_from(count).map_err(Error::internal);
    let (fixed, partly, not) = (number(tally.fixed)?, number(tally.partly)?, number(tally.not_fixed)?);
    tx.execute_sql(insert, [poll.into(), item.id.into(), fixed.into(), partly.into(), not.into()]).await?;
    Ok(())
}

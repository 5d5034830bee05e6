//! Shuffles what waits into the box.
//!
//! A small box is written anew as a whole, with new random numbers, in their order: which ballots were there before and
//! which are new cannot be told from the rows. A large one gets its batch in portions, each a random part of what waits.
//! The tokens of a small box are written anew as well. Then the passing key is forgotten.

use std::collections::BTreeSet;

use kernel::app::App;
use kernel::command::retried;
use kernel::crypto::seal;
use kernel::db::{insert_rows, rows_of_keys};
use kernel::event::Event;
use kernel::id::Ids;
use kernel::{Cx, Error, Id, Result, Tx, parameter};
use rand::Rng;
use rand::seq::SliceRandom;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Statement, Value};

use super::opened::{self, Opened};
use super::rules::{self, Plan, Sizes};
use super::{ballot_entity as ballot, entity as poll, facts, queue, queue_entity as waiting, spent_entity as spent};
use crate::ballot::commitment::Commitment;
use crate::parameters::BALLOT_BATCH;

/// Shuffles what waits into the box of a poll if it is enough; at the `last` time what is too little is destroyed.
/// Answers how many ballots went in. Carried out again, or cut off at any moment, it changes nothing that it should not.
///
/// # Errors
/// When a passing key is gone that ballots wait for; contention; the database.
pub async fn flush(app: &App, poll_id: Id, last: bool) -> Result<usize> {
    within(app, poll_id, last, rules::SIZES).await
}

/// The same with other sizes.
///
/// # Errors
/// As [`flush`].
pub(crate) async fn within(app: &App, poll_id: Id, last: bool, sizes: Sizes) -> Result<usize> {
    // From here on new ballots are sealed with another key, so that the old one can be forgotten.
    let newest = app.passing.renew(poll_id, app.ids.next()).map_err(Error::internal)?.id;
    let mut stored = 0;
    loop {
        let step = retried(|| step(app, poll_id, last, sizes)).await?;
        stored += step.stored;
        if step.done {
            break;
        }
    }
    forget(app, poll_id, newest, last).await?;
    Ok(stored)
}

/// What one transaction did.
struct Step {
    stored: usize,
    done: bool,
}

async fn step(app: &App, poll_id: Id, last: bool, sizes: Sizes) -> Result<Step> {
    let tx = Cx::system(app).begin_bulk().await?;
    lock(&tx, poll_id).await?;
    let count = ballot::Entity::find().filter(ballot::Column::PollId.eq(poll_id)).count(&tx).await?;
    let queued = waiting::Entity::find().filter(waiting::Column::PollId.eq(poll_id)).all(&tx).await?;
    let least = parameter::get_i64(&tx, BALLOT_BATCH, "", tx.today()).await?;
    let least = usize::try_from(least).map_err(Error::internal)?;
    let stored = usize::try_from(count).map_err(Error::internal)?;
    let done = match rules::plan(stored, queued.len(), least, last, sizes) {
        Plan::Wait => return Ok(Step { stored: 0, done: true }),
        Plan::Destroy => {
            destroy(&tx, poll_id, &queued).await?;
            Step { stored: 0, done: true }
        }
        Plan::Rewrite => {
            rewrite(&tx, poll_id, &queued).await?;
            Step { stored: queued.len(), done: true }
        }
        Plan::Add => add(&tx, poll_id, queued, sizes.portion).await?,
    };
    let event = Event::of("ballots.stored", "poll", poll_id).with("ballots", done.stored);
    tx.record(event).await?;
    tx.commit(()).await?;
    Ok(done)
}

/// One shuffle of a poll at a time.
async fn lock(tx: &Tx, poll_id: Id) -> Result<()> {
    let lock = if tx.app().db.is_sqlite() { "" } else { " FOR NO KEY UPDATE" };
    let sql = format!("SELECT id FROM poll WHERE id = $1{lock}");
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [poll_id.into()]);
    tx.query_one_raw(statement).await?.ok_or_else(Error::not_found).map(|_| ())
}

async fn destroy(tx: &Tx, poll_id: Id, queued: &[waiting::Model]) -> Result<()> {
    remove(tx, queued).await?;
    let number = i64::try_from(queued.len()).map_err(Error::internal)?;
    tx.execute_sql("UPDATE poll SET destroyed = $2 WHERE id = $1", [poll_id.into(), number.into()]).await?;
    tx.record(Event::of("ballots.destroyed", "poll", poll_id).with("ballots", number)).await?;
    Ok(())
}

async fn rewrite(tx: &Tx, poll_id: Id, queued: &[waiting::Model]) -> Result<()> {
    let keys = tx.app().keys.as_ref();
    let mut all = opened::ballots(tx, keys, poll_id).await?;
    for row in queued {
        all.push(opened(tx.app(), row)?);
    }
    ballot::Entity::delete_many().filter(ballot::Column::PollId.eq(poll_id)).exec(tx).await?;
    // Only now, when the box is empty: its own ballots are not to be taken for others of the same commitment.
    store(tx, poll_id, &mut all).await?;
    let mut tokens = spent::Entity::find().filter(spent::Column::PollId.eq(poll_id)).all(tx).await?;
    spent::Entity::delete_many().filter(spent::Column::PollId.eq(poll_id)).exec(tx).await?;
    tokens.sort_by(|a, b| a.token_hash.cmp(&b.token_hash));
    let row = |token: spent::Model| -> Vec<Value> {
        vec![poll_id.into(), token.token_hash.into(), token.token.into(), token.signature.into(), Ids::random().into()]
    };
    let columns = ["poll_id", "token_hash", "token", "signature", "claim"];
    insert_rows(tx, "spent", &columns, tokens.into_iter().map(row).collect(), "").await?;
    remove(tx, queued).await
}

/// Adds a random portion of what waits.
async fn add(tx: &Tx, poll_id: Id, mut queued: Vec<waiting::Model>, portion: usize) -> Result<Step> {
    queued.shuffle(&mut rand::rng());
    let first = rules::portions(queued.len(), portion).next().unwrap_or_default();
    let done = first.end == queued.len();
    queued.truncate(first.end);
    let mut batch = queued.iter().map(|row| opened(tx.app(), row)).collect::<Result<Vec<_>>>()?;
    store(tx, poll_id, &mut batch).await?;
    remove(tx, &queued).await?;
    Ok(Step { stored: queued.len(), done })
}

pub(crate) fn opened(app: &App, row: &waiting::Model) -> Result<Opened> {
    let queue::Read { commitment, salt, answers } = queue::open(app, row)?;
    Ok(Opened { commitment, salt, answers: crate::instrument::answer::Answers::read(&answers)? })
}

/// Writes ballots under new random numbers, in the order of these.
pub(crate) async fn store(tx: &Tx, poll_id: Id, ballots: &mut [Opened]) -> Result<()> {
    let poll = poll::Entity::find_by_id(poll_id).one(tx).await?.ok_or_else(Error::not_found)?;
    let least = facts::least_bytes(&poll.purpose);
    make_distinct(tx, &poll, ballots).await?;
    let mut numbered: Vec<(Id, &Opened)> = ballots.iter().map(|one| (Ids::random(), one)).collect();
    numbered.sort_by_key(|(id, _)| *id);
    let keys = tx.app().keys.as_ref();
    let row = |(id, one): (Id, &Opened)| -> Result<Vec<Value>> {
        let sealed = seal(keys, &opened::place(id), &one.bytes(least)).map_err(Error::internal)?;
        Ok(vec![id.into(), poll_id.into(), one.commitment.to_vec().into(), sealed.into()])
    };
    let rows = numbered.into_iter().map(row).collect::<Result<Vec<_>>>()?;
    insert_rows(tx, "ballot", &["id", "poll_id", "commitment", "sealed"], rows, "").await?;
    Ok(())
}

/// Two voters who agree on a salt and an answer have one commitment, which would be refused by the table and hold up
/// everybody. Both count: the second is committed to with another salt, and both find the one that they know.
async fn make_distinct(tx: &Tx, poll: &poll::Model, ballots: &mut [Opened]) -> Result<()> {
    let commitments: BTreeSet<[u8; 32]> = ballots.iter().map(|one| one.commitment).collect();
    let keys = commitments.into_iter().map(|commitment| commitment.to_vec().into()).collect();
    let select = "SELECT poll_id, commitment FROM ballot WHERE commitment IN";
    let mut taken = BTreeSet::new();
    for row in rows_of_keys(tx, select, keys).await? {
        if row.try_get::<Id>("", "poll_id")? == poll.id {
            taken.insert(row.try_get::<Vec<u8>>("", "commitment")?);
        }
    }
    let key_hash = poll.key_hash.as_slice().try_into().map_err(Error::internal)?;
    for one in ballots {
        if !taken.insert(one.commitment.to_vec()) {
            rand::rng().fill_bytes(&mut one.salt);
            one.commitment = Commitment::of(&key_hash, &one.salt, &one.answers.canonical()).0;
        }
    }
    Ok(())
}

pub(crate) async fn remove(tx: &Tx, queued: &[waiting::Model]) -> Result<()> {
    for part in queued.chunks(256) {
        let ids = part.iter().map(|row| row.id);
        waiting::Entity::delete_many().filter(waiting::Column::Id.is_in(ids)).exec(tx).await?;
    }
    Ok(())
}

/// Forgets the keys for which nothing waits any more.
async fn forget(app: &App, poll_id: Id, newest: Id, last: bool) -> Result<()> {
    let oldest = waiting::Entity::find().filter(waiting::Column::PollId.eq(poll_id)).all(app.db.read()).await?;
    let needed = oldest.iter().map(|row| row.key_id).min().unwrap_or(newest).min(newest);
    let all_gone = last && oldest.is_empty();
    app.passing.forget_older(poll_id, (!all_gone).then_some(needed)).map_err(Error::internal)
}

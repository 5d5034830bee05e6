//! The sealer: gives every event a number and a link of the SM3 chain.
//!
//! Runs in every server; on PostgreSQL a lock lets one of them seal at a time, and the
//! primary key on `seq` would stop a second one. Events are numbered a moment after they
//! were committed (0.2 s of gathering, 1 s at the most), so no request waits for the chain.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryOrder, QuerySelect};

use super::{canonical, entity};
use crate::app::App;
use crate::background::Stop;
use crate::crypto::digest::chain;
use crate::db::{commit, insert_rows, rows_of_keys};
use crate::error::{Error, Result};
use crate::time::Day;
use entity::{root, sealed, unsealed};

/// Events per transaction: a transaction must not hold the SQLite writer over 20 ms.
const CHUNK: u64 = 200;
/// The same where nobody waits for it.
const LARGE_CHUNK: u64 = 1_000;
/// Waited after a bell, so that a busy hour is sealed by the chunk and not one by one.
const GATHER: Duration = Duration::from_millis(200);
/// Looked after at least this often: other servers' events ring no bell here.
const LOOK: Duration = Duration::from_secs(1);
/// The hash before the first event.
pub const GENESIS: [u8; 32] = [0; 32];

/// Seals until told to stop, and once more then.
pub async fn run(app: App, stop: Stop) {
    loop {
        tokio::select! {
            () = app.bells.sealer.notified() => { stop.pause(GATHER).await; }
            () = tokio::time::sleep(LOOK) => {}
            () = stop.wait() => {}
        }
        if let Err(error) = seal_all(&app).await {
            tracing::warn!(%error, "events not sealed");
        }
        if stop.is_set() {
            return;
        }
    }
}

/// Seals everything that waits; answers how many events.
///
/// # Errors
/// The database.
pub async fn seal_all(app: &App) -> Result<u64> {
    let (mut all, chunk) = (0, if app.db.is_sqlite() { CHUNK } else { LARGE_CHUNK });
    loop {
        let sealed = seal_chunk(app, chunk).await?;
        all += sealed;
        if sealed < chunk {
            return Ok(all);
        }
    }
}

/// Seals one chunk; none when another server is at it.
async fn seal_chunk(app: &App, chunk: u64) -> Result<u64> {
    if unsealed::Entity::find().one(app.db.read()).await?.is_none() {
        return Ok(0);
    }
    let tx = app.db.begin_relaxed().await?;
    if !app.db.is_sqlite() && !lock(app, &tx).await? {
        return Ok(0);
    }
    let head = sealed::Entity::find().order_by_desc(sealed::Column::Seq).one(&tx).await?;
    let (mut seq, mut hash) = match head {
        Some(head) => {
            (head.seq, <[u8; 32]>::try_from(head.hash).map_err(|_| Error::internal("a seal is not 32 bytes"))?)
        }
        None => (0, GENESIS),
    };
    let events = waiting(&tx, chunk).await?;
    let mut links = Vec::with_capacity(events.len());
    for event in &events {
        seq += 1;
        hash = chain(&hash, &canonical::event(event));
        links.push(vec![seq.into(), event.id.into(), hash.to_vec().into()]);
    }
    insert_rows(&tx, "sealed", &["seq", "event_id", "hash"], links, "").await?;
    let sealed = events.iter().map(|event| event.id.into()).collect();
    rows_of_keys(&tx, "DELETE FROM unsealed WHERE event_id IN", sealed).await?;
    commit(tx).await?;
    Ok(events.len() as u64)
}

/// What waits longest, in the order of ids. The marks come first and by themselves: a join in this order lets `SQLite` walk
/// through all events that were ever recorded.
async fn waiting(tx: &DatabaseTransaction, chunk: u64) -> Result<Vec<entity::Model>> {
    let marks = unsealed::Entity::find().order_by_asc(unsealed::Column::EventId).limit(chunk).all(tx).await?;
    let ids = marks.into_iter().map(|mark| mark.event_id.into()).collect();
    let rows = rows_of_keys(tx, "SELECT * FROM event WHERE id IN", ids).await?;
    let events = rows.iter().map(|row| entity::Model::from_query_result(row, ""));
    let mut events = events.collect::<std::result::Result<Vec<_>, _>>()?;
    events.sort_unstable_by_key(|event| event.id);
    Ok(events)
}

/// Held until the transaction ends; per schema, because a cluster keeps one city in each.
async fn lock(app: &App, tx: &DatabaseTransaction) -> Result<bool> {
    let sql = "SELECT pg_try_advisory_xact_lock(8142, hashtext(current_schema())) AS mine";
    let row = tx.query_one_raw(app.db.statement(sql, [])).await?;
    Ok(row.map(|row| row.try_get("", "mine")).transpose()?.unwrap_or_default())
}

/// Signs the head of the chain as the root of a day (SM2 over [`canonical::root`]); does
/// nothing when the day has one, or when nothing was sealed yet. Whoever keeps a root
/// elsewhere (on paper, at another authority) can prove that nothing before it changed.
///
/// # Errors
/// The database, or the key provider.
pub async fn sign_root(app: &App, day: Day) -> Result<Option<root::Model>> {
    let conn = app.db.read();
    if root::Entity::find_by_id(day).one(conn).await?.is_some() {
        return Ok(None);
    }
    let Some(head) = sealed::Entity::find().order_by_desc(sealed::Column::Seq).one(conn).await? else {
        return Ok(None);
    };
    let before = root::Entity::find().order_by_desc(root::Column::Day).one(conn).await?;
    if before.as_ref().is_some_and(|before| before.day > day) {
        return Ok(None);
    }
    let message = canonical::root(day, head.seq, &head.hash, before.as_ref().map(|before| &*before.signature));
    let row = root::Model {
        day,
        seq: head.seq,
        hash: head.hash,
        signature: app.keys.sign(&message).map_err(Error::internal)?.to_vec(),
        public_key: app.keys.public_key().to_vec(),
    };
    let tx = app.db.begin_relaxed().await?;
    // Of several servers one writes the day's root; what it signed is the root.
    let insert = "INSERT INTO sealed_root (day, seq, hash, signature, public_key) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    let root::Model { seq, hash, signature, public_key, .. } = row.clone();
    let values = [day.into(), seq.into(), hash.into(), signature.into(), public_key.into()];
    let written = tx.execute_raw(app.db.statement(insert, values)).await?.rows_affected();
    commit(tx).await?;
    Ok((written == 1).then_some(row))
}

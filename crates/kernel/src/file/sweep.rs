//! What is over goes: staged files nobody attached, files past their day, uploads nobody goes on with, bytes without a
//! row.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use futures::TryStreamExt;
use object_store::ObjectStoreExt;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect};

use super::row::{Column, Entity};
use super::store::{fault, place};
use super::upload;
use crate::app::App;
use crate::command::Cx;
use crate::db::rows_of_keys;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::time::Time;

/// How long a file may stay unattached, and bytes without a row.
const STAGED: TimeDelta = TimeDelta::days(1);
/// Files per transaction, and per question to the database.
const CHUNK: u64 = 200;

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files that were over, and uploads that were given up.
    pub files: u64,
    /// Bytes without a row, and parts of broken writes.
    pub strays: u64,
}

/// Deletes the bytes of a file; done when they are gone already.
///
/// # Errors
/// A fault of the store.
pub async fn erase(app: &App, id: Id) -> Result<()> {
    match app.files.store().delete(&place(id)).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(fault(error)),
    }
}

/// Ends what was staged for more than a day or is past its day, and deletes bytes that belong to nothing.
///
/// # Errors
/// The database; a fault of the store.
pub async fn sweep(app: &App) -> Result<Swept> {
    let mut swept = Swept::default();
    loop {
        let ended = end_some(app).await?;
        for id in &ended {
            erase(app, *id).await?;
        }
        swept.files += ended.len() as u64;
        if (ended.len() as u64) < CHUNK {
            break;
        }
    }
    while given_up(app).await? {
        swept.files += 1;
    }
    swept.strays = strays(app).await? + parts(app).await?;
    Ok(swept)
}

/// Ends an upload to which nothing was added for a day; `false` when there is none.
async fn given_up(app: &App) -> Result<bool> {
    let tx = Cx::system(app).begin_bulk().await?;
    let sql = "SELECT id FROM file_upload WHERE touched_at < $1 ORDER BY touched_at LIMIT 1";
    let Some(row) = tx.query_one_raw(app.db.statement(sql, [(tx.now() - STAGED).into()])).await? else {
        return Ok(false);
    };
    upload::end(&tx, row.try_get("", "id")?).await?;
    tx.commit(true).await
}

/// Marks in a transaction; the bytes go afterwards. Those of a process that dies in between are strays to the next.
async fn end_some(app: &App) -> Result<Vec<Id>> {
    let tx = Cx::system(app).begin_bulk().await?;
    let over = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::DeletedAt.is_null())
        .filter(
            Column::AttachedAt
                .is_null()
                .and(Column::CreatedAt.lt(tx.now() - STAGED))
                .or(Column::DeleteOn.lte(tx.today())),
        )
        .limit(CHUNK);
    let ids: Vec<Id> = over.into_tuple().all(&tx).await?;
    let mark = "UPDATE file SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL";
    for id in &ids {
        tx.execute_sql(mark, [(*id).into(), tx.now().into()]).await?;
    }
    tx.commit(ids).await
}

async fn strays(app: &App) -> Result<u64> {
    let before = app.clock.now() - STAGED;
    let mut listed = app.files.store().list(None);
    let (mut removed, mut some) = (0, BTreeMap::new());
    while let Some(object) = listed.try_next().await.map_err(fault)? {
        let id = object.location.filename().and_then(|name| Id::try_parse(name).ok());
        if let Some(id) = id.filter(|_| object.last_modified < before) {
            some.insert(id, object.location);
        }
        if some.len() as u64 == CHUNK {
            removed += remove_strays(app, std::mem::take(&mut some)).await?;
        }
    }
    Ok(removed + remove_strays(app, some).await?)
}

async fn remove_strays(app: &App, mut some: BTreeMap<Id, object_store::path::Path>) -> Result<u64> {
    let known = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.is_in(some.keys().copied()))
        .filter(Column::DeletedAt.is_null());
    let mut known: Vec<Id> = known.into_tuple().all(app.db.read()).await?;
    let pieces = "SELECT object_id FROM file_piece WHERE object_id IN";
    let keys = some.keys().map(|id| (*id).into()).collect();
    for row in rows_of_keys(app.db.read(), pieces, keys).await? {
        known.push(row.try_get("", "object_id")?);
    }
    some.retain(|id, _| !known.contains(id));
    for id in some.keys() {
        erase(app, *id).await?;
    }
    Ok(some.len() as u64)
}

/// Parts that a process left which died while writing; the store does not list them.
async fn parts(app: &App) -> Result<u64> {
    let Some(folder) = app.files.folder().map(ToOwned::to_owned) else {
        return Ok(0);
    };
    let before = app.clock.now() - STAGED;
    let removing = tokio::task::spawn_blocking(move || {
        let mut removed = 0;
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let part = entry.file_name().to_str().is_some_and(|name| name.contains('#'));
            if part && Time::from(entry.metadata()?.modified()?) < before {
                std::fs::remove_file(entry.path())?;
                removed += 1;
            }
        }
        Ok::<_, std::io::Error>(removed)
    });
    removing.await.map_err(Error::internal)?.map_err(Error::internal)
}

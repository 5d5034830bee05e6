//! What is over goes: staged files nobody attached, files past their day, bytes without a row.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use futures::TryStreamExt;
use object_store::ObjectStoreExt;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect};

use super::row::{Column, Entity};
use super::store::{fault, place};
use crate::app::App;
use crate::command::Cx;
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
    /// Files that were over.
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
    swept.strays = strays(app).await? + parts(app).await?;
    Ok(swept)
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
    let known: Vec<Id> = known.into_tuple().all(app.db.read()).await?;
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

//! A large file that comes in pieces: over a network that breaks off, over hours, over a restart of the server.
//!
//! [`begin`] announces name and size, [`append`] takes a piece at the place up to which everything is there, [`join`]
//! streams the pieces into one file, [`end`] lets go of them.
//!
//! * A piece is there whole, sealed, as an object of its own and with its row, or not at all.
//! * `received` moves only from the place at which a piece was taken. Of two pieces for one place one wins; what comes
//!   twice, because the answer to it was lost, or for a wrong place is thrown away and answered with where to go on.
//! * Pieces that nobody adds to within a day are swept.
//!
//! ```no_run
//! use kernel::file::upload::{self, NewUpload};
//! # async fn example(cx: kernel::Cx, subject_id: kernel::Id, body: kernel::routes::Upload) -> kernel::Result<()> {
//! let tx = cx.begin().await?;
//! let new = NewUpload { purpose: "video", subject_id, name: "述职.mp4".into(), bytes: 300 << 20 };
//! let video = upload::begin(&tx, new).await?;
//! tx.commit(()).await?;
//! let video = upload::append(&cx, video, 0, body.stream).await?;
//! println!("{} of {} bytes are there", video.received, video.bytes);
//! # Ok(()) }
//! ```

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use sea_orm::{ConnectionTrait, QueryResult, Statement};

use super::write::{Stored, receive};
use super::{
    FILE_DAMAGED, FILE_TOO_LARGE, FILE_UPLOAD_PIECE, FILE_UPLOAD_UNFINISHED, FILE_UPLOAD_UNKNOWN, clean_name, erase,
    read,
};
use crate::app::App;
use crate::command::{Cx, Tx, retried};
use crate::error::{Error, Result};
use crate::id::Id;
use crate::job::{self, New};

/// Bytes of a piece at the most: what is lost when the network breaks off.
pub const PIECE_MOST: u64 = 4 << 20;
/// Bytes of a piece at the least, but for the last one: a file must not fall into millions of objects.
pub const PIECE_LEAST: u64 = 64 << 10;
/// Uploads that one account may have on their way for one subject; the oldest goes when another begins.
const TOGETHER: usize = 2;

/// The job that deletes the pieces of an upload that has ended.
pub(crate) const ERASE_PIECES: &str = "file.erase_pieces";

/// An upload about to begin.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// What the file is for.
    pub purpose: &'static str,
    /// What it belongs to.
    pub subject_id: Id,
    /// As the person named it.
    pub name: String,
    /// Bytes that it will have, which is for the caller to limit.
    pub bytes: u64,
}

/// An upload on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arriving {
    /// Its id.
    pub id: Id,
    /// As the person named it.
    pub name: String,
    /// Bytes that it will have.
    pub bytes: u64,
    /// Bytes that are there; the next piece begins here.
    pub received: u64,
}

impl Arriving {
    /// Whether nothing is missing.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.received == self.bytes
    }

    fn read(row: &QueryResult) -> Result<Self> {
        let bytes = |name| u64::try_from(row.try_get::<i64>("", name)?).map_err(Error::internal);
        let (bytes, received) = (bytes("bytes")?, bytes("received")?);
        Ok(Self { id: row.try_get("", "id")?, name: row.try_get("", "name")?, bytes, received })
    }
}

/// Begins an upload of the caller. Of those he began before for the same subject the newest may go on.
///
/// # Errors
/// The database.
pub async fn begin(tx: &Tx, new: NewUpload) -> Result<Arriving> {
    let older = "SELECT id FROM file_upload
        WHERE purpose = $1 AND subject_id = $2 AND account_id IS NOT DISTINCT FROM $3 ORDER BY touched_at DESC, id DESC";
    let account = tx.caller().account_id();
    let statement = tx.app().db.statement(older, [new.purpose.into(), new.subject_id.into(), account.into()]);
    for row in tx.query_all_raw(statement).await?.iter().skip(TOGETHER - 1) {
        end(tx, row.try_get("", "id")?).await?;
    }
    let (id, name) = (tx.id(), clean_name(&new.name));
    let insert =
        "INSERT INTO file_upload (id, purpose, subject_id, name, bytes, received, account_id, created_at, touched_at)
        VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $7)";
    let values = [
        id.into(),
        new.purpose.into(),
        new.subject_id.into(),
        name.clone().into(),
        signed(new.bytes)?.into(),
        account.into(),
        tx.now().into(),
    ];
    tx.execute_sql(insert, values).await?;
    Ok(Arriving { id, name, bytes: new.bytes, received: 0 })
}

/// An upload of the caller for a subject.
///
/// # Errors
/// `file.upload_unknown` when there is none: it ended, it lay for more than a day, or it is somebody else's.
pub async fn find(cx: &Cx, conn: &impl ConnectionTrait, id: Id, purpose: &str, subject: Id) -> Result<Arriving> {
    let sql = "SELECT id, name, bytes, received FROM file_upload
        WHERE id = $1 AND purpose = $2 AND subject_id = $3 AND account_id IS NOT DISTINCT FROM $4";
    let values = [id.into(), purpose.into(), subject.into(), cx.caller.account_id().into()];
    let row = conn.query_one_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?;
    Arriving::read(&row.ok_or_else(|| FILE_UPLOAD_UNKNOWN.refusal())?)
}

/// Takes the piece that begins at `offset`, and answers how far the upload is then. A piece for another place than the
/// next one changes nothing.
///
/// # Errors
/// `file.upload_piece` for one too large, too small or beyond the end; `file.empty`, `file.disk_full`; what the body says.
pub async fn append<E: Into<Error>>(
    cx: &Cx,
    upload: Arriving,
    offset: u64,
    body: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<Arriving> {
    if offset != upload.received || upload.is_whole() {
        return Ok(upload);
    }
    let (object, room) = (cx.app.ids.next(), (upload.bytes - offset).min(PIECE_MOST));
    let stored = receive(&cx.app, object, body, room).await.map_err(too_long)?;
    let received = offset + stored.bytes;
    if stored.bytes < PIECE_LEAST && received < upload.bytes {
        erase(&cx.app, object).await?;
        return Err(FILE_UPLOAD_PIECE.refusal().into());
    }
    // Where a commit fails nobody knows whether it happened: what it left without a row is swept.
    if !retried(async || keep(cx, upload.id, offset, object, stored.bytes).await).await? {
        erase(&cx.app, object).await?;
    }
    now(cx, upload).await
}

/// Enters a piece; `false` when another one was faster.
async fn keep(cx: &Cx, upload: Id, offset: u64, object: Id, bytes: u64) -> Result<bool> {
    let tx = cx.begin().await?;
    let update = "UPDATE file_upload SET received = received + $3, touched_at = $4 WHERE id = $1 AND received = $2";
    let (offset, bytes) = (signed(offset)?, signed(bytes)?);
    if tx.execute_sql(update, [upload.into(), offset.into(), bytes.into(), tx.now().into()]).await? != 1 {
        return Ok(false);
    }
    let insert = "INSERT INTO file_piece (upload_id, place, bytes, object_id) VALUES ($1, $2, $3, $4)";
    tx.execute_sql(insert, [upload.into(), offset.into(), bytes.into(), object.into()]).await?;
    tx.commit(true).await
}

/// How far the upload is, which another piece may have moved.
async fn now(cx: &Cx, upload: Arriving) -> Result<Arriving> {
    let sql = "SELECT id, name, bytes, received FROM file_upload WHERE id = $1";
    let row = cx.read().query_one_raw(cx.app.db.statement(sql, [upload.id.into()])).await?;
    Arriving::read(&row.ok_or_else(|| FILE_UPLOAD_UNKNOWN.refusal())?)
}

fn too_long(error: Error) -> Error {
    match error.refusal() {
        Some(refusal) if refusal.code == FILE_TOO_LARGE.code => FILE_UPLOAD_PIECE.refusal().into(),
        _ => error,
    }
}

/// Makes one file of the pieces; its bytes are there without a row, as those of [`receive`]. The pieces stay.
///
/// # Errors
/// `file.upload_unfinished`; `file.damaged`, `file.disk_full`; the database.
pub async fn join(app: &App, upload: &Arriving) -> Result<(Id, Stored)> {
    if !upload.is_whole() {
        return Err(FILE_UPLOAD_UNFINISHED.refusal().into());
    }
    let sql = "SELECT object_id, place, bytes FROM file_piece WHERE upload_id = $1 ORDER BY place";
    let (mut objects, mut end) = (Vec::new(), 0);
    for row in app.db.read().query_all_raw(app.db.statement(sql, [upload.id.into()])).await? {
        let (place, bytes): (i64, i64) = (row.try_get("", "place")?, row.try_get("", "bytes")?);
        if place != end {
            return Err(FILE_DAMAGED.refusal().into());
        }
        end += bytes;
        objects.push(row.try_get::<Id>("", "object_id")?);
    }
    let (whole, from) = (app.ids.next(), app.clone());
    let pieces = stream::iter(objects).flat_map(move |object| read::stream(&from, object).boxed());
    let stored = receive(app, whole, pieces.map_err(super::cause), upload.bytes).await?;
    if stored.bytes != upload.bytes {
        erase(app, whole).await?;
        return Err(FILE_DAMAGED.refusal().into());
    }
    Ok((whole, stored))
}

/// Ends an upload with the command: its pieces are deleted once this is committed. One that has ended already is none.
///
/// # Errors
/// The database.
pub async fn end(tx: &Tx, id: Id) -> Result<()> {
    let gone = "DELETE FROM file_piece WHERE upload_id = $1 RETURNING object_id";
    let rows = tx.query_all_raw(tx.app().db.statement(gone, [id.into()])).await?;
    let objects: Vec<Id> = rows.iter().map(|row| Ok(row.try_get("", "object_id")?)).collect::<Result<_>>()?;
    tx.execute_sql("DELETE FROM file_upload WHERE id = $1", [id.into()]).await?;
    if !objects.is_empty() {
        job::enqueue(tx, New::of(ERASE_PIECES, objects)?).await?;
    }
    Ok(())
}

/// Deletes the bytes of pieces.
pub(crate) async fn erase_pieces(app: App, objects: Vec<Id>) -> Result<()> {
    for object in objects {
        erase(&app, object).await?;
    }
    Ok(())
}

fn signed(bytes: u64) -> Result<i64> {
    i64::try_from(bytes).map_err(Error::internal)
}

//! Writing: plain bytes come in, sealed parts go out, and only a finished file is ever seen.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use object_store::{MultipartUpload, ObjectStoreExt};
use sm3::{Digest, Sm3};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::store::{context, fault, place, unopened};
use super::{FILE_EMPTY, FILE_TOO_LARGE, Files, carrying};
use crate::app::App;
use crate::crypto::segment::{SEALED, SEGMENT, Segments};
use crate::error::{Error, Result};
use crate::id::Id;

/// Segments that are sealed and stored at once: 1 MiB. A store of the S3 kind asks for 5 MiB at least.
const BATCH: usize = 16;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Bytes of the content.
    pub bytes: u64,
    /// SM3 of the content.
    pub digest: [u8; 32],
}

/// A file being written. Dropped before it is finished, it leaves nothing.
struct Writer {
    id: Id,
    files: Files,
    upload: Box<dyn MultipartUpload>,
    segments: Arc<Segments>,
    plain: Vec<u8>,
    next: u32,
    digest: Sm3,
    bytes: u64,
}

impl Writer {
    async fn new(app: &App, id: Id) -> Result<Self> {
        let segments = Segments::new(&*app.keys, &context(id)).map_err(|error| unopened(&error, id))?;
        let upload = app.files.store().put_multipart(&place(id)).await.map_err(fault)?;
        let (files, segments) = (app.files.clone(), Arc::new(segments));
        Ok(Self { id, files, upload, segments, plain: Vec::new(), next: 0, digest: Sm3::new(), bytes: 0 })
    }

    fn is_full(&self) -> bool {
        self.plain.len() == BATCH * SEGMENT
    }

    /// Takes as much as there is room for; answers how much.
    fn take(&mut self, data: &[u8]) -> usize {
        let room = data.len().min(BATCH * SEGMENT - self.plain.len());
        self.plain.extend_from_slice(data.get(..room).unwrap_or_default());
        self.bytes += room as u64;
        room
    }

    async fn write(&mut self, mut data: &[u8]) -> Result<()> {
        while !data.is_empty() {
            // Only now that more has come is it known that these are not the last segments.
            if self.is_full() {
                self.store(false).await?;
            }
            let taken = self.take(data);
            data = data.get(taken..).unwrap_or_default();
        }
        Ok(())
    }

    /// Seals and stores what was taken. The cipher is slow: it does not run among the requests.
    async fn store(&mut self, last: bool) -> Result<()> {
        let (segments, first) = (self.segments.clone(), self.next);
        let (mut digest, mut plain) = (std::mem::take(&mut self.digest), std::mem::take(&mut self.plain));
        let sealing = spawn_blocking(move || {
            digest.update(&plain);
            let sealed = seal_batch(&segments, first, last, &plain);
            plain.clear();
            (digest, plain, sealed)
        });
        let (digest, plain, sealed) = sealing.await.map_err(Error::internal)?;
        (self.digest, self.plain) = (digest, plain);
        self.next = first.checked_add(BATCH as u32).ok_or_else(|| FILE_TOO_LARGE.refusal())?;
        self.upload.put_part(sealed?.into()).await.map_err(fault)
    }

    async fn finish(mut self) -> Result<Stored> {
        let outcome = async {
            self.store(true).await?;
            self.upload.complete().await.map_err(fault)
        };
        if let Err(error) = outcome.await {
            self.abort().await;
            return Err(error);
        }
        Ok(Stored { bytes: self.bytes, digest: self.digest.finalize().into() })
    }

    async fn abort(mut self) {
        // What cannot be removed now is swept at night.
        let _ = self.upload.abort().await;
        if let Some(folder) = self.files.folder() {
            let _ = tokio::fs::remove_file(folder.join(format!("{}#1", self.id.simple()))).await;
        }
    }
}

/// The header before the first segment, then the segments; a file of no bytes has one empty segment.
fn seal_batch(segments: &Segments, first: u32, last: bool, plain: &[u8]) -> Result<Vec<u8>> {
    let mut pieces: Vec<&[u8]> = plain.chunks(SEGMENT).collect();
    if pieces.is_empty() {
        pieces.push(&[]);
    }
    let mut sealed = Vec::with_capacity(segments.header().len() + pieces.len() * SEALED);
    if first == 0 {
        sealed.extend_from_slice(segments.header());
    }
    let count = pieces.len();
    for ((number, at), piece) in (first..).zip(1..).zip(pieces) {
        segments.seal(number, last && at == count, piece, &mut sealed).map_err(Error::internal)?;
    }
    Ok(sealed)
}

/// Takes an upload, sealed as it comes. Nothing is left of one that fails.
///
/// # Errors
/// `file.too_large` beyond `max_bytes`, `file.empty`, `file.disk_full`, or what the body says.
pub async fn receive<E: Into<Error>>(
    app: &App,
    id: Id,
    body: impl Stream<Item = Result<Bytes, E>> + Send,
    max_bytes: u64,
) -> Result<Stored> {
    let mut writer = Writer::new(app, id).await?;
    match pour(&mut writer, body, max_bytes).await {
        Ok(()) => writer.finish().await,
        Err(error) => {
            writer.abort().await;
            Err(error)
        }
    }
}

async fn pour<E: Into<Error>>(
    writer: &mut Writer,
    body: impl Stream<Item = Result<Bytes, E>> + Send,
    max_bytes: u64,
) -> Result<()> {
    let mut body = std::pin::pin!(body);
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(Into::into)?;
        if writer.bytes + piece.len() as u64 > max_bytes {
            return Err(too_large(max_bytes));
        }
        writer.write(&piece).await?;
    }
    if writer.bytes == 0 {
        return Err(FILE_EMPTY.refusal().into());
    }
    Ok(())
}

/// The refusal of a file over the limit, which it names.
pub fn too_large(max_bytes: u64) -> Error {
    let limit = match max_bytes >> 20 {
        0 => format!("{} KB", max_bytes >> 10),
        mebibytes => format!("{mebibytes} MB"),
    };
    FILE_TOO_LARGE.with(format!("文件超过 {limit}，没有收下；请拆成几个小一些的文件，分别上传。")).into()
}

/// A file written by blocking code (`spawn_blocking`), sealed as it comes. Dropped before [`Sink::finish`], it leaves
/// nothing.
///
/// Its errors carry the refusal: [`super::cause`] gets it back.
pub struct Sink {
    handle: Handle,
    writer: Option<Writer>,
}

/// Starts a file for blocking code.
///
/// # Errors
/// Outside the runtime's threads; when the store cannot be written.
pub fn sink(app: &App, id: Id) -> Result<Sink> {
    let handle = Handle::try_current().map_err(Error::internal)?;
    let writer = handle.block_on(Writer::new(app, id))?;
    Ok(Sink { handle, writer: Some(writer) })
}

impl Sink {
    /// Ends the file; from now on it can be read.
    ///
    /// # Errors
    /// `file.disk_full`; a fault of the store; a sink that has failed before.
    pub fn finish(mut self) -> Result<Stored> {
        let writer = self.writer.take().ok_or_else(broken)?;
        self.handle.block_on(writer.finish())
    }

    fn give_up(&mut self) {
        if let Some(writer) = self.writer.take() {
            self.handle.spawn(writer.abort());
        }
    }
}

fn broken() -> Error {
    Error::internal("the file failed before")
}

impl io::Write for Sink {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let writer = self.writer.as_mut().ok_or_else(|| carrying(broken()))?;
        if writer.is_full()
            && !data.is_empty()
            && let Err(error) = self.handle.block_on(writer.store(false))
        {
            self.give_up();
            return Err(carrying(error));
        }
        Ok(writer.take(data))
    }

    /// Does nothing: the bytes are stored at the end.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.give_up();
    }
}

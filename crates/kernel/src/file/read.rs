//! Reading: any place of a file opens by itself.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use object_store::ObjectStoreExt;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::store::{context, fault, place, unopened};
use super::{FILE_DAMAGED, Files, carrying};
use crate::app::App;
use crate::crypto::segment::{HEADER, Layout, SEALED, SEGMENT, Segments};
use crate::error::{Error, Result};
use crate::id::Id;
use crate::routes::{Anywhere, Content, Download};

/// Segments fetched at once by one who reads on: 1 MiB.
const AHEAD: u32 = 16;
/// Segments of one piece of a download: 256 KiB.
const PIECE: u32 = 4;

/// A file that is there.
struct Reader {
    id: Id,
    files: Files,
    segments: Arc<Segments>,
    layout: Layout,
}

impl Reader {
    /// Opens the last segment first: that proves that nothing was cut off.
    async fn new(app: &App, id: Id) -> Result<Self> {
        let files = app.files.clone();
        let size = files.store().head(&place(id)).await.map_err(fault)?.size;
        let layout = Layout::of_sealed(size).ok_or_else(|| FILE_DAMAGED.refusal())?;
        let header = files.store().get_range(&place(id), 0..HEADER as u64).await.map_err(fault)?;
        let segments = Segments::of_header(&*app.keys, &context(id), &header).map_err(|error| unopened(&error, id))?;
        let reader = Self { id, files, segments: Arc::new(segments), layout };
        reader.read(layout.last(), 1).await?;
        Ok(reader)
    }

    /// Opens the segments from `first` on, at most `count` of them.
    async fn read(&self, first: u32, count: u32) -> Result<Vec<u8>> {
        let range = self.layout.range(first, count);
        let sealed = self.files.store().get_range(&place(self.id), range).await.map_err(fault)?;
        let (segments, last) = (self.segments.clone(), self.layout.last());
        let opening = spawn_blocking(move || {
            let mut plain = Vec::with_capacity(sealed.len());
            for (number, piece) in (first..).zip(sealed.chunks(SEALED)) {
                segments.open(number, number == last, piece, &mut plain)?;
            }
            Ok(plain)
        });
        opening.await.map_err(Error::internal)?.map_err(|error| unopened(&error, self.id))
    }
}

/// A file read by blocking code (`spawn_blocking`), at any place. One who reads on is read ahead for; one who jumps
/// costs a segment a jump.
///
/// Its errors carry the refusal: [`super::cause`] gets it back.
pub struct Source {
    handle: Handle,
    reader: Reader,
    position: u64,
    /// Opened bytes, and the first segment of them.
    window: Vec<u8>,
    first: u32,
    ahead: u32,
}

/// Opens a file for blocking code.
///
/// # Errors
/// Outside the runtime's threads; `file.unknown`; `file.damaged`.
pub fn source(app: &App, id: Id) -> Result<Source> {
    let handle = Handle::try_current().map_err(Error::internal)?;
    let reader = handle.block_on(Reader::new(app, id))?;
    Ok(Source { handle, reader, position: 0, window: Vec::new(), first: 0, ahead: 1 })
}

impl Source {
    /// Bytes of the content.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.reader.layout.bytes
    }

    /// What is open from the present position on; empty when it must be fetched.
    fn at_hand(&self) -> &[u8] {
        let start = u64::from(self.first) * SEGMENT as u64;
        let within = self.position.checked_sub(start).and_then(|within| usize::try_from(within).ok());
        within.and_then(|within| self.window.get(within..)).unwrap_or_default()
    }

    fn fetch(&mut self) -> Result<()> {
        let segment = u32::try_from(self.position / SEGMENT as u64).map_err(Error::internal)?;
        let after = u64::from(self.first) * SEGMENT as u64 + self.window.len() as u64;
        let reads_on = !self.window.is_empty() && self.position == after;
        self.ahead = if reads_on { (self.ahead * 2).min(AHEAD) } else { 1 };
        self.window = self.handle.block_on(self.reader.read(segment, self.ahead))?;
        self.first = segment;
        Ok(())
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.position >= self.size_bytes() {
            return Ok(0);
        }
        if self.at_hand().is_empty() {
            self.fetch().map_err(carrying)?;
        }
        let read = self.at_hand().read(buffer)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => self.size_bytes().checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

/// The content piece by piece. A piece that does not open ends it with an error, so a download breaks off rather than
/// look complete.
pub fn stream(app: &App, id: Id) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let app = app.clone();
    let whole = |reader: Reader| {
        let bytes = reader.layout.bytes;
        pieces(reader, 0..bytes)
    };
    stream::once(async move { Reader::new(&app, id).await.map_err(carrying) }).map_ok(whole).try_flatten()
}

/// The answer of a download, whole or in part. The file is opened before anything is sent, so a missing one is still
/// refused.
///
/// # Errors
/// `file.unknown`; `file.damaged`.
pub async fn download(app: &App, id: Id, name: String, content_type: &'static str) -> Result<Download> {
    let reader = Reader::new(app, id).await?;
    let bytes = Some(reader.layout.bytes);
    let open = Box::new(|range| pieces(reader, range).boxed());
    let body = Content::Anywhere(Anywhere { tag: id.simple().to_string(), open });
    Ok(Download { name, content_type, bytes, shown: false, body })
}

/// The bytes of a range, some segments at a time; what is opened around its ends is cut off.
fn pieces(reader: Reader, range: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::try_unfold((reader, range), |(reader, Range { start, end })| async move {
        if start >= end {
            return Ok(None);
        }
        let piece = reader.cut(start, end).await.map_err(carrying)?;
        let next = start + piece.len() as u64;
        Ok(Some((piece, (reader, next..end))))
    })
}

impl Reader {
    /// The bytes from `start` on, not beyond `end`, at least one and at the most [`PIECE`] segments of them.
    async fn cut(&self, start: u64, end: u64) -> Result<Bytes> {
        let segment = SEGMENT as u64;
        let number = |place: u64| u32::try_from(place / segment).map_err(Error::internal);
        let (first, last) = (number(start)?, number(end.saturating_sub(1))?);
        let count = PIECE.min(last.saturating_sub(first).saturating_add(1));
        let opened = Bytes::from(self.read(first, count).await?);
        let from = u64::from(first) * segment;
        let within = |place: u64| usize::try_from(place.saturating_sub(from)).unwrap_or(usize::MAX).min(opened.len());
        let (skip, stop) = (within(start), within(end));
        if skip < stop { Ok(opened.slice(skip..stop)) } else { Err(FILE_DAMAGED.refusal().into()) }
    }
}

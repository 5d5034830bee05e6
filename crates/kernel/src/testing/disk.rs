//! A disk with little room, for files.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use futures::FutureExt;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Place;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
};

use crate::file::Files;

/// A folder on a disk that takes no more than so many bytes. Its room is that of everything ever written: what is deleted
/// gives none back, until [`give`](NarrowDisk::give).
#[derive(Debug, Clone)]
pub struct NarrowDisk {
    folder: Arc<LocalFileSystem>,
    left: Arc<AtomicU64>,
}

impl NarrowDisk {
    /// A folder that is there, with room for so many bytes.
    #[must_use]
    pub fn new(folder: &Path, bytes: u64) -> Self {
        let folder = LocalFileSystem::new_with_prefix(folder).unwrap();
        Self { folder: Arc::new(folder), left: Arc::new(AtomicU64::new(bytes)) }
    }

    /// Somebody cleans up.
    pub fn give(&self, bytes: u64) {
        self.left.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A file store on it.
    #[must_use]
    pub fn files(&self, folder: &Path) -> Files {
        Files::over(Box::new(self.clone()), folder)
    }

    /// Takes room, or says what a file system says when there is none.
    fn take(&self, bytes: usize) -> Result<()> {
        let wanted = bytes as u64;
        let taken = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(wanted));
        let full =
            |_| Error::Generic { store: "narrow disk", source: Box::new(io::Error::from(io::ErrorKind::StorageFull)) };
        taken.map(|_| ()).map_err(full)
    }
}

impl fmt::Display for NarrowDisk {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a narrow disk at {}", self.folder)
    }
}

#[async_trait]
impl ObjectStore for NarrowDisk {
    async fn put_opts(&self, place: &Place, bytes: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.take(bytes.content_length())?;
        self.folder.put_opts(place, bytes, options).await
    }

    async fn put_multipart_opts(
        &self,
        place: &Place,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let upload = self.folder.put_multipart_opts(place, options).await?;
        Ok(Box::new(NarrowUpload { disk: self.clone(), upload }))
    }

    async fn get_opts(&self, place: &Place, options: GetOptions) -> Result<GetResult> {
        self.folder.get_opts(place, options).await
    }

    fn delete_stream(&self, places: BoxStream<'static, Result<Place>>) -> BoxStream<'static, Result<Place>> {
        self.folder.delete_stream(places)
    }

    fn list(&self, prefix: Option<&Place>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.folder.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Place>) -> Result<ListResult> {
        self.folder.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Place, to: &Place, options: CopyOptions) -> Result<()> {
        self.folder.copy_opts(from, to, options).await
    }
}

#[derive(Debug)]
struct NarrowUpload {
    disk: NarrowDisk,
    upload: Box<dyn MultipartUpload>,
}

#[async_trait]
impl MultipartUpload for NarrowUpload {
    fn put_part(&mut self, bytes: PutPayload) -> UploadPart {
        match self.disk.take(bytes.content_length()) {
            Ok(()) => self.upload.put_part(bytes),
            Err(full) => std::future::ready(Err(full)).boxed(),
        }
    }

    async fn complete(&mut self) -> Result<PutResult> {
        self.upload.complete().await
    }

    async fn abort(&mut self) -> Result<()> {
        self.upload.abort().await
    }
}

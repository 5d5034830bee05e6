//! Where the sealed bytes are.

use std::error::Error as _;
use std::fs::{DirBuilder, Permissions, set_permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::{ObjectStore, path};

use super::{FILE_DAMAGED, FILE_DISK_FULL, FILE_UNKNOWN};
use crate::crypto::EnvelopeError;
use crate::error::{Error, Result};
use crate::id::Id;

/// The file store of a process; cheap to clone.
#[derive(Clone)]
pub struct Files(Arc<Inner>);

struct Inner {
    store: Box<dyn ObjectStore>,
    /// The folder of a local store, where broken writes leave parts that the store does not list.
    folder: Option<PathBuf>,
}

impl Files {
    /// A folder on this machine, made if missing, open to its owner alone. What is in it survives a power failure once
    /// it is written.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn local(dir: &Path) -> Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(Error::internal)?;
        let mode = dir.metadata().map_err(Error::internal)?.permissions().mode();
        if mode & 0o077 != 0 {
            set_permissions(dir, Permissions::from_mode(mode & 0o700)).map_err(Error::internal)?;
        }
        let store = LocalFileSystem::new_with_prefix(dir).map_err(Error::internal)?.with_fsync(true);
        Ok(Self(Arc::new(Inner { store: Box::new(store), folder: Some(dir.to_owned()) })))
    }

    /// In memory, for tests.
    #[must_use]
    pub fn for_tests() -> Self {
        Self(Arc::new(Inner { store: Box::new(InMemory::new()), folder: None }))
    }

    /// Over any store whose objects lie in a folder, for tests.
    #[must_use]
    pub(crate) fn over(store: Box<dyn ObjectStore>, folder: &Path) -> Self {
        Self(Arc::new(Inner { store, folder: Some(folder.to_owned()) }))
    }

    pub(super) fn store(&self) -> &dyn ObjectStore {
        &*self.0.store
    }

    pub(super) fn folder(&self) -> Option<&Path> {
        self.0.folder.as_deref()
    }
}

/// Where the bytes of a file are.
pub(super) fn place(id: Id) -> path::Path {
    path::Path::from(id.simple().to_string())
}

/// What the bytes are sealed for: they open in no other file.
pub(super) fn context(id: Id) -> String {
    format!("file:{id}")
}

/// What a fault of the store is to the caller.
pub(super) fn fault(error: object_store::Error) -> Error {
    if matches!(error, object_store::Error::NotFound { .. }) {
        return FILE_UNKNOWN.refusal().into();
    }
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.downcast_ref::<io::Error>().is_some_and(is_full) {
            tracing::error!(%error, "the file store is full");
            return FILE_DISK_FULL.refusal().into();
        }
        cause = inner.source();
    }
    Error::internal(format!("file store: {error}"))
}

pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// What does not open was changed or exchanged; without its key it cannot be told.
pub(super) fn unopened(error: &EnvelopeError, id: Id) -> Error {
    match error {
        EnvelopeError::Key(_) => Error::internal(format!("file {id}: {}", error.code())),
        _ => {
            tracing::error!(file = %id, code = error.code(), "a file does not open");
            FILE_DAMAGED.refusal().into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(kind: io::ErrorKind) -> Option<String> {
        let source = Box::new(io::Error::from(kind));
        let error = fault(object_store::Error::Generic { store: "test", source });
        error.refusal().map(|refusal| refusal.code.to_string())
    }

    #[test]
    fn a_full_disk_is_told_from_other_faults() {
        assert_eq!(code_of(io::ErrorKind::StorageFull).as_deref(), Some("file.disk_full"));
        assert_eq!(code_of(io::ErrorKind::QuotaExceeded).as_deref(), Some("file.disk_full"));
        assert_eq!(code_of(io::ErrorKind::PermissionDenied), None);
    }
}

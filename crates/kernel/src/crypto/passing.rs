//! Keys that are forgotten: each in a file of its own, made for a short while, and gone for good after it.
//!
//! What is sealed with a passing key can be read until the key is forgotten and by nobody afterwards, whoever has the
//! database, its backups and the platform's own keys. Sealed ballots wait like this until they are shuffled in.
//!
//! Keys belong to a *ring*, named by an id; the newest key of a ring is the one to seal with ([`PassingKeys::current`]),
//! older ones open what they sealed until they are forgotten ([`PassingKeys::forget_older`]). Several servers share the
//! folder. It must be left out of backups, which is why it is no part of the key file.
//!
//! Invariants: a key file is readable by its owner alone and is on the disk before the key is used; forgetting
//! overwrites the file before it is removed. (A disk that writes elsewhere than where it is told, or a snapshot of the
//! file system, may keep the bytes: `docs/ballot-secrecy.md` says so.)
//!
//! ```
//! use kernel::crypto::passing::PassingKeys;
//! use kernel::id::Ids;
//!
//! let keys = PassingKeys::in_memory();
//! let (ring, key) = (Ids::random(), Ids::random());
//! let made = keys.renew(ring, key)?;
//! let sealed = made.seal("ballot_queue:1", b"synthetic")?;
//! assert_eq!(keys.find(ring, key)?.open("ballot_queue:1", &sealed)?.as_slice(), b"synthetic");
//! keys.forget_older(ring, None)?;
//! assert!(keys.find(ring, key).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rand::TryRng;
use rand::rngs::SysRng;
use zeroize::Zeroizing;

use super::envelope::{EnvelopeError, open_with, seal_with};
use super::keys::{DataKey, KeyError};
use crate::id::Id;

/// A key of a ring.
pub struct PassingKey {
    /// Which; kept beside what it sealed.
    pub id: Id,
    key: DataKey,
}

impl PassingKey {
    /// Seals a value for one place, like [`super::seal`].
    ///
    /// # Errors
    /// When the value is too large.
    pub fn seal(&self, context: &str, plaintext: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
        seal_with(&self.key, context, plaintext)
    }

    /// Opens what this key sealed for that place.
    ///
    /// # Errors
    /// When the bytes were changed, or belong to another place or key.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        open_with(&self.key, context, sealed)
    }
}

type Ring = BTreeMap<Id, DataKey>;

/// All rings; see the module.
pub struct PassingKeys {
    folder: Option<PathBuf>,
    /// What was read or made by this process. Without a folder, all there is.
    known: Mutex<BTreeMap<Id, Ring>>,
}

impl PassingKeys {
    /// Keys in files below a folder, made when first needed.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: Some(folder.to_owned()), known: Mutex::default() }
    }

    /// Keys of this process alone, gone with it: for tests.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { folder: None, known: Mutex::default() }
    }

    /// Makes a key under an id that sorts after those before it (a v7 id); from now on it is the current one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn renew(&self, ring: Id, id: Id) -> Result<PassingKey, KeyError> {
        let mut key = DataKey::default();
        SysRng.try_fill_bytes(key.as_mut_slice()).map_err(|_| KeyError::Random)?;
        if let Some(folder) = &self.folder {
            write(&folder.join(ring.to_string()), id, &key)?;
        }
        self.known().entry(ring).or_default().insert(id, key.clone());
        Ok(PassingKey { id, key })
    }

    /// The key to seal with: the newest one of the ring, of whichever server; `None` when the ring has none.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn current(&self, ring: Id) -> Result<Option<PassingKey>, KeyError> {
        match self.ids(ring)?.last() {
            Some(newest) => self.find(ring, *newest).map(Some),
            None => Ok(None),
        }
    }

    /// A key by its id.
    ///
    /// # Errors
    /// When it was forgotten, or its file cannot be read.
    pub fn find(&self, ring: Id, id: Id) -> Result<PassingKey, KeyError> {
        if let Some(key) = self.known().get(&ring).and_then(|ring| ring.get(&id)) {
            return Ok(PassingKey { id, key: key.clone() });
        }
        let folder = self.folder.as_ref().ok_or(KeyError::Forgotten)?;
        let key = read(&folder.join(ring.to_string()), id)?;
        self.known().entry(ring).or_default().insert(id, key.clone());
        Ok(PassingKey { id, key })
    }

    /// Ids of the ring's keys, oldest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn ids(&self, ring: Id) -> Result<Vec<Id>, KeyError> {
        let Some(folder) = &self.folder else {
            return Ok(self.known().get(&ring).map(|ring| ring.keys().copied().collect()).unwrap_or_default());
        };
        let folder = folder.join(ring.to_string());
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(at(&folder))?,
        };
        let mut ids: Vec<Id> = Vec::new();
        for entry in entries {
            let name = entry.map_err(at(&folder))?.file_name();
            ids.extend(name.to_str().and_then(|name| name.strip_suffix(".key")).and_then(|id| id.parse::<Id>().ok()));
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// Forgets every key of the ring that is older than this one; all of them when there is none.
    ///
    /// # Errors
    /// When a file cannot be overwritten or removed.
    pub fn forget_older(&self, ring: Id, than: Option<Id>) -> Result<(), KeyError> {
        for id in self.ids(ring)?.into_iter().filter(|id| than.is_none_or(|than| *id < than)) {
            if let Some(folder) = &self.folder {
                erase(&folder.join(ring.to_string()), id)?;
            }
        }
        let mut known = self.known();
        match than {
            Some(than) => known.entry(ring).or_default().retain(|id, _| *id >= than),
            None => {
                known.remove(&ring);
                if let Some(folder) = &self.folder {
                    // Empty by now; another server may have been first.
                    let _ = fs::remove_dir(folder.join(ring.to_string()));
                }
            }
        }
        Ok(())
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Id, Ring>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn file(folder: &Path, id: Id) -> PathBuf {
    folder.join(format!("{id}.key"))
}

fn write(folder: &Path, id: Id, key: &DataKey) -> Result<(), KeyError> {
    let path = file(folder, id);
    // Complete before it has its name: another server reads whatever is there.
    let beside = path.with_extension("new");
    let written = || -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(key.as_slice())?;
        file.sync_all()?;
        fs::rename(&beside, &path)?;
        sync(folder)?;
        folder.parent().map_or(Ok(()), sync)
    };
    written().map_err(at(&path))
}

fn read(folder: &Path, id: Id) -> Result<DataKey, KeyError> {
    let path = file(folder, id);
    let mut key = DataKey::default();
    let read = File::open(&path).and_then(|mut file| file.read_exact(key.as_mut_slice()));
    match read {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(KeyError::Forgotten),
        Err(error) => Err(at(&path)(error)),
    }
}

fn erase(folder: &Path, id: Id) -> Result<(), KeyError> {
    let path = file(folder, id);
    let erased = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(&path)?;
        file.rewind()?;
        file.write_all(&[0; 16])?;
        file.sync_all()?;
        fs::remove_file(&path)?;
        sync(folder)
    };
    match erased() {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(&path)(error)),
        _ => Ok(()),
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder).and_then(|open| open.sync_all())
}

fn at(path: &Path) -> impl Fn(io::Error) -> KeyError {
    move |source| KeyError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Ids;
    use crate::testing::TestFolder;
    use crate::time::Clock;

    fn ids() -> Ids {
        Ids::new(Clock::system())
    }

    #[test]
    fn keys_are_shared_by_processes_and_forgotten_by_all() {
        let (folder, ids, ring) = (TestFolder::new(), ids(), Ids::random());
        let (one, other) = (PassingKeys::in_folder(folder.path()), PassingKeys::in_folder(folder.path()));
        assert!(one.current(ring).unwrap().is_none());
        let first = one.renew(ring, ids.next()).unwrap();
        let sealed = first.seal("place", b"vote").unwrap();
        let second = other.renew(ring, ids.next()).unwrap();
        assert_eq!(one.current(ring).unwrap().unwrap().id, second.id, "made by the other process");
        assert_eq!(other.find(ring, first.id).unwrap().open("place", &sealed).unwrap().as_slice(), b"vote");
        assert!(second.open("place", &sealed).is_err());
        assert!(first.open("elsewhere", &sealed).is_err());
        one.forget_older(ring, Some(second.id)).unwrap();
        assert_eq!(one.ids(ring).unwrap(), [second.id]);
        assert!(matches!(PassingKeys::in_folder(folder.path()).find(ring, first.id), Err(KeyError::Forgotten)));
        one.forget_older(ring, None).unwrap();
        assert!(one.current(ring).unwrap().is_none());
        assert!(!folder.path().join(ring.to_string()).exists());
    }

    #[test]
    fn files_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, ids, ring) = (TestFolder::new(), ids(), Ids::random());
        let keys = PassingKeys::in_folder(&folder.path().join("passing"));
        let key = keys.renew(ring, ids.next()).unwrap();
        let path = folder.path().join("passing").join(ring.to_string()).join(format!("{}.key", key.id));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(keys.renew(ring, key.id).is_ok(), "a name is written again as a whole");
    }
}

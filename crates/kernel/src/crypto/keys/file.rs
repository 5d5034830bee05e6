//! The key file: JSON with keys in hex, mode 0600.
//!
//! Invariants: a reader sees the whole file or none, because it is written beside its place, synced, and then linked
//! (first time, never over an existing file) or renamed into it; writers take turns by a lock file.
//!
//! ```json
//! {"version": 1, "demo": false, "current": 2, "data_keys": {"1": "…", "2": "…"}, "index_key": "…", "signing_key": "…"}
//! ```

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::{KeyError, Material};

const VERSION: u32 = 1;
/// Far more than any number of rotations needs.
const MAX_BYTES: u64 = 1024 * 1024;

#[derive(Deserialize)]
struct Head {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    version: u32,
    demo: bool,
    current: u32,
    data_keys: BTreeMap<u32, String>,
    index_key: String,
    signing_key: String,
}

impl Drop for Content {
    fn drop(&mut self) {
        self.data_keys.values_mut().for_each(Zeroize::zeroize);
        self.index_key.zeroize();
        self.signing_key.zeroize();
    }
}

/// The keys of the file; `None` when there is no file.
pub(super) fn read(path: &Path) -> Result<Option<Material>, KeyError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(path)(error)),
    };
    // Asked of the open file, not of its name: the name may point elsewhere a moment later.
    let mode = file.metadata().map_err(at(path))?.mode() & 0o777;
    if mode & 0o077 != 0 {
        let path = path.to_owned();
        return Err(KeyError::Permissions { path, mode });
    }
    let mut text = Zeroizing::new(String::new());
    match file.take(MAX_BYTES).read_to_string(&mut text) {
        Ok(_) => decode(path, &text).map(Some),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(damaged(path, "不是文本")),
        Err(error) => Err(at(path)(error)),
    }
}

/// Writes a new file and returns its keys; when another process was first, that one's keys are returned.
pub(super) fn create(path: &Path, material: &Material) -> Result<Material, KeyError> {
    if let Some(folder) = folder(path) {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(folder).map_err(at(folder))?;
    }
    let _turn = turn(path)?;
    let beside = write_beside(path, material)?;
    let linked = fs::hard_link(&beside, path);
    let removed = fs::remove_file(&beside);
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(at(path)(error)),
        _ => removed.map_err(at(&beside))?,
    }
    sync_folder(path)?;
    reread(path)
}

/// Reads the file, lets `change` change the keys, and puts the new file in its place.
pub(super) fn update(
    path: &Path,
    change: impl Fn(&mut Material) -> Result<(), KeyError>,
) -> Result<Material, KeyError> {
    let _turn = turn(path)?;
    let mut material = reread(path)?;
    change(&mut material)?;
    let beside = write_beside(path, &material)?;
    fs::rename(&beside, path).map_err(at(path))?;
    sync_folder(path)?;
    reread(path)
}

fn reread(path: &Path) -> Result<Material, KeyError> {
    read(path)?.ok_or_else(|| at(path)(io::ErrorKind::NotFound.into()))
}

/// Takes the writers' lock; it is given back when the answer is dropped.
fn turn(path: &Path) -> Result<File, KeyError> {
    let name = sibling(path, ".lock");
    let mut options = OpenOptions::new();
    let lock = options.write(true).create(true).truncate(false).mode(0o600).open(&name);
    let lock = lock.map_err(at(&name))?;
    lock.lock().map_err(at(&name))?;
    Ok(lock)
}

fn write_beside(path: &Path, material: &Material) -> Result<PathBuf, KeyError> {
    material.check()?;
    let name = sibling(path, ".new");
    // Left behind by a writer that died: we hold the lock, so nobody is writing it now.
    match fs::remove_file(&name) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&name)(error)),
        _ => {}
    }
    let text = encode(path, material)?;
    let written = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&name)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    written().map_err(at(&name))?;
    Ok(name)
}

fn sync_folder(path: &Path) -> Result<(), KeyError> {
    let folder = folder(path).unwrap_or(Path::new("."));
    File::open(folder).and_then(|open| open.sync_all()).map_err(at(folder))
}

fn folder(path: &Path) -> Option<&Path> {
    path.parent().filter(|folder| !folder.as_os_str().is_empty())
}

fn sibling(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

fn encode(path: &Path, material: &Material) -> Result<Zeroizing<String>, KeyError> {
    let content = Content {
        version: VERSION,
        demo: material.demo,
        current: material.current,
        data_keys: material.data_keys.iter().map(|(id, key)| (*id, hex::encode(key.as_slice()))).collect(),
        index_key: hex::encode(material.index_key.as_slice()),
        signing_key: hex::encode(material.signing_key.as_slice()),
    };
    let text = serde_json::to_string_pretty(&content);
    text.map(Zeroizing::new).map_err(|_| damaged(path, "无法写成 JSON"))
}

fn decode(path: &Path, text: &str) -> Result<Material, KeyError> {
    let head: Head = serde_json::from_str(text).map_err(|_| damaged(path, "不是完整的 JSON"))?;
    if head.version != VERSION {
        let (path, found) = (path.to_owned(), head.version);
        return Err(KeyError::Version { path, found });
    }
    let content: Content = serde_json::from_str(text).map_err(|_| damaged(path, "缺少内容或内容多余"))?;
    let mut data_keys = BTreeMap::new();
    for (id, key) in &content.data_keys {
        data_keys.insert(*id, bytes(path, key, "data_keys")?);
    }
    let material = Material {
        demo: content.demo,
        current: content.current,
        data_keys,
        index_key: bytes(path, &content.index_key, "index_key")?,
        signing_key: bytes(path, &content.signing_key, "signing_key")?,
    };
    material.check()?;
    Ok(material)
}

fn bytes<const N: usize>(path: &Path, text: &str, what: &'static str) -> Result<Zeroizing<[u8; N]>, KeyError> {
    let mut key = Zeroizing::new([0; N]);
    hex::decode_to_slice(text, key.as_mut_slice()).map_err(|_| damaged(path, what))?;
    Ok(key)
}

fn damaged(path: &Path, what: &'static str) -> KeyError {
    let path = path.to_owned();
    KeyError::Damaged { path, what }
}

fn at(path: &Path) -> impl Fn(io::Error) -> KeyError {
    move |source| KeyError::Io { path: path.to_owned(), source }
}

//! A folder per test process, deleted with its contents.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

const PREFIX: &str = "zhigong-test-";

/// The folder of this process; what processes that are gone left behind is removed first.
static PROCESS: LazyLock<PathBuf> = LazyLock::new(|| {
    let all = std::env::temp_dir();
    sweep(&all);
    let own = all.join(format!("{PREFIX}{}", std::process::id()));
    std::fs::create_dir_all(&own).unwrap();
    own
});
static NEXT: AtomicU64 = AtomicU64::new(0);

/// The folder shared by all tests of this process; removed by a later run.
pub(super) fn of_process() -> &'static Path {
    &PROCESS
}

/// An empty folder that is deleted when dropped.
pub struct TestFolder(PathBuf);

impl TestFolder {
    /// Makes one.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it touches the disk; a default should not")]
    pub fn new() -> Self {
        let path = PROCESS.join(NEXT.fetch_add(1, Ordering::Relaxed).to_string());
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        // What cannot be deleted now is swept by a later run.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Only where the system tells which processes live.
fn sweep(all: &Path) {
    if !Path::new("/proc/self").exists() {
        return;
    }
    for entry in std::fs::read_dir(all).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.parse::<u32>().ok());
        if pid.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

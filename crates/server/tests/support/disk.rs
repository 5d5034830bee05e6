//! A disk under one process that can lose its power, lie, fail and be slow: `disk.c`, put before the C library.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use kernel::testing::TestFolder;

use super::House;

/// What a disk takes whole, and what the system gives it at once.
const SECTOR: usize = 512;
const BLOCK: usize = 4_096;
/// The files of SQLite that are to outlive the power.
const KEPT: [&str; 2] = ["", "-wal"];

/// How a disk syncs.
#[derive(Debug, Clone, Copy)]
pub enum Syncing {
    /// What was written is kept.
    Honest,
    /// The same, and takes so many milliseconds longer.
    Slow(u32),
    /// It says yes, and nothing is kept.
    Lying,
}

/// The disk of a house on SQLite.
pub struct Disk {
    database: PathBuf,
    stable: TestFolder,
}

impl Disk {
    /// None, and the reason printed, where nothing can be put before the C library.
    pub fn of(house: &House) -> Option<Self> {
        if !cfg!(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64")) {
            println!("not tried: only on 64-bit Linux with glibc can a library stand before that of C");
            return None;
        }
        // As SQLite opens it.
        let database = house.data().canonicalize().unwrap().join("zhigong.db");
        Some(Self { database, stable: TestFolder::new() })
    }

    /// Puts it under a process that is about to start; what is there by now is kept.
    pub fn put_under(&self, command: &mut Command, syncing: Syncing) {
        for (file, twin) in self.kept() {
            match fs::read(file) {
                Ok(bytes) => fs::write(twin, bytes).unwrap(),
                Err(_) => drop(fs::remove_file(twin)),
            }
        }
        command.env("LD_PRELOAD", library()).env("DISK_FILES", &self.database).env("DISK_STABLE", self.stable.path());
        match syncing {
            Syncing::Honest => command,
            Syncing::Slow(ms) => command.env("DISK_SLOW_MS", ms.to_string()),
            Syncing::Lying => command.env("DISK_LIES", "1"),
        };
    }

    /// The next sync of the log fails, once.
    pub fn fail(&self) {
        fs::write(self.stable.path().join("fail"), "").unwrap();
    }

    /// The next sync of the file that the log is copied into fails, once.
    pub fn fail_database(&self) {
        fs::write(self.stable.path().join("fail-database"), "").unwrap();
    }

    /// The power goes, after the process was killed. Of what was not synced a disk may have taken some blocks all the
    /// same, and some of them half; with a seed it has.
    pub fn lose_power(&self, seed: Option<u64>) {
        let mut dice = seed.map(Dice);
        for (file, twin) in self.kept() {
            let mut kept = fs::read(twin).unwrap_or_default();
            if let Some(dice) = &mut dice {
                keep_some(&fs::read(&file).unwrap_or_default(), &mut kept, dice);
            }
            if kept.is_empty() { drop(fs::remove_file(file)) } else { fs::write(file, kept).unwrap() }
        }
        let _ = fs::remove_file(with(&self.database, "-shm"));
    }

    /// Each file and its twin.
    fn kept(&self) -> [(PathBuf, PathBuf); 2] {
        KEPT.map(|end| (with(&self.database, end), with(&self.stable.path().join("zhigong.db"), end)))
    }
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(end);
    path.into()
}

/// Writes some of the blocks that are not the same over those that were kept.
fn keep_some(written: &[u8], kept: &mut Vec<u8>, dice: &mut Dice) {
    for (number, block) in written.chunks(BLOCK).enumerate() {
        let from = number * BLOCK;
        if kept.get(from..from + block.len()) == Some(block) {
            continue;
        }
        let bytes = match dice.roll(3) {
            0 => continue,
            1 => block.len(),
            _ => block.len().min(SECTOR * (1 + dice.roll(7))),
        };
        kept.resize(kept.len().max(from + bytes), 0);
        kept[from..from + bytes].copy_from_slice(&block[..bytes]);
    }
}

/// The same for the same seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        usize::try_from((mixed ^ (mixed >> 27)) % sides).unwrap()
    }
}

/// Compiled once a process, in a folder whose files may be executed.
fn library() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        fs::create_dir_all(folder).unwrap();
        let draft = folder.join(format!("disk-{}.so", std::process::id()));
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/disk.c");
        let mut cc = Command::new("cc");
        cc.args(["-shared", "-fPIC", "-O1", "-U_FORTIFY_SOURCE", "-o"]).arg(&draft).args([source, "-ldl", "-lpthread"]);
        let output = cc.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let made = folder.join("disk.so");
        fs::rename(draft, &made).unwrap();
        made
    })
}

//! The machine a figure was measured on, named so that a stranger can judge it, and the commit.

use std::path::Path;
use std::process::{Command, Stdio};

use kernel::calendar::china_day;
use kernel::time::Clock;

use super::report::Measured;
use crate::fault::Fault;

/// The machine, today, and the commit.
pub fn measured(work: &Path) -> Result<Measured, Fault> {
    let day = china_day(Clock::system().now()).to_string();
    Ok(Measured { day, commit: commit().unwrap_or_default(), machine: describe(work)? })
}

/// What is checked out here, where there is a git to ask: whoever measures has just built it.
fn commit() -> Option<String> {
    let mut git = Command::new("git");
    let output = git.args(["describe", "--always", "--dirty"]).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// One line: processor, cores, memory, kernel, file system.
fn describe(work: &Path) -> Result<String, Fault> {
    std::fs::create_dir_all(work).map_err(|error| {
        Fault::new("工作目录不能写，没有开始测量。", format!("{} cannot be made: {error}.", work.display()))
    })?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = field("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    let memory = memory.map_or_else(|| "memory unknown".to_owned(), |kib| format!("{} GiB", kib.div_ceil(1 << 20)));
    let system = read("/proc/sys/kernel/osrelease").unwrap_or_else(|| std::env::consts::OS.to_owned());
    let disk = file_system(work).unwrap_or_else(|| "file system unknown".to_owned());
    Ok(format!("{processor}, {cores} cores, {memory} · Linux {system} · {disk}"))
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

fn field(path: &str, name: &str) -> Option<String> {
    let text = read(path)?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The file system that holds a directory: the mount with the longest matching path.
fn file_system(work: &Path) -> Option<String> {
    let place = work.canonicalize().ok()?;
    let mounts = read("/proc/mounts")?;
    let mut best: Option<(usize, String)> = None;
    for line in mounts.lines() {
        let mut parts = line.split(' ');
        let (mount, kind) = (parts.nth(1)?, parts.next()?);
        if place.starts_with(mount) && best.as_ref().is_none_or(|(length, _)| mount.len() >= *length) {
            best = Some((mount.len(), kind.to_owned()));
        }
    }
    best.map(|(_, kind)| kind)
}

/// The most memory this process has held since [`forget_peak`], in MiB.
pub fn peak_mib() -> u64 {
    peak_mib_of("self")
}

/// The most memory that a process has held, in MiB; 0 once it is gone.
pub fn peak_mib_of(process: &str) -> u64 {
    let kib =
        field(&format!("/proc/{process}/status"), "VmHWM").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}

/// Starts the peak of memory anew.
pub fn forget_peak() {
    // 5 resets the peak (proc(5)); where that is not allowed the figure is only too high.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

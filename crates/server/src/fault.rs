//! Why a command stopped, for the person at the terminal: a Chinese line, an
//! English line, then what to type or do.
//!
//! ```text
//! ✗ 端口 8080 已被占用，平台没有启动。
//!   Port 8080 is taken; the platform did not start.
//!     zhigong serve --listen 127.0.0.1:8081
//! ```

use std::fmt;

/// Exit status of a command that could not do its work; 1 means that the work was
/// done and found something wrong.
pub const EXIT: u8 = 2;

/// The same, for whoever asks for help.
pub const STATUS: &str = "退出状态 / Exit status:
  0  完成 / done
  1  完成，但发现问题：有行没有导入、事件被改动 / done, and something was found wrong: rows rejected, events changed
  2  没有完成 / not done";

/// A command that stopped before it did anything.
#[derive(Debug)]
pub struct Fault {
    chinese: String,
    english: String,
    next: Vec<String>,
}

impl Fault {
    /// What is wrong, in Chinese and in English.
    pub fn new(chinese: impl Into<String>, english: impl Into<String>) -> Self {
        Self { chinese: chinese.into(), english: english.into(), next: Vec::new() }
    }

    /// Adds a line that says what to do.
    #[must_use]
    pub fn next(mut self, line: impl Into<String>) -> Self {
        self.next.push(line.into());
        self
    }

    /// The database could not be reached, read or written.
    pub fn database(error: &kernel::Error) -> Self {
        Self::new("数据库打不开或写不进，没有启动。", format!("The database cannot be opened or written: {error}."))
            .next("请检查数据库是否在运行、磁盘是否已满、--database 是否写对。")
            .next("Check that it runs, that the disk is not full, and --database.")
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n✗ {}\n  {}", self.chinese, self.english)?;
        self.next.iter().try_for_each(|line| write!(f, "\n    {line}"))
    }
}

impl From<kernel::Error> for Fault {
    fn from(error: kernel::Error) -> Self {
        Self::database(&error)
    }
}

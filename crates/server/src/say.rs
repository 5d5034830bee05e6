//! Words for the terminal of a command that goes on when nobody reads them any more: `zhigong import … | head` closes
//! the pipe between the check and the run, and a half-done import would be worse than an unread line.

use std::fmt::Display;
use std::io::Write;

/// A line on the standard output; lost when it is closed.
pub fn line(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// A line on the standard error; lost when it is closed.
pub fn aside(text: impl Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// The beginning of a line on the standard error, shown at once; lost when it is closed.
pub fn progress(text: impl Display) {
    let mut stderr = std::io::stderr();
    let _ = write!(stderr, "{text}").and_then(|()| stderr.flush());
}

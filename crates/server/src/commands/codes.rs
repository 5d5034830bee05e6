//! `zhigong codes`: prints every code that a refusal can carry, with its Chinese
//! sentence and its English meaning. `docs/codes.md` must equal it.

use std::process::ExitCode;

use crate::fault::Fault;
use crate::floors;

/// Prints the list; needs no database.
///
/// # Errors
/// None today; every command has the same shape.
pub fn codes() -> Result<ExitCode, Fault> {
    print!("{}", registry::codes::markdown(&floors::refusals()));
    Ok(ExitCode::SUCCESS)
}

//! `zhigong matrix`: prints every route against everybody who could call it.
//! `docs/access-matrix.md` must equal it.

use std::process::ExitCode;

use crate::fault::Fault;
use crate::floors;

/// Prints the matrix; needs no database.
///
/// # Errors
/// None today; every command has the same shape.
pub fn matrix() -> Result<ExitCode, Fault> {
    print!("{}", registry::access::matrix(floors::routes().table(), &floors::policy()));
    Ok(ExitCode::SUCCESS)
}

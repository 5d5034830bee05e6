//! `zhigong migrate`: brings a database to this program's schema and ends. `serve`
//! does the same at its start; this is for deployments that want it apart.

use std::process::ExitCode;

use crate::fault::Fault;
use crate::house::Place;

/// Applies what is missing and says how many steps that were.
///
/// # Errors
/// When the data directory is held by a server, or the database refuses.
pub async fn migrate(place: Place) -> Result<ExitCode, Fault> {
    let _held = place.hold()?;
    let (db, applied) = place.open().await?;
    db.close().await?;
    println!("数据库结构已是最新 / the schema is up to date (+{applied})");
    Ok(ExitCode::SUCCESS)
}

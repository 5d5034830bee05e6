//! What is done every minute: published results are looked through, rounds that are over are counted, and where
//! everything is said to be done the electorate is asked.

use kernel::Result;
use kernel::app::App;

use super::{closure, found};

/// Does what is due.
///
/// # Errors
/// The database; what was done stays.
pub async fn round(app: &App) -> Result<()> {
    found::look(app).await?;
    closure::count_due(app).await?;
    closure::ask_due(app).await?;
    Ok(())
}

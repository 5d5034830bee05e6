//! Stopping an import between two chunks. What was written stays; a run can go on later. One that has not begun to
//! write ends for good, and its files with it; a check that is stopped is a draft again.

use kernel::event::Event;
use kernel::{Cx, Result, Tx, file};

use super::shape::{self, ImportPage};
use super::start::ImportId;
use super::words::ImportState;
use super::{entity as import, find};

const STOPPABLE: [ImportState; 5] =
    [ImportState::Draft, ImportState::Checking, ImportState::Checked, ImportState::Running, ImportState::Cancelled];

/// Stops an import.
///
/// # Errors
/// `import.state`, `not_found`; the database.
pub async fn cancel(cx: Cx, input: ImportId) -> Result<ImportPage> {
    find::visible(&cx, cx.read(), input.id).await?;
    // READ COMMITTED: a serializable command would lose against every chunk that moves the import on meanwhile.
    let tx = cx.begin_bulk().await?;
    // The new version closes the fence for whoever works on it.
    tx.execute_sql("UPDATE import SET version = version + 1 WHERE id = $1", [input.id.into()]).await?;
    let mut row = find::movable(&cx, &tx, input.id, &STOPPABLE).await?;
    match row.state()? {
        ImportState::Checking => shape::back_to_draft(&tx, &mut row).await?,
        ImportState::Cancelled => {}
        _ => stop(&tx, &mut row).await?,
    }
    let page = shape::page(&cx, &tx, row).await?;
    tx.commit(page).await
}

async fn stop(tx: &Tx, row: &mut import::Model) -> Result<()> {
    let sql = "UPDATE import SET state = 'cancelled', finished_at = $2 WHERE id = $1";
    tx.execute_sql(sql, [row.id.into(), tx.now().into()]).await?;
    if row.started_at.is_none() {
        for stored in find::files(tx, row.id).await? {
            file::drop_file(tx, stored.file_id).await?;
        }
        let forget = "UPDATE import_file SET preview_sealed = NULL WHERE import_id = $1";
        tx.execute_sql(forget, [row.id.into()]).await?;
    }
    (row.state, row.finished_at) = (ImportState::Cancelled.as_str().to_owned(), Some(tx.now()));
    let event = Event::of("import.cancelled", "import", row.id).at(row.organization_id).with("position", row.position);
    tx.record(event).await?;
    Ok(())
}

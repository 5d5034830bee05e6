//! Starting a pass over the rows in the background: the check, then the run; and going on with one that stopped.

use kernel::event::Event;
use kernel::{Cx, Result, Tx, file, job};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::shape::{self, ImportPage};
use super::words::{ImportState, Phase};
use super::{
    IMPORT_COLUMNS_MISSING, IMPORT_FILE_GONE, IMPORT_NO_ROWS, IMPORT_STATE, entity as import, find, jobs,
    source::SourceFile,
};

/// Which import.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ImportId {
    /// Id of the import.
    pub id: Uuid,
}

/// Checks every row in the background; nothing is written.
///
/// # Errors
/// `import.columns_missing`, `import.file_gone`, `import.state`, `not_found`; the database.
pub async fn check(cx: Cx, input: ImportId) -> Result<ImportPage> {
    let tx = cx.begin().await?;
    let mut row = find::movable(&cx, &tx, input.id, &[ImportState::Draft, ImportState::Checked]).await?;
    must_be_complete(&tx, &row).await?;
    must_have_files(&tx, &row).await?;
    shape::begin(&tx, &mut row, ImportState::Checking).await?;
    started(&tx, &row, "import.check_started", Phase::Check).await?;
    let page = shape::page(&cx, &tx, row).await?;
    tx.commit(page).await
}

/// Writes what the check found good, in the background.
///
/// # Errors
/// `import.no_rows`, `import.file_gone`, `import.state`, `not_found`; the database.
pub async fn run(cx: Cx, input: ImportId) -> Result<ImportPage> {
    let tx = cx.begin().await?;
    let mut row = find::movable(&cx, &tx, input.id, &[ImportState::Checked]).await?;
    if row.rows_total == Some(0) {
        return Err(IMPORT_NO_ROWS.refusal().into());
    }
    must_have_files(&tx, &row).await?;
    shape::begin(&tx, &mut row, ImportState::Running).await?;
    started(&tx, &row, "import.started", Phase::Run).await?;
    let page = shape::page(&cx, &tx, row).await?;
    tx.commit(page).await
}

/// Goes on with an import that was stopped; a run goes on with the row after the last one written.
///
/// # Errors
/// `import.file_gone`, `import.state`, `not_found`; the database.
pub async fn resume(cx: Cx, input: ImportId) -> Result<ImportPage> {
    let tx = cx.begin().await?;
    let mut row = find::movable(&cx, &tx, input.id, &[ImportState::Failed, ImportState::Cancelled]).await?;
    let phase = shape::phase(&row);
    if phase == Phase::Check && row.state()? == ImportState::Cancelled {
        return Err(IMPORT_STATE
            .with("这次导入在开始写入之前就取消了，不能继续；请重新上传文件，建立新的导入。")
            .into());
    }
    must_have_files(&tx, &row).await?;
    let sql = "UPDATE import SET state = $2, finished_at = NULL, trouble = NULL, failures = 0, version = version + 1
        WHERE id = $1";
    tx.execute_sql(sql, [row.id.into(), phase.state().as_str().into()]).await?;
    row = find::visible(&cx, &tx, row.id).await?;
    started(&tx, &row, "import.resumed", phase).await?;
    let page = shape::page(&cx, &tx, row).await?;
    tx.commit(page).await
}

async fn started(tx: &Tx, row: &import::Model, kind: &'static str, phase: Phase) -> Result<()> {
    job::enqueue(tx, job::New::of(jobs::kind(phase), row.id)?).await?;
    let event = Event::of(kind, "import", row.id).at(row.organization_id).with("position", row.position);
    tx.record(event).await?;
    Ok(())
}

async fn must_be_complete(tx: &Tx, row: &import::Model) -> Result<()> {
    let home = shape::takes_members(tx, row.organization_id).await?;
    for file in find::files(tx, row.id).await? {
        let file = SourceFile::of(&file)?;
        let missing = shape::missing(file.part, &file.columns, home);
        if !missing.is_empty() {
            let sentence =
                format!("“{}”里还没有对应的列：{}。请在“核对列”里选好后再检查。", file.name, missing.join("、"));
            return Err(IMPORT_COLUMNS_MISSING.with(sentence).on("columns").into());
        }
    }
    Ok(())
}

async fn must_have_files(tx: &Tx, row: &import::Model) -> Result<()> {
    for file in find::files(tx, row.id).await? {
        if file::find(tx, file.file_id).await.is_err() {
            return Err(IMPORT_FILE_GONE.refusal().into());
        }
    }
    Ok(())
}

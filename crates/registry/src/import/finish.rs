//! How a pass ends: whole, or stopped by a fault that is told in Chinese with the next step.

use kernel::app::App;
use kernel::event::Event;
use kernel::time::Time;
use kernel::{Cx, Error, Id, Result, Tx, notice};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::drive::Work;
use super::entity as import;
use super::words::{ImportKind, Phase};

/// Failures without any progress between them after which a person must look.
pub const FAILURES: i64 = 6;
/// Faults of an earlier check that are forgotten in one transaction.
const FORGOTTEN: i64 = 500;

/// Ends a pass all of whose rows were judged; `false` when the import is not this worker's any more.
///
/// # Errors
/// The database.
pub async fn whole(work: &Work, now: Time) -> Result<bool> {
    let tx = Cx::system(&work.app).begin_bulk().await?;
    let set = match work.phase {
        Phase::Check => "state = 'checked', checked_at = $5",
        Phase::Run => "state = 'done', finished_at = $5",
    };
    let sql = format!(
        "UPDATE import SET {set}, rows_total = position, failures = 0, trouble = NULL
        WHERE id = $1 AND version = $2 AND position = $3 AND state = $4"
    );
    let (id, state) = (work.import.id, work.phase.state().as_str());
    let values = [id.into(), work.import.version.into(), work.position().into(), state.into(), now.into()];
    if tx.execute_sql(&sql, values).await? != 1 {
        return Ok(false);
    }
    let row = import::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let kind = if work.phase == Phase::Check { "import.checked" } else { "import.finished" };
    let event = Event::of(kind, "import", id)
        .at(row.organization_id)
        .with("added", row.added)
        .with("unchanged", row.unchanged)
        .with("rejected", row.rejected);
    let event = tx.record(event).await?;
    if work.phase == Phase::Run {
        let what = what(&row)?;
        let body =
            format!("{what}导入完成：新增 {} 行，已有 {} 行，没有导入 {} 行。", row.added, row.unchanged, row.rejected);
        tell(&tx, &row, ("import.finished", "导入完成", body), event).await?;
    }
    tx.commit(()).await?;
    Ok(true)
}

/// Deletes the faults of an earlier check, in small transactions.
pub(super) async fn forget_check(app: &App, id: Id) -> Result<()> {
    let last = "SELECT file_number, row_number FROM
        (SELECT file_number, row_number FROM import_fault WHERE import_id = $1 AND phase = 'check'
            ORDER BY file_number, row_number LIMIT $2) AS first
        ORDER BY file_number DESC, row_number DESC LIMIT 1";
    let delete = "DELETE FROM import_fault WHERE import_id = $1 AND phase = 'check' AND
        (file_number < $2 OR (file_number = $2 AND row_number <= $3))";
    loop {
        let statement = app.db.statement(last, [id.into(), FORGOTTEN.into()]);
        let Some(row) = app.db.read().query_one_raw(statement).await? else { return Ok(()) };
        let (file, number): (i64, i64) = (row.try_get("", "file_number")?, row.try_get("", "row_number")?);
        let tx = Cx::system(app).begin_bulk().await?;
        tx.execute_sql(delete, [id.into(), file.into(), number.into()]).await?;
        tx.commit(()).await?;
    }
}

/// Notes a fault that stopped a pass. Answers the fault while it is worth trying again, so that the job comes back
/// later; nothing more when a person must look first.
///
/// # Errors
/// The fault itself, or the database.
pub async fn failed(app: &App, id: Id, phase: Phase, fault: Error) -> Result<()> {
    let (sentence, lasting) = sentence(&fault);
    let tx = Cx::system(app).begin_bulk().await?;
    let note = "UPDATE import SET failures = failures + 1, trouble = $3 WHERE id = $1 AND state = $2";
    let values = [id.into(), phase.state().as_str().into(), sentence.into()];
    if tx.execute_sql(note, values).await? != 1 {
        // Cancelled meanwhile: nothing is left to be tried again.
        return tx.commit(()).await;
    }
    let row = import::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Error::not_found)?;
    if lasting || row.failures >= FAILURES {
        give_up(&tx, &row).await?;
        return tx.commit(()).await;
    }
    tx.commit(()).await?;
    Err(fault)
}

/// The import waits for a person; what was written stays.
pub(super) async fn give_up(tx: &Tx, row: &import::Model) -> Result<()> {
    let sql = "UPDATE import SET state = 'failed', finished_at = $2 WHERE id = $1 AND state IN ('checking', 'running')";
    if tx.execute_sql(sql, [row.id.into(), tx.now().into()]).await? != 1 {
        return Ok(());
    }
    let event = Event::of("import.failed", "import", row.id).at(row.organization_id).with("position", row.position);
    let event = tx.record(event).await?;
    let body = format!("{}导入停下了，已经导入的行都保存着。请打开这次导入查看原因，处理后点“继续”。", what(row)?);
    tell(tx, row, ("import.failed", "导入没有完成", body), event).await
}

fn what(row: &import::Model) -> Result<&'static str> {
    Ok(match row.kind()? {
        ImportKind::Roster => "会员名册",
        ImportKind::Register => "工会名录",
    })
}

async fn tell(
    tx: &Tx,
    row: &import::Model,
    (kind, title, body): (&'static str, &str, String),
    event: Id,
) -> Result<()> {
    let Some(account_id) = row.account_id else { return Ok(()) };
    let link = Some(format!("/imports/{}", row.id));
    let new = notice::New { account_id, kind, title: title.to_owned(), body, link, event_id: Some(event) };
    notice::send(tx, new).await?;
    Ok(())
}

/// What happened, for a person; and whether trying again is of no use.
fn sentence(fault: &Error) -> (String, bool) {
    match fault {
        Error::Refusal(refusal) => {
            let lasting = refusal.code.starts_with("sheet.") || refusal.code.starts_with("file.");
            (refusal.message.clone(), lasting && refusal.code != kernel::file::FILE_DISK_FULL.code)
        }
        Error::Db(_) | Error::Stopped => {
            let text =
                "数据库暂时不可用，或者磁盘已满。已经导入的行都保存着，系统会自动再试；一直不行请告诉系统管理员。";
            (text.to_owned(), false)
        }
        Error::Contention => {
            ("同一批数据正被别人修改。已经导入的行都保存着，系统会自动再试，不用操作。".to_owned(), false)
        }
        Error::Replay(_) | Error::Internal(_) => {
            let text = "系统出了问题。已经导入的行都保存着，系统会自动再试；一直不行请把导入编号告诉系统管理员。";
            (text.to_owned(), false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_file_is_not_tried_again() {
        let refused = |kind: &kernel::error::RefusalKind| sentence(&Error::from(kind.refusal()));
        assert!(refused(&kernel::sheet::DAMAGED).1);
        assert!(refused(&kernel::file::FILE_UNKNOWN).1);
        assert!(!refused(&kernel::file::FILE_DISK_FULL).1);
        assert!(!refused(&kernel::error::STORAGE).1);
        for fault in [Error::Contention, Error::internal("x")] {
            let (text, lasting) = sentence(&fault);
            assert!(!lasting && text.ends_with('。') && text.contains("已经导入的行都保存着"));
        }
    }
}

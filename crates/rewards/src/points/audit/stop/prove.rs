//! Proves the whole ledger because somebody asked for the opening of a book.

use kernel::app::App;
use kernel::db::commit;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::entity;
use super::trip::{against, tell};
use crate::ledger::verify;
use crate::points::audit::reach;

/// The job.
pub(super) const PROVE: &str = "ledger_stop.prove";

/// For which stop, as it was when somebody asked.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Asked {
    pub stop_id: Id,
    pub version: i64,
}

/// Proves, and writes down what was found; whoever asked later has a proof of his own.
///
/// # Errors
/// The database.
pub(super) async fn prove(app: &App, asked: Asked) -> Result<()> {
    let Some(row) = entity::Entity::find_by_id(asked.stop_id).one(app.db.read()).await? else { return Ok(()) };
    if row.version != asked.version || row.proven_at.is_some() || row.reopened_at.is_some() {
        return Ok(());
    }
    let snapshot = app.db.begin_snapshot().await?;
    let report = verify::verify(&snapshot).await?;
    commit(snapshot).await?;
    let (faulty, found) = against(&report, row.book_id)?;
    let rows = i64::try_from(report.rows()).map_err(Error::internal)?;
    let tx = Cx::system(app).begin_bulk().await?;
    let sql = "UPDATE ledger_stop SET proven_at = $3, proof_rows = $4, proof_faulty = $5, proof_found = $6,
        version = version + 1 WHERE id = $1 AND version = $2 AND reopened_at IS NULL";
    let values = [row.id.into(), asked.version.into(), tx.now().into(), rows.into(), faulty.into(), found.into()];
    if tx.execute_sql(sql, values).await? != 1 {
        return Ok(());
    }
    let root = reach::root(&tx).await?;
    let event = Event::of("ledger.proven", "ledger_book", row.book_id).at(root);
    let event = tx.record(event.with("stop_id", row.id).with("rows", rows).with("faulty", faulty)).await?;
    let said = if faulty == 0 {
        let body = "请申请人以外的另一位同志打开“每日核对”，复核后恢复。";
        ("全部账目核对相符，等复核恢复".to_owned(), body.to_owned())
    } else {
        let body = "请系统管理员按备份改正，再打开“每日核对”重新申请恢复。";
        (format!("全部账目核对还有 {faulty} 处不符"), body.to_owned())
    };
    tell(&tx, said, Some(event), None).await?;
    tx.commit(()).await
}

//! Lets a book stand still, and tells those who keep the money and those who audit it.

use std::collections::BTreeSet;

use kernel::app::App;
use kernel::event::Event;
use kernel::{Cx, Id, Result, Tx, notice};
use registry::staff::holders;

use super::StopFault;
use crate::access::{POINTS_AUDIT, POINTS_CLOSE};
use crate::ledger::{self, verify::Report};
use crate::points::audit::reach;
use crate::points::book;

/// Faults that are kept with a stop; more of them say nothing more.
const KEPT: usize = 20;

/// Stops a book for what a look found; `false` when it stands still already.
///
/// # Errors
/// Contention, or the database.
pub(super) async fn trip(app: &App, book_id: Id, report: &Report) -> Result<bool> {
    let (faulty, found) = against(report, book_id)?;
    let tx = Cx::system(app).begin_bulk().await?;
    let reason = format!("自动核对发现 {faulty} 处不符");
    if !ledger::stand_still(&tx, book_id, &reason).await? {
        return Ok(false);
    }
    let sql = "INSERT INTO ledger_stop (id, book_id, stopped_at, faulty, found, version)
        VALUES ($1, $2, $3, $4, $5, 1)";
    let values = [tx.id().into(), book_id.into(), tx.now().into(), faulty.into(), found.into()];
    tx.execute_sql(sql, values).await?;
    let root = reach::root(&tx).await?;
    let rules: BTreeSet<&str> = report.told_against(book_id).map(|fault| fault.rule).collect();
    let event = Event::of("ledger.stopped", "ledger_book", book_id).at(root);
    let event = tx.record(event.with("faulty", faulty).with("rules", rules)).await?;
    let name = book::load(&tx, book_id).await?.name;
    let title = format!("账套“{name}”已停止记账");
    let body = format!("{reason}，已经暂停收付，没有人会被多扣。请打开“每日核对”查看，并请系统管理员按备份改正。");
    tell(&tx, (title, body), Some(event), None).await?;
    tx.commit(()).await?;
    tracing::error!(book = %book_id, faulty, "the figures of a book do not agree: it stands still");
    Ok(true)
}

/// What a look finds of a book that stands still makes its proof void.
///
/// # Errors
/// The database.
pub(super) async fn doubt(app: &App, book_id: Id, report: &Report) -> Result<()> {
    let (faulty, found) = against(report, book_id)?;
    let tx = Cx::system(app).begin_bulk().await?;
    let sql = "UPDATE ledger_stop SET proof_faulty = $2, proof_found = $3, version = version + 1
        WHERE book_id = $1 AND reopened_at IS NULL AND proof_faulty = 0";
    tx.execute_sql(sql, [book_id.into(), faulty.into(), found.into()]).await?;
    tx.commit(()).await
}

/// How many faults speak against a book, and the first of them as they are kept.
///
/// # Errors
/// When there are more than anybody counts.
pub(super) fn against(report: &Report, book_id: Id) -> Result<(i64, String)> {
    let faulty = i64::try_from(report.against(book_id)).map_err(kernel::Error::internal)?;
    let told = report.told_against(book_id).take(KEPT);
    let found: Vec<StopFault> =
        told.map(|fault| StopFault { rule: fault.rule.to_owned(), what: fault.what.clone() }).collect();
    Ok((faulty, serde_json::to_string(&found)?))
}

/// Tells those who close the city's books and those who audit them; not who did it himself.
///
/// # Errors
/// The database.
pub(super) async fn tell(tx: &Tx, (title, body): (String, String), event: Option<Id>, not: Option<Id>) -> Result<()> {
    let root = reach::root(tx).await?;
    let mut accounts = holders(tx, root, POINTS_CLOSE).await?;
    accounts.extend(holders(tx, root, POINTS_AUDIT).await?);
    for account_id in accounts.into_iter().filter(|account| Some(*account) != not) {
        let new = notice::New {
            account_id,
            kind: "ledger.stopped",
            title: title.clone(),
            body: body.clone(),
            link: Some("/points/proof".into()),
            event_id: event,
        };
        notice::send(tx, new).await?;
    }
    Ok(())
}

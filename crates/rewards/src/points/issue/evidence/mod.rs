//! Evidence of batches (附件): the papers behind points that were issued, as the plan of an activity, who signed in, minutes
//! and invoices.
//!
//! Whoever issues for the union takes files in one by one (`upload`) and adds them (`add`): to a draft, and later as well,
//! since the event comes after its points are asked for, and its invoices after the event. Those who make, approve or audit
//! what the union issues see and download them, each download an event; who reads the figures sees how many there are.
//!
//! Invariants:
//! * what was added is never changed or deleted: triggers; its digest stands in the event, and so in the sealed chain;
//! * a file is evidence once, of one batch: a primary key; a batch has 50 at the most: numbers from 1 to 50, each once;
//! * a file is what its bytes say, a picture, a PDF or a workbook, and its name ends accordingly;
//! * that there is none stands as plainly as that there is.

mod add;
mod download;
pub mod entity;
mod kind;
mod list;
pub mod rules;
mod upload;

use std::collections::BTreeMap;

use kernel::{Id, Result, Routes};
use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use crate::access::{POINTS_ISSUE, POINTS_READ};

pub use list::{IssueEvidenceRow, may_open, of};

/// What staged files of this slice are for.
const PURPOSE: &str = "issue_evidence";

kernel::refusals! {
    /// What was chosen is no picture, PDF or workbook.
    EVIDENCE_KIND = "issue_evidence.kind", UNPROCESSABLE_ENTITY, "附件请用图片（JPG、PNG、WebP）、PDF 或没有密码的 Excel（.xlsx），每个不超过 10 MB；别的文件请先另存为 PDF。";
    /// No file, or too many at once.
    EVIDENCE_MANY = "issue_evidence.many", UNPROCESSABLE_ENTITY, "请先选好文件，一次 1 到 9 个；更多的，请分几次添加。";
    /// The batch has as many files as it may have.
    EVIDENCE_FULL = "issue_evidence.full", CONFLICT, "这一批已经有 50 个附件，不能再加；请把其余的合并成一个 PDF，去掉几个再添加。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("points")
        .get("/api/points/batches/{batch_id}/evidence", "Lists the papers behind a batch")
        .requires(POINTS_READ)
        .runs(list::list)
        .post("/api/points/batches/{batch_id}/evidence", "Adds papers to a batch, for good")
        .requires(POINTS_ISSUE)
        .runs(add::add)
        .upload("/api/points/batches/{batch_id}/evidence/files", "Takes a picture, PDF or workbook as evidence")
        .requires(POINTS_ISSUE)
        .receives(upload::upload)
        .download("/api/points/evidence/{file_id}", "Sends a paper to those who make, approve or audit the batch")
        .requires(POINTS_READ)
        .sends(download::download)
}

/// Papers of some batches; one without any is not there.
///
/// # Errors
/// The database.
pub async fn counts(conn: &impl ConnectionTrait, batches: Vec<Id>) -> Result<BTreeMap<Id, i64>> {
    let rows = entity::Entity::find()
        .select_only()
        .column(entity::Column::BatchId)
        .column_as(Expr::cust("CAST(count(*) AS bigint)"), "files")
        .filter(entity::Column::BatchId.is_in(batches))
        .group_by(entity::Column::BatchId)
        .into_tuple::<(Id, i64)>();
    Ok(rows.all(conn).await?.into_iter().collect())
}

/// Papers of a batch.
///
/// # Errors
/// The database.
pub async fn count(conn: &impl ConnectionTrait, batch: Id) -> Result<i64> {
    Ok(counts(conn, vec![batch]).await?.remove(&batch).unwrap_or(0))
}

/// Batches that have papers.
#[must_use]
pub fn batches() -> SelectStatement {
    entity::Entity::find().select_only().column(entity::Column::BatchId).into_query()
}

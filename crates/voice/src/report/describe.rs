//! Says what a picture of a report shows: for those who cannot see it, and for those who were not there.

use kernel::{Cx, Error, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::draft::{ReportDraft, shaped};
use super::{rules, who};

/// A picture and what it shows.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PictureDescribe {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The union that the report is about.
    pub organization_id: Uuid,
    /// The picture.
    pub file_id: Uuid,
    /// At most 100 characters; empty takes it away.
    pub caption: String,
}

/// Says what a picture shows.
///
/// # Errors
/// `report.caption`, `report.fixed`, 404 for another picture or anybody else; the database.
pub async fn describe(cx: Cx, input: PictureDescribe) -> Result<ReportDraft> {
    let caption = rules::caption(&input.caption)?;
    let tx = cx.begin().await?;
    let row = who::changing(&cx, &tx, input.evaluation_id, input.organization_id).await?;
    let report = who::begun(&tx, row.id, input.organization_id).await?;
    let sql = "UPDATE report_file SET caption = $3 WHERE report_id = $1 AND file_id = $2 AND kind = 'picture'";
    if tx.execute_sql(sql, [report.id.into(), input.file_id.into(), caption.into()]).await? != 1 {
        return Err(Error::not_found());
    }
    let answer = shaped(&cx, &tx, &row, input.organization_id).await?;
    tx.commit(answer).await
}

//! Saves the text of a report, as its page does by itself while it is written.

use kernel::event::Event;
use kernel::{Cx, Result, Tx};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::draft::{ReportDraft, shaped};
use super::rules::{self, ReportSection};
use super::{REPORT_CHANGED, who};
use crate::appraisal::entity as evaluation;

/// The text of a report.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ReportSave {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The union that it is about.
    pub organization_id: Uuid,
    /// The version that the page shows; 0 for a report that was never saved.
    pub version: i64,
    /// All sections, in their order.
    pub sections: Vec<ReportSection>,
}

/// Saves the text of a report.
///
/// # Errors
/// `report.changed` when the page shows an older version, `report.section`, `report.fixed`, `report.not_here`, 404 for
/// anybody else; the database.
pub async fn save(cx: Cx, input: ReportSave) -> Result<ReportDraft> {
    let sections = serde_json::to_string(&rules::sections(input.sections)?)?;
    let tx = cx.begin().await?;
    let row = who::changing(&cx, &tx, input.evaluation_id, input.organization_id).await?;
    let kept = if input.version == 0 {
        begin(&tx, &row, input.organization_id, &sections).await?
    } else {
        let update = "UPDATE report SET sections = $4, version = version + 1, changed_at = $5
            WHERE evaluation_id = $1 AND organization_id = $2 AND version = $3";
        let (union, version) = (input.organization_id, input.version);
        let values = [row.id.into(), union.into(), version.into(), sections.clone().into(), tx.now().into()];
        tx.execute_sql(update, values).await? == 1
    };
    // The same once more, because the answer was lost, is no change of somebody else.
    if !kept && !is_there(&tx, &row, input.organization_id, input.version, &sections).await? {
        return Err(REPORT_CHANGED.refusal().into());
    }
    let answer = shaped(&cx, &tx, &row, input.organization_id).await?;
    tx.commit(answer).await
}

async fn begin(tx: &Tx, row: &evaluation::Model, union: Uuid, sections: &str) -> Result<bool> {
    let id = tx.id();
    let insert = "INSERT INTO report (id, evaluation_id, organization_id, sections, version, submitted, changed_at)
        VALUES ($1, $2, $3, $4, 1, 0, $5) ON CONFLICT DO NOTHING";
    let values = [id.into(), row.id.into(), union.into(), sections.into(), tx.now().into()];
    if tx.execute_sql(insert, values).await? != 1 {
        return Ok(false);
    }
    let event = Event::of("report.begun", "report", id).at(union);
    tx.record(event.with("evaluation_id", row.id)).await?;
    Ok(true)
}

async fn is_there(tx: &Tx, row: &evaluation::Model, union: Uuid, version: i64, sections: &str) -> Result<bool> {
    let found = who::find(tx, row.id, union).await?;
    Ok(found.is_some_and(|report| report.version == version + 1 && report.sections == sections))
}

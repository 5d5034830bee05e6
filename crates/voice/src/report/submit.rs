//! Submits a report: what it says stands from now on under a hash.

use kernel::event::Event;
use kernel::{Cx, Error, Result, Tx};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::content::{Content, FORMAT, last};
use super::draft::{ReportDraft, shaped};
use super::files::Files;
use super::{REPORT_CHANGED, entity, rules, wait, who};
use crate::duty::{self, DutyKind};
use crate::instrument::hash;

/// Which report, as the page shows it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ReportSubmit {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The union that it is about.
    pub organization_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
}

/// Submits a report. Submitted again without a change it is the same submission.
///
/// # Errors
/// `report.unsaved`, `report.changed`, `report.empty`, `report.fixed`, `report.not_here`, 404 for anybody else; the
/// database.
pub async fn submit(cx: Cx, input: ReportSubmit) -> Result<ReportDraft> {
    let tx = cx.begin().await?;
    let row = who::changing(&cx, &tx, input.evaluation_id, input.organization_id).await?;
    let report = who::begun(&tx, row.id, input.organization_id).await?;
    if report.version != input.version {
        return Err(REPORT_CHANGED.refusal().into());
    }
    let files = Files::of(&tx, report.id).await?;
    let content = Content {
        format: FORMAT,
        evaluation_id: row.id,
        organization_id: input.organization_id,
        number: report.submitted + 1,
        sections: rules::spoken(serde_json::from_str(&report.sections)?)?,
        pictures: files.pictures,
        video: files.video,
        captions: files.captions,
    };
    let before = last(&tx, &report).await?.map(|before| Content::read(&before.content)).transpose()?;
    if !before.is_some_and(|before| before.says_as(&content)) {
        enter(&tx, &report, &content).await?;
        wait::over(&tx, &row).await?;
        duty::done(&tx, DutyKind::Report, row.id).await?;
    }
    let answer = shaped(&cx, &tx, &row, input.organization_id).await?;
    tx.commit(answer).await
}

async fn enter(tx: &Tx, report: &entity::Model, content: &Content) -> Result<()> {
    let text = serde_json::to_string(content)?;
    let digest = hash(&text);
    let insert = "INSERT INTO report_submission (report_id, number, content, hash, submitted_by, submitted_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [
        report.id.into(),
        content.number.into(),
        text.into(),
        digest.to_vec().into(),
        tx.caller().account_id().into(),
        tx.now().into(),
    ];
    tx.execute_sql(insert, values).await?;
    let update = "UPDATE report SET submitted = $2 WHERE id = $1 AND submitted = $3";
    let values = [report.id.into(), content.number.into(), report.submitted.into()];
    if tx.execute_sql(update, values).await? != 1 {
        return Err(Error::Contention);
    }
    let event = Event::of("report.submitted", "report", report.id).at(report.organization_id);
    let event = event.with("evaluation_id", report.evaluation_id).with("number", content.number);
    let event = event.with("hash", hex::encode(digest)).with("pictures", content.pictures.len());
    tx.record(event.with("video", content.video.is_some())).await?;
    Ok(())
}

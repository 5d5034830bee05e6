//! A report before the chair who writes it.

use chrono::{DateTime, Utc};
use kernel::{Cx, Error, Result};
use registry::organization::record;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::content::{Content, ReportFile, last};
use super::files::Files;
use super::prefill::{self, ReportFigures};
use super::rules::{ReportSection, Suggested, suggested};
use super::{entity, wait, who};
use crate::appraisal::entity as evaluation;
use crate::appraisal::rules::State;
use crate::scheme::find as schemes;

/// Which report.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ReportInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The union that it is about.
    pub organization_id: Uuid,
}

/// A report as it is being written.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReportDraft {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// Its title.
    pub title: String,
    /// The year spoken of.
    pub year: i64,
    /// The union.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// It may be changed and submitted now.
    pub open: bool,
    /// The evaluation does not open without it.
    pub required: bool,
    /// Counts the changes of the text, 0 before the first; sent back with a change.
    pub version: i64,
    /// When the text was saved; absent while nothing was.
    pub saved_at: Option<DateTime<Utc>>,
    /// What it says, at first as the records fill it in.
    pub sections: Vec<ReportSection>,
    /// What belongs into each of the suggested sections.
    pub hints: Vec<SectionHint>,
    /// The figures of the year.
    pub figures: ReportFigures,
    /// In their order.
    pub pictures: Vec<ReportFile>,
    /// The video.
    pub video: Option<ReportFile>,
    /// Its captions.
    pub captions: Option<ReportFile>,
    /// The submission that counts.
    pub submitted: Option<ReportSubmitted>,
}

/// What belongs into a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SectionHint {
    /// Which.
    pub key: String,
    /// One sentence.
    pub hint: String,
}

/// A submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportSubmitted {
    /// The how-manieth.
    pub number: i64,
    /// When.
    pub submitted_at: DateTime<Utc>,
    /// SHA-256 of it, hexadecimal.
    pub hash: String,
    /// The draft says something else by now.
    pub changed_since: bool,
}

/// Shows a report to the chair who writes it.
///
/// # Errors
/// `report.not_here`, 404 for anybody else; the database.
pub async fn draft(cx: Cx, input: ReportInput) -> Result<ReportDraft> {
    let row = who::writer(&cx, cx.read(), input.evaluation_id, input.organization_id).await?;
    shaped(&cx, cx.read(), &row, input.organization_id).await
}

/// The draft as its page shows it.
pub(super) async fn shaped(
    cx: &Cx,
    conn: &impl ConnectionTrait,
    row: &evaluation::Model,
    union: Uuid,
) -> Result<ReportDraft> {
    let scheme = schemes::version(conn, &row.scheme_code, row.scheme_version).await?.document;
    let suggested = suggested(&scheme.questions);
    let year = row.year.try_into().map_err(Error::internal)?;
    let figures = prefill::figures(conn, union, year, cx.today()).await?;
    let report = who::find(conn, row.id, union).await?;
    let (sections, files) = match &report {
        Some(report) => (serde_json::from_str(&report.sections)?, Files::of(conn, report.id).await?),
        None => (prefill::sections(conn, row, union, &figures, &suggested).await?, Files::default()),
    };
    let submitted = match &report {
        Some(report) => submitted(conn, report, &sections, &files).await?,
        None => None,
    };
    let hint = |one: Suggested| SectionHint { key: one.key, hint: one.hint };
    Ok(ReportDraft {
        evaluation_id: row.id,
        title: row.title.clone(),
        year: row.year,
        organization_id: union,
        organization_name: record::load(conn, union).await?.name,
        open: row.state == State::Draft.as_str(),
        required: wait::is_required(&scheme, row)?,
        version: report.as_ref().map_or(0, |report| report.version),
        saved_at: report.map(|report| report.changed_at),
        sections,
        hints: suggested.into_iter().map(hint).collect(),
        figures,
        pictures: files.pictures,
        video: files.video,
        captions: files.captions,
        submitted,
    })
}

async fn submitted(
    conn: &impl ConnectionTrait,
    report: &entity::Model,
    sections: &[ReportSection],
    files: &Files,
) -> Result<Option<ReportSubmitted>> {
    let Some(last) = last(conn, report).await? else { return Ok(None) };
    let content = Content::read(&last.content)?;
    let spoken = sections.iter().filter(|section| !section.text.is_empty());
    let same = content.sections.iter().eq(spoken)
        && (&content.pictures, &content.video, &content.captions) == (&files.pictures, &files.video, &files.captions);
    Ok(Some(ReportSubmitted {
        number: last.number,
        submitted_at: last.submitted_at,
        hash: hex::encode(last.hash),
        changed_since: !same,
    }))
}

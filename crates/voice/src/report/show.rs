//! Shows reports to those who may read them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{Cx, Error, Id, Result};
use registry::organization::entity as organization;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::content::{Content, ReportFile, last};
use super::draft::ReportInput;
use super::rules::ReportSection;
use super::{entity, submission_entity as submission, wait, who};
use crate::access::EVALUATION_ANSWER;
use crate::appraisal;
use crate::appraisal::rules::State;
use crate::scheme::find as schemes;

/// Which evaluation.
#[derive(Debug, Clone, serde::Deserialize, ToSchema)]
pub struct ReportsInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
}

/// The reports of an evaluation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Reports {
    /// The evaluation does not open without one.
    pub required: bool,
    /// It is asked for and still to come.
    pub missing: bool,
    /// Those that were submitted, by the name of the union.
    pub items: Vec<ReportRow>,
    /// Unions for which the caller may write one now.
    pub writes: Vec<ReportUnion>,
}

/// A report in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportRow {
    /// The union that it is about.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// When it was submitted.
    pub submitted_at: DateTime<Utc>,
    /// So many pictures.
    pub pictures: i64,
    /// It has a video.
    pub video: bool,
}

/// A union by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportUnion {
    /// Which.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
}

/// A report as it was submitted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShownReport {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// Its title.
    pub title: String,
    /// The year spoken of.
    pub year: i64,
    /// The union that it is about.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// When it was submitted.
    pub submitted_at: DateTime<Utc>,
    /// SHA-256 over it, hexadecimal.
    pub hash: String,
    /// What it says.
    pub sections: Vec<ReportSection>,
    /// In their order.
    pub pictures: Vec<ReportFile>,
    /// The video.
    pub video: Option<ReportFile>,
    /// Its captions.
    pub captions: Option<ReportFile>,
}

/// Lists the reports of an evaluation.
///
/// # Errors
/// 404 for whoever may not read them; the database.
pub async fn reports(cx: Cx, input: ReportsInput) -> Result<Reports> {
    let (row, conn) = (who::reader(&cx, input.evaluation_id).await?, cx.read());
    let scheme = schemes::version(conn, &row.scheme_code, row.scheme_version).await?.document;
    let submitted = entity::Entity::find()
        .filter(entity::Column::EvaluationId.eq(row.id))
        .filter(entity::Column::Submitted.gt(0_i64))
        .order_by_asc(entity::Column::Id)
        .all(conn)
        .await?;
    let mut writing = Vec::new();
    if row.state == State::Draft.as_str() && matches!(row.subject_kind.as_str(), "chair" | "union") {
        let own = cx.caller.nodes_with(EVALUATION_ANSWER);
        let unions = appraisal::unions(conn, row.id).await?;
        writing.extend(unions.into_iter().filter(|union| own.contains(union)));
    }
    let named = submitted.iter().map(|report| report.organization_id).chain(writing.iter().copied()).collect();
    let names = names(&cx, named).await?;
    let name = |union: &Id| names.get(union).cloned().unwrap_or_default();
    let mut items = Vec::new();
    for report in &submitted {
        let submission = last(conn, report).await?.ok_or_else(Error::not_found)?;
        let content = Content::read(&submission.content)?;
        items.push(ReportRow {
            organization_id: report.organization_id,
            organization_name: name(&report.organization_id),
            submitted_at: submission.submitted_at,
            pictures: i64::try_from(content.pictures.len()).unwrap_or(i64::MAX),
            video: content.video.is_some(),
        });
    }
    items.sort_by(|one, other| one.organization_name.cmp(&other.organization_name));
    let union = |union: &Id| ReportUnion { organization_id: *union, organization_name: name(union) };
    Ok(Reports {
        required: wait::is_required(&scheme, &row)?,
        missing: wait::is_missing(conn, &scheme, &row).await?,
        items,
        writes: writing.iter().map(union).collect(),
    })
}

/// Shows a report.
///
/// # Errors
/// 404 when there is none that the caller may read; the database.
pub async fn report(cx: Cx, input: ReportInput) -> Result<ShownReport> {
    let row = who::reader(&cx, input.evaluation_id).await?;
    let submission = standing(&cx, &input).await?.ok_or_else(Error::not_found)?;
    let content = Content::read(&submission.content)?;
    let names = names(&cx, vec![input.organization_id]).await?;
    Ok(ShownReport {
        evaluation_id: row.id,
        title: row.title,
        year: row.year,
        organization_id: input.organization_id,
        organization_name: names.get(&input.organization_id).cloned().unwrap_or_default(),
        submitted_at: submission.submitted_at,
        hash: hex::encode(submission.hash),
        sections: content.sections,
        pictures: content.pictures,
        video: content.video,
        captions: content.captions,
    })
}

/// The submission that counts.
pub(super) async fn standing(cx: &Cx, input: &ReportInput) -> Result<Option<submission::Model>> {
    match who::find(cx.read(), input.evaluation_id, input.organization_id).await? {
        Some(report) => last(cx.read(), &report).await,
        None => Ok(None),
    }
}

async fn names(cx: &Cx, ids: Vec<Id>) -> Result<HashMap<Id, String>> {
    let rows = organization::Entity::find().filter(organization::Column::Id.is_in(ids)).all(cx.read()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

//! Changes a draft.

use chrono::NaiveDate;
use kernel::event::Event;
use kernel::{Cx, Error, Result};
use registry::segment::Segment;
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{EvaluationRow, shaped};
use super::plan::Plan;
use super::{EVALUATION_CHANGED, EVALUATION_RULE, entity, find, level, load, rules};
use crate::access::CAMPAIGN_START;
use crate::instrument::SubjectKind;
use crate::scheme::find as schemes;

/// What to change; what is absent stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EvaluationAdjust {
    /// Which.
    pub evaluation_id: Uuid,
    /// The version that the page shows.
    pub version: i64,
    /// Another title.
    #[serde(default)]
    pub title: Option<String>,
    /// Another last day.
    #[serde(default)]
    pub closes_on: Option<NaiveDate>,
    /// Another electorate, in CEL; only from above the rated union.
    #[serde(default)]
    pub rule: Option<String>,
}

/// Changes a draft.
///
/// # Errors
/// `evaluation.state`, `evaluation.changed`, `evaluation.title`, `evaluation.days`, `evaluation.rule`, `segment.*`, 404
/// outside the caller's scope; the database.
pub async fn adjust(cx: Cx, input: EvaluationAdjust) -> Result<EvaluationRow> {
    let rule = input.rule.as_deref().map(Segment::parse).transpose()?;
    let tx = cx.begin().await?;
    let row = find::draft(&cx, &tx, input.evaluation_id).await?;
    let scheme = schemes::version(&tx, &row.scheme_code, row.scheme_version).await?;
    let title = input.title.as_deref().map(rules::title).transpose()?;
    let closes_at = match input.closes_on {
        Some(day) => {
            let opens_on = row.opens_on.unwrap_or_else(|| tx.today()).max(tx.today());
            Some(rules::closing(opens_on, Some(day), scheme.document.days_open)?.1)
        }
        None => None,
    };
    let mut plan = Plan::read(&row.plan)?;
    if let Some(rule) = &rule {
        if !may_rule(&cx, &tx, &row, scheme.document.subject, plan.joint).await? {
            return Err(EVALUATION_RULE.refusal().on("rule").into());
        }
        rule.text().clone_into(&mut plan.rule);
    }
    let sql = "UPDATE evaluation SET title = $3, closes_at = $4, plan = $5, version = version + 1
        WHERE id = $1 AND version = $2 AND state = 'draft'";
    let values = [
        row.id.into(),
        input.version.into(),
        title.clone().unwrap_or(row.title).into(),
        closes_at.or(row.closes_at).into(),
        serde_json::to_string(&plan)?.into(),
    ];
    if tx.execute_sql(sql, values).await? != 1 {
        return Err(EVALUATION_CHANGED.refusal().into());
    }
    let event = Event::of("evaluation.adjusted", "evaluation", row.id).at(row.organization_id);
    let event = event.with("title_changed", title.is_some()).with("closes_on", input.closes_on);
    tx.record(event.with("rule", rule.as_ref().map(Segment::text))).await?;
    let row = load(&tx, row.id).await?;
    let answer = shaped(&tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}

/// Whether the caller may say who votes: an officer, and never from the rated union itself.
///
/// # Errors
/// The database.
pub(super) async fn may_rule(
    cx: &Cx,
    conn: &impl ConnectionTrait,
    row: &entity::Model,
    subject: SubjectKind,
    joint: bool,
) -> Result<bool> {
    let rates_itself = !joint && matches!(subject, SubjectKind::Chair | SubjectKind::Union);
    if rates_itself {
        level::stands_above(&cx.caller, conn, CAMPAIGN_START, row.organization_id, cx.today()).await
    } else {
        cx.caller.may(conn, CAMPAIGN_START, row.organization_id).await
    }
}

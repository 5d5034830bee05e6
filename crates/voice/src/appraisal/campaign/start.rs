//! Starts a campaign.

use chrono::NaiveDate;
use kernel::event::Event;
use kernel::job::{self, New};
use kernel::{Cx, Error, Result};
use registry::organization::record;
use registry::organization::rules::OrganizationKind;
use registry::segment::Segment;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::page::{CampaignRow, shaped};
use super::prepare::candidates;
use super::{CampaignPlan, PREPARE};
use crate::access::CAMPAIGN_START;
use crate::appraisal::{
    CAMPAIGN_DATES, CAMPAIGN_NONE, CAMPAIGN_SUBJECT, EVALUATION_TITLE, campaign_entity as campaign, level, rules,
};
use crate::instrument::SubjectKind;
use crate::scheme::find as schemes;

/// Which evaluations, of which unions, when.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CampaignStart {
    /// Code of the scheme; its latest version is followed.
    pub scheme: String,
    /// The union under which it is held.
    pub organization_id: Uuid,
    /// The year spoken of; as usual unless told.
    #[serde(default)]
    pub year: Option<i32>,
    /// What people call it; made from scheme and year unless told.
    #[serde(default)]
    pub title: Option<String>,
    /// First day: drafts open by themselves.
    pub opens_on: NaiveDate,
    /// Last day; as usual under the scheme unless told.
    #[serde(default)]
    pub closes_on: Option<NaiveDate>,
    /// Unions of these kinds; base unions unless told.
    #[serde(default)]
    pub kinds: Vec<OrganizationKind>,
    /// With at least so many members.
    #[serde(default)]
    pub least_members: Option<i64>,
    /// With at most so many members.
    #[serde(default)]
    pub most_members: Option<i64>,
    /// Who may answer, in CEL; the scheme's rule unless told.
    #[serde(default)]
    pub rule: Option<String>,
}

/// Starts a campaign; the drafts are written in the background.
///
/// # Errors
/// `scheme.unknown`, `scheme.level`, `campaign.*`, `evaluation.days`, `evaluation.year`, `evaluation.title`,
/// `segment.*`, 404 outside the caller's scope; the database.
pub async fn start(cx: Cx, input: CampaignStart) -> Result<CampaignRow> {
    let tx = cx.begin().await?;
    let scheme = schemes::latest(&tx, &input.scheme).await?;
    let root = record::load(&tx, input.organization_id).await?;
    cx.caller.must(&tx, CAMPAIGN_START, root.id).await?;
    record::must_be_established(&root)?;
    scheme.must_start(level::level_at(&cx.caller, &tx, CAMPAIGN_START, root.id, tx.today()).await?)?;
    if !matches!(scheme.document.subject, SubjectKind::Chair | SubjectKind::Union | SubjectKind::Survey) {
        return Err(CAMPAIGN_SUBJECT.refusal().on("scheme").into());
    }
    if input.opens_on < tx.today() {
        return Err(CAMPAIGN_DATES.refusal().on("opens_on").into());
    }
    let (closes_on, _) = rules::closing(input.opens_on, input.closes_on, scheme.document.days_open)?;
    let year = rules::year(input.year, tx.today())?;
    let rule = input.rule.as_deref().unwrap_or(&scheme.document.electorate);
    let rule = Segment::parse(rule)?.text().to_owned();
    let title = match &input.title {
        Some(title) => rules::title(title)?,
        None => rules::title(&format!("{}{year}年度{}", root.name, scheme.document.title))
            .map_err(|_| EVALUATION_TITLE.refusal().on("title"))?,
    };
    let kinds = if input.kinds.is_empty() {
        OrganizationKind::ALL.into_iter().filter(|kind| kind.is_base()).collect()
    } else {
        input.kinds
    };
    let (least_members, most_members) = (input.least_members, input.most_members);
    let plan = CampaignPlan { opens_on: input.opens_on, closes_on, kinds, least_members, most_members, rule };
    if candidates(&plan, root.id, tx.today()).one(&tx).await?.is_none() {
        return Err(CAMPAIGN_NONE.refusal().on("kinds").into());
    }
    let id = tx.id();
    let row = campaign::ActiveModel {
        id: Set(id),
        organization_id: Set(root.id),
        scheme_code: Set(scheme.code.clone()),
        scheme_version: Set(scheme.version),
        title: Set(title),
        year: Set(year.into()),
        plan: Set(serde_json::to_string(&plan)?),
        state: Set("preparing".to_owned()),
        started_by: Set(cx.caller.account_id()),
        started_at: Set(tx.now()),
        version: Set(1),
    };
    campaign::Entity::insert(row).exec_without_returning(&tx).await?;
    let event = Event::of("campaign.started", "campaign", id).at(root.id).with("scheme", &scheme.code);
    tx.record(event.with("scheme_version", scheme.version).with("year", year).with("plan", &plan)).await?;
    job::enqueue(&tx, New::of(PREPARE, id)?).await?;
    let row = campaign::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let answer = shaped(&tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}

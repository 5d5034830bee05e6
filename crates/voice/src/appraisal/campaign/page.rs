//! Campaigns, and what became of each in figures with the rows behind them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use kernel::page::{Page, PageInput};
use kernel::{Cx, Error, Id, Result};
use registry::organization::rules::OrganizationKind;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{CampaignInput, CampaignPlan};
use crate::access::EVALUATION_READ;
use crate::appraisal::rules::State;
use crate::appraisal::{campaign_entity as campaign, list as evaluations};

/// A campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignRow {
    /// Which.
    pub id: Uuid,
    /// What people call it.
    pub title: String,
    /// Code of its scheme.
    pub scheme: String,
    /// Version of its scheme.
    pub scheme_version: i64,
    /// The year spoken of.
    pub year: i64,
    /// The union under which it is held.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// `preparing`, `running`, `withdrawn`.
    pub state: String,
    /// First day.
    pub opens_on: NaiveDate,
    /// Last day.
    pub closes_on: NaiveDate,
    /// Unions of these kinds.
    pub kinds: Vec<OrganizationKind>,
    /// With at least so many members.
    pub least_members: Option<i64>,
    /// With at most so many members.
    pub most_members: Option<i64>,
    /// Who may answer, in CEL.
    pub rule: String,
    /// When it was started.
    pub started_at: DateTime<Utc>,
}

/// A campaign in figures; the rows behind them are its unions and its evaluations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignPage {
    /// As in the list.
    pub campaign: CampaignRow,
    /// Unions by what it came to: `alone`, `joint`, `too_few`, `already`, `no_chair`.
    pub outcomes: BTreeMap<String, i64>,
    /// Evaluations by where they stand.
    pub states: BTreeMap<String, i64>,
}

/// Which unions of a campaign.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CampaignUnionsInput {
    /// The campaign.
    pub campaign_id: Uuid,
    /// With this outcome.
    #[serde(default)]
    pub outcome: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A union of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignUnion {
    /// Which union.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// `alone`, `joint`, `too_few`, `already`, `no_chair`.
    pub outcome: String,
    /// Its evaluation in this campaign.
    pub evaluation_id: Option<Uuid>,
    /// Where that stands.
    pub state: Option<State>,
}

/// Lists campaigns in the caller's scope, newest first.
///
/// # Errors
/// `input.invalid` for a foreign cursor; the database.
pub async fn list(cx: Cx, page: PageInput) -> Result<Page<CampaignRow>> {
    use campaign::Column;
    let mut rows = campaign::Entity::find()
        .filter(cx.caller.scope(EVALUATION_READ).covers(Column::OrganizationId))
        .order_by_desc(Column::Id)
        .limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.lt(after));
    }
    let cut = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    Ok(Page { items: shaped(cx.read(), cut.items).await?, next: cut.next })
}

/// Shows a campaign.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn one(cx: Cx, input: CampaignInput) -> Result<CampaignPage> {
    let row = visible(&cx, input.campaign_id).await?;
    let outcomes = "SELECT outcome AS name, CAST(count(*) AS bigint) AS n FROM campaign_union
        WHERE campaign_id = $1 GROUP BY outcome";
    let states = "SELECT state AS name, CAST(count(*) AS bigint) AS n FROM evaluation
        WHERE campaign_id = $1 GROUP BY state";
    let (outcomes, states) = (counts(&cx, outcomes, row.id).await?, counts(&cx, states, row.id).await?);
    let campaign = shaped(cx.read(), vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    Ok(CampaignPage { campaign, outcomes, states })
}

/// Lists the unions of a campaign, in order of their ids.
///
/// # Errors
/// `input.invalid` for a foreign cursor, 404 outside the caller's scope; the database.
pub async fn unions(cx: Cx, input: CampaignUnionsInput) -> Result<Page<CampaignUnion>> {
    let row = visible(&cx, input.campaign_id).await?;
    let page = PageInput::new(input.after, input.limit);
    let narrow = if input.outcome.is_some() { "AND u.outcome = $4" } else { "" };
    let sql = format!(
        "SELECT u.organization_id, o.name, u.outcome, u.evaluation_id, e.state FROM campaign_union u
        JOIN organization o ON o.id = u.organization_id LEFT JOIN evaluation e ON e.id = u.evaluation_id
        WHERE u.campaign_id = $1 AND u.organization_id > $2 {narrow} ORDER BY u.organization_id LIMIT $3"
    );
    let limit = i64::try_from(page.fetch()).unwrap_or(i64::MAX);
    let mut values: Vec<Value> = vec![row.id.into(), page.after_id()?.unwrap_or_default().into(), limit.into()];
    values.extend(input.outcome.map(Value::from));
    let statement = Statement::from_sql_and_values(cx.read().get_database_backend(), sql, values);
    let rows = cx.read().query_all_raw(statement).await?;
    let shape = |row: &sea_orm::QueryResult| {
        let state: Option<String> = row.try_get("", "state")?;
        Ok(CampaignUnion {
            organization_id: row.try_get("", "organization_id")?,
            organization_name: row.try_get("", "name")?,
            outcome: row.try_get("", "outcome")?,
            evaluation_id: row.try_get("", "evaluation_id")?,
            state: state.as_deref().map(State::parse).transpose()?,
        })
    };
    let rows: Vec<CampaignUnion> = rows.iter().map(shape).collect::<Result<_>>()?;
    Ok(Page::cut(rows, &page, |row| row.organization_id.to_string()))
}

/// A campaign that the caller may see.
async fn visible(cx: &Cx, id: Id) -> Result<campaign::Model> {
    let row = campaign::Entity::find_by_id(id).one(cx.read()).await?.ok_or_else(Error::not_found)?;
    cx.caller.must(cx.read(), EVALUATION_READ, row.organization_id).await?;
    Ok(row)
}

async fn counts(cx: &Cx, sql: &str, campaign: Id) -> Result<BTreeMap<String, i64>> {
    let rows = cx.read().query_all_raw(cx.app.db.statement(sql, [campaign.into()])).await?;
    rows.iter().map(|row| Ok((row.try_get("", "name")?, row.try_get("", "n")?))).collect()
}

/// Campaigns with the names of their unions.
///
/// # Errors
/// A plan that this program cannot read; the database.
pub(super) async fn shaped(conn: &impl ConnectionTrait, rows: Vec<campaign::Model>) -> Result<Vec<CampaignRow>> {
    let names = evaluations::names(conn, rows.iter().map(|row| row.organization_id)).await?;
    let shape = |row: campaign::Model| {
        let plan: CampaignPlan = serde_json::from_str(&row.plan)?;
        Ok(CampaignRow {
            organization_name: names.get(&row.organization_id).cloned().unwrap_or_default(),
            id: row.id,
            title: row.title,
            scheme: row.scheme_code,
            scheme_version: row.scheme_version,
            year: row.year,
            organization_id: row.organization_id,
            state: row.state,
            opens_on: plan.opens_on,
            closes_on: plan.closes_on,
            kinds: plan.kinds,
            least_members: plan.least_members,
            most_members: plan.most_members,
            rule: plan.rule,
            started_at: row.started_at,
        })
    };
    rows.into_iter().map(shape).collect()
}

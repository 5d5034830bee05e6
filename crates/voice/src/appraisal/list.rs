//! Evaluations as rows.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use kernel::access::below;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use registry::organization::entity as organization;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::plan::Plan;
use super::rules::{State, last_day};
use super::{entity, union_entity};
use crate::access::EVALUATION_READ;

/// Which evaluations.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EvaluationsInput {
    /// In this state.
    #[serde(default)]
    pub state: Option<State>,
    /// Under this scheme.
    #[serde(default)]
    pub scheme: Option<String>,
    /// Of this year.
    #[serde(default)]
    pub year: Option<i32>,
    /// Of this union and everything below it.
    #[serde(default)]
    pub within: Option<Uuid>,
    /// Of this campaign.
    #[serde(default)]
    pub campaign_id: Option<Uuid>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// One evaluation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EvaluationRow {
    /// Which.
    pub id: Uuid,
    /// Counts its changes; sent back with a change.
    pub version: i64,
    /// Code of its scheme.
    pub scheme: String,
    /// Version of its scheme.
    pub scheme_version: i64,
    /// As it stands on the page.
    pub title: String,
    /// The year spoken of.
    pub year: i64,
    /// `chair`, `union`, `department`, `survey`, `fund`.
    pub subject_kind: String,
    /// Whom or what it is about.
    pub subject_name: String,
    /// The union responsible.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// So many unions vote; more than one vote jointly.
    pub unions: i64,
    /// Where it stands.
    pub state: State,
    /// First day; in a draft the day on which it will open by itself.
    pub opens_on: Option<NaiveDate>,
    /// Last day.
    pub closes_on: Option<NaiveDate>,
    /// The moment after which no ballot is taken.
    pub closes_at: Option<DateTime<Utc>>,
    /// How many may vote, once frozen.
    pub electorate: Option<i64>,
    /// The campaign that it belongs to.
    pub campaign_id: Option<Uuid>,
    /// When the draft was made.
    pub created_at: DateTime<Utc>,
    /// When it was opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// When the voting ended.
    pub closed_at: Option<DateTime<Utc>>,
}

/// Lists evaluations in the caller's scope, newest first: of unions responsible for them, and of those whose members
/// vote.
///
/// # Errors
/// `input.invalid` for a foreign cursor; the database.
pub async fn list(cx: Cx, input: EvaluationsInput) -> Result<Page<EvaluationRow>> {
    use entity::Column;
    let page = PageInput::new(input.after.clone(), input.limit);
    let scope = cx.caller.scope(EVALUATION_READ);
    let reach = |organizations: Condition, theirs: Condition| {
        let voting = Query::select()
            .column(union_entity::Column::EvaluationId)
            .from(union_entity::Entity)
            .cond_where(theirs)
            .to_owned();
        Condition::any().add(organizations).add(Column::Id.in_subquery(voting))
    };
    let mut rows = entity::Entity::find()
        .filter(reach(scope.covers(Column::OrganizationId), scope.covers(union_entity::Column::OrganizationId)))
        .order_by_desc(Column::Id)
        .limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.lt(after));
    }
    if let Some(top) = input.within {
        let own = Condition::all().add(Column::OrganizationId.in_subquery(below(&[top], cx.today())));
        let theirs = Expr::col(union_entity::Column::OrganizationId).in_subquery(below(&[top], cx.today()));
        rows = rows.filter(reach(own, Condition::all().add(theirs)));
    }
    if let Some(state) = input.state {
        rows = rows.filter(Column::State.eq(state.as_str()));
    }
    if let Some(scheme) = &input.scheme {
        rows = rows.filter(Column::SchemeCode.eq(scheme.as_str()));
    }
    if let Some(year) = input.year {
        rows = rows.filter(Column::Year.eq(i64::from(year)));
    }
    if let Some(campaign) = input.campaign_id {
        rows = rows.filter(Column::CampaignId.eq(campaign));
    }
    let cut = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    Ok(Page { items: shaped(cx.read(), cut.items).await?, next: cut.next })
}

/// Evaluations with what stands in other tables, one query for each.
///
/// # Errors
/// The database.
pub(super) async fn shaped(conn: &impl ConnectionTrait, rows: Vec<entity::Model>) -> Result<Vec<EvaluationRow>> {
    let names = names(conn, rows.iter().map(|row| row.organization_id)).await?;
    let counts: Vec<(Id, i64)> = union_entity::Entity::find()
        .select_only()
        .column(union_entity::Column::EvaluationId)
        .column_as(Expr::cust("CAST(count(*) AS bigint)"), "unions")
        .filter(union_entity::Column::EvaluationId.is_in(rows.iter().map(|row| row.id)))
        .group_by(union_entity::Column::EvaluationId)
        .into_tuple()
        .all(conn)
        .await?;
    let counts: HashMap<Id, i64> = counts.into_iter().collect();
    let shape = |row: entity::Model| {
        Ok(EvaluationRow {
            subject_name: Plan::read(&row.plan)?.subject_name,
            organization_name: names.get(&row.organization_id).cloned().unwrap_or_default(),
            unions: counts.get(&row.id).copied().unwrap_or_default(),
            state: State::parse(&row.state)?,
            closes_on: row.closes_at.map(last_day),
            id: row.id,
            version: row.version,
            scheme: row.scheme_code,
            scheme_version: row.scheme_version,
            title: row.title,
            year: row.year,
            subject_kind: row.subject_kind,
            organization_id: row.organization_id,
            opens_on: row.opens_on,
            closes_at: row.closes_at,
            electorate: row.electorate,
            campaign_id: row.campaign_id,
            created_at: row.created_at,
            opened_at: row.opened_at,
            closed_at: row.closed_at,
        })
    };
    rows.into_iter().map(shape).collect()
}

/// Names of unions.
///
/// # Errors
/// The database.
pub(crate) async fn names(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Id>,
) -> Result<HashMap<Id, String>> {
    let rows: Vec<(Id, String)> = organization::Entity::find()
        .select_only()
        .columns([organization::Column::Id, organization::Column::Name])
        .filter(organization::Column::Id.is_in(ids))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

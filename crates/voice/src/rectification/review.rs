//! The level above looks for itself whether something was put right, and says why it thinks so.

use kernel::event::Event;
use kernel::page::{Page, PageInput};
use kernel::routes::Done;
use kernel::{Cx, Id, Result};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{self, Finding, ItemState};
use super::{
    RECTIFICATION_ABOVE, RECTIFICATION_ITEM_STATE, entity, item_entity as item, problem_entity as problem, settle,
};
use crate::access::{EVALUATION_READ, RECTIFICATION_REVIEW};
use crate::appraisal::{level, names};
use crate::duty::list::{self as duties, DutyRow};
use crate::duty::{self, DutyKind};

/// A finding of the level above.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RectificationReview {
    /// Which attempt.
    pub item_id: Uuid,
    /// Put right or not.
    pub finding: Finding,
    /// How it was looked into and what was seen, 2 to 500 characters; members read it.
    pub reason: String,
}

/// Enters a finding. What is not put right stays public as such and runs again until the same day next month.
///
/// # Errors
/// `rectification.text`, `rectification.above`, `rectification.item_state`; 404 outside the caller's scope; the database.
pub async fn review(cx: Cx, input: RectificationReview) -> Result<Done> {
    let reason = rules::words(&input.reason, 500, "reason")?;
    let tx = cx.begin().await?;
    let (case, item) = settle::load(&tx, input.item_id).await?;
    cx.caller.must(&tx, EVALUATION_READ, case.organization_id).await?;
    if !level::stands_above(&cx.caller, &tx, RECTIFICATION_REVIEW, case.organization_id, tx.today()).await? {
        return Err(RECTIFICATION_ABOVE.refusal().into());
    }
    if item.state != ItemState::Review.as_str() {
        return Err(RECTIFICATION_ITEM_STATE.refusal().into());
    }
    let insert = "INSERT INTO rectification_review (item_id, finding, reason, reviewed_by, reviewed_on)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    let by = tx.caller().account_id();
    let values = [item.id.into(), input.finding.as_str().into(), reason.into(), by.into(), tx.today().into()];
    if tx.execute_sql(insert, values).await? != 1 {
        return Err(RECTIFICATION_ITEM_STATE.refusal().into());
    }
    duty::done(&tx, DutyKind::Review, item.id).await?;
    let event = Event::of("rectification.reviewed", "rectification", case.id).at(case.organization_id);
    tx.record(event.with("item_id", item.id).with("finding", input.finding.as_str())).await?;
    settle::settle(&tx, &case, &item, ItemState::Review, input.finding).await?;
    tx.commit(Done {}).await
}

/// Something that waits for a finding.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RectificationReviewRow {
    /// Which attempt.
    pub item_id: Uuid,
    /// How often it was tried.
    pub attempt: i64,
    /// What is wrong.
    pub problem: String,
    /// Of which evaluation.
    pub evaluation_id: Uuid,
    /// Of which union.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// Until when it is to be found out.
    pub duty: DutyRow,
}

/// Lists what waits for a finding in the caller's scope.
///
/// # Errors
/// `input.invalid` for a foreign cursor; the database.
pub async fn queue(cx: Cx, input: PageInput) -> Result<Page<RectificationReviewRow>> {
    let within = Query::select()
        .column(entity::Column::Id)
        .from(entity::Entity)
        .cond_where(cx.caller.scope(RECTIFICATION_REVIEW).covers(entity::Column::OrganizationId))
        // Nobody looks after himself: what a town answers for is looked at by the county.
        .and_where(entity::Column::OrganizationId.is_not_in(cx.caller.nodes_with(RECTIFICATION_REVIEW)))
        .to_owned();
    let problems = Query::select()
        .column(problem::Column::Id)
        .from(problem::Entity)
        .and_where(problem::Column::RectificationId.in_subquery(within))
        .to_owned();
    let mut rows = item::Entity::find()
        .filter(item::Column::State.eq(ItemState::Review.as_str()))
        .filter(item::Column::ProblemId.in_subquery(problems))
        .order_by_asc(item::Column::Id)
        .limit(input.fetch());
    if let Some(after) = input.after_id()? {
        rows = rows.filter(item::Column::Id.gt(after));
    }
    let cut = Page::cut(rows.all(cx.read()).await?, &input, |row| row.id.to_string());
    let mut items = Vec::with_capacity(cut.items.len());
    for row in cut.items {
        items.push(shaped(&cx, row.id).await?);
    }
    Ok(Page { items, next: cut.next })
}

async fn shaped(cx: &Cx, id: Id) -> Result<RectificationReviewRow> {
    let (case, item) = settle::load(cx.read(), id).await?;
    let problem = problem::Entity::find_by_id(item.problem_id).one(cx.read()).await?;
    let unions = names(cx.read(), [case.organization_id]).await?;
    Ok(RectificationReviewRow {
        item_id: item.id,
        attempt: item.attempt,
        problem: problem.map(|row| row.text).unwrap_or_default(),
        evaluation_id: case.evaluation_id,
        organization_id: case.organization_id,
        organization_name: unions.get(&case.organization_id).cloned().unwrap_or_default(),
        duty: duties::of(cx, cx.read(), DutyKind::Review, item.id).await?,
    })
}

//! Proposals to hide a text that wait for the level above.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::calendar::china_day;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Error, Id, Result};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{box_entity, boxes, entity, hiding_entity as hiding, thread};
use crate::access::OPINION_MODERATE;

/// Which proposals.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpinionHidingsInput {
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A proposal that waits, with the text that it is about.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpinionHidingWaits {
    /// The opinion.
    pub opinion_id: Uuid,
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// Its title.
    pub title: String,
    /// The union that answers.
    pub organization_name: String,
    /// What somebody wrote.
    pub text: String,
    /// `insult`, `person`, `privacy`.
    pub fault: String,
    /// Why members shall not read it.
    pub reason: String,
    /// Since when.
    pub proposed_on: NaiveDate,
    /// The caller may decide it: he stands above, and it is not his own.
    pub may_decide: bool,
}

/// Lists proposals in the caller's scope that nobody has decided, in the order of the opinions' random numbers.
///
/// # Errors
/// `input.invalid` for a foreign cursor; the database.
pub async fn hidings(cx: Cx, input: OpinionHidingsInput) -> Result<Page<OpinionHidingWaits>> {
    let conn = cx.read();
    let page = PageInput::new(input.after, input.limit);
    let inside = Query::select()
        .column(box_entity::Column::EvaluationId)
        .from(box_entity::Entity)
        .cond_where(cx.caller.scope(OPINION_MODERATE).covers(box_entity::Column::OrganizationId))
        .to_owned();
    let mut rows = entity::Entity::find()
        .filter(entity::Column::Id.in_subquery(boxes::proposed()))
        .filter(entity::Column::EvaluationId.in_subquery(inside))
        .order_by_asc(entity::Column::Id)
        .limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(entity::Column::Id.gt(after));
    }
    let cut = Page::cut(rows.all(conn).await?, &page, |row| row.id.to_string());
    let proposals = thread::hidings(conn, cut.items.iter().map(|row| row.id)).await?;
    let of = cut.items.iter().map(|row| row.evaluation_id).collect::<std::collections::BTreeSet<Id>>();
    let whole = box_entity::Entity::find().filter(box_entity::Column::EvaluationId.is_in(of)).all(conn).await?;
    let whole = boxes::shape(&cx, whole, |_| false).await?;
    let whole: HashMap<Id, boxes::OpinionBoxRow> = whole.into_iter().map(|row| (row.evaluation_id, row)).collect();
    let mut items = Vec::with_capacity(cut.items.len());
    for row in cut.items {
        // Decided since the first look.
        let Some(proposal) = proposals.get(&row.id) else { continue };
        let of = whole.get(&row.evaluation_id).ok_or_else(Error::not_found)?;
        items.push(shaped(&cx, row, proposal, of).await?);
    }
    Ok(Page { items, next: cut.next })
}

async fn shaped(
    cx: &Cx,
    row: entity::Model,
    proposal: &hiding::Model,
    of: &boxes::OpinionBoxRow,
) -> Result<OpinionHidingWaits> {
    let own = cx.caller.account_id() == Some(proposal.proposed_by);
    let over = super::reach::stands_over(cx, cx.read(), of.organization_id).await?;
    Ok(OpinionHidingWaits {
        opinion_id: row.id,
        evaluation_id: row.evaluation_id,
        title: of.title.clone(),
        organization_name: of.organization_name.clone(),
        text: row.text,
        fault: proposal.fault.clone(),
        reason: proposal.reason.clone(),
        proposed_on: china_day(proposal.proposed_at),
        may_decide: over && !own,
    })
}

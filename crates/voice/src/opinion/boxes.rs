//! Boxes of opinions below a level: how many are open, until when, and what waits for a decision. Newest first; there is
//! no order by how fast somebody answers.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use kernel::access::below;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result, node};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::OpinionState;
use super::{box_entity, entity, hiding_entity as hiding};
use crate::access::OPINION_MODERATE;
use crate::appraisal::{entity as evaluation, names};
use crate::duty::list::{Bars, open};
use crate::duty::{self, DutyKind, Standing, entity as duties};

/// Which boxes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpinionBoxesInput {
    /// Of this union and everything below it.
    #[serde(default)]
    pub within: Option<Uuid>,
    /// Those of which something is still to be done.
    #[serde(default)]
    pub only: Option<OpinionBoxFilter>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// What is still to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpinionBoxFilter {
    /// Opinions that nobody has dealt with.
    Open,
    /// The same, after the last day.
    Overdue,
    /// Proposals to hide that nobody has decided.
    Hiding,
}

/// A box of opinions, in figures.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpinionBoxRow {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// As it stands on the page.
    pub title: String,
    /// The union that answers.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// Sheets in the box, blank ones too.
    pub ballots: i64,
    /// Sheets that were too few to be kept: 1 to 4, or none.
    pub destroyed: i64,
    /// Sheets with words on them.
    pub opinions: i64,
    /// Of them not dealt with yet.
    pub open: i64,
    /// Proposals to hide that nobody has decided.
    pub hidings: i64,
    /// Sheets that say that somebody told their author how to rate: to the levels above only.
    pub pressed: Option<i64>,
    /// The last day for the answers; absent when there are no opinions.
    pub due_on: Option<NaiveDate>,
    /// How that day came about, line by line.
    pub derivation: Vec<String>,
    /// The day on which the last one was dealt with.
    pub done_on: Option<NaiveDate>,
    /// Where the duty to answer stands.
    pub standing: Option<Standing>,
}

/// Lists boxes in the caller's scope.
///
/// # Errors
/// `input.invalid` for a foreign cursor; the database.
pub async fn boxes(cx: Cx, input: OpinionBoxesInput) -> Result<Page<OpinionBoxRow>> {
    use box_entity::Column;
    let conn = cx.read();
    let page = PageInput::new(input.after.clone(), input.limit);
    let mut rows = box_entity::Entity::find()
        .filter(cx.caller.scope(OPINION_MODERATE).covers(Column::OrganizationId))
        .order_by_desc(Column::EvaluationId)
        .limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::EvaluationId.lt(after));
    }
    if let Some(top) = input.within {
        rows = rows.filter(Column::OrganizationId.in_subquery(below(&[top], cx.today())));
    }
    if let Some(only) = input.only {
        rows = rows.filter(Column::EvaluationId.in_subquery(still(only, cx.today())));
    }
    let cut = Page::cut(rows.all(conn).await?, &page, |row| row.evaluation_id.to_string());
    // In scope is what lies at or below a node of the caller; above it stands whoever does not sit there himself.
    let held: HashSet<Id> = cx.caller.nodes_with(OPINION_MODERATE).into_iter().collect();
    let mut here = HashSet::new();
    for node in held {
        if node::parent(conn, node, cx.today()).await?.is_some() {
            here.insert(node);
        }
    }
    Ok(Page { items: shape(&cx, cut.items, |union| !here.contains(&union)).await?, next: cut.next })
}

/// Evaluations of which something is still to be done.
fn still(only: OpinionBoxFilter, today: NaiveDate) -> SelectStatement {
    match only {
        OpinionBoxFilter::Open => Query::select()
            .column(entity::Column::EvaluationId)
            .from(entity::Entity)
            .and_where(entity::Column::State.eq(OpinionState::Open.as_str()))
            .to_owned(),
        OpinionBoxFilter::Overdue => Query::select()
            .column(duties::Column::SubjectId)
            .from(duties::Entity)
            .and_where(duties::Column::Kind.eq(DutyKind::Answer.as_str()))
            .cond_where(open())
            .and_where(duties::Column::DueOn.lt(today))
            .to_owned(),
        OpinionBoxFilter::Hiding => Query::select()
            .column(entity::Column::EvaluationId)
            .from(entity::Entity)
            .and_where(entity::Column::Id.in_subquery(proposed()))
            .to_owned(),
    }
}

/// Opinions that are proposed to be hidden.
pub(super) fn proposed() -> SelectStatement {
    Query::select()
        .column(hiding::Column::OpinionId)
        .from(hiding::Entity)
        .and_where(hiding::Column::State.eq("proposed"))
        .to_owned()
}

/// Boxes with what stands in other tables, one query for each; `above` says whether the caller stands above a union.
///
/// # Errors
/// The database.
pub(super) async fn shape(
    cx: &Cx,
    rows: Vec<box_entity::Model>,
    above: impl Fn(Id) -> bool,
) -> Result<Vec<OpinionBoxRow>> {
    let conn = cx.read();
    let ids: Vec<Id> = rows.iter().map(|row| row.evaluation_id).collect();
    let titles = titles(conn, &ids).await?;
    let unions = names(conn, rows.iter().map(|row| row.organization_id)).await?;
    let open = entity::Entity::find().filter(entity::Column::State.eq(OpinionState::Open.as_str()));
    let open = counted(conn, open, &ids).await?;
    let hidings =
        counted(conn, entity::Entity::find().filter(entity::Column::Id.in_subquery(proposed())), &ids).await?;
    let mut due = due(conn, ids).await?;
    let bars = Bars::load(conn, cx.today()).await?;
    let mut shaped = Vec::with_capacity(rows.len());
    for row in rows {
        let due = due.remove(&row.evaluation_id);
        let standing = due.as_ref().map(|due| duty::standing(due.due_on, due.end(), cx.today(), bars.soon, bars.very));
        shaped.push(OpinionBoxRow {
            title: titles.get(&row.evaluation_id).cloned().unwrap_or_default(),
            organization_name: unions.get(&row.organization_id).cloned().unwrap_or_default(),
            open: open.get(&row.evaluation_id).copied().unwrap_or_default(),
            hidings: hidings.get(&row.evaluation_id).copied().unwrap_or_default(),
            pressed: above(row.organization_id).then_some(row.pressed),
            due_on: due.as_ref().map(|due| due.due_on),
            derivation: due.as_ref().map_or(Ok(Vec::new()), |due| serde_json::from_str(&due.derivation))?,
            done_on: due.and_then(|due| due.done_on),
            standing,
            evaluation_id: row.evaluation_id,
            organization_id: row.organization_id,
            ballots: row.ballots,
            destroyed: row.destroyed,
            opinions: row.opinions,
        });
    }
    Ok(shaped)
}

/// The duties to answer the opinions of these evaluations.
///
/// # Errors
/// The database.
pub(super) async fn due(conn: &impl ConnectionTrait, evaluations: Vec<Id>) -> Result<HashMap<Id, duties::Model>> {
    let rows = duties::Entity::find()
        .filter(duties::Column::Kind.eq(DutyKind::Answer.as_str()))
        .filter(duties::Column::SubjectId.is_in(evaluations))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.subject_id, row)).collect())
}

async fn counted(
    conn: &impl ConnectionTrait,
    opinions: sea_orm::Select<entity::Entity>,
    evaluations: &[Id],
) -> Result<HashMap<Id, i64>> {
    let rows: Vec<(Id, i64)> = opinions
        .select_only()
        .column(entity::Column::EvaluationId)
        .column_as(Expr::cust("CAST(count(*) AS bigint)"), "opinions")
        .filter(entity::Column::EvaluationId.is_in(evaluations.iter().copied()))
        .group_by(entity::Column::EvaluationId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn titles(conn: &impl ConnectionTrait, evaluations: &[Id]) -> Result<HashMap<Id, String>> {
    let rows: Vec<(Id, String)> = evaluation::Entity::find()
        .select_only()
        .columns([evaluation::Column::Id, evaluation::Column::Title])
        .filter(evaluation::Column::Id.is_in(evaluations.iter().copied()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

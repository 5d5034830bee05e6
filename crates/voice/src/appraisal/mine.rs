//! What is open for the caller: evaluations in which he may vote now.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use kernel::routes::Nothing;
use kernel::{Cx, Id, Result};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::shaped;
use super::one::PollRow;
use super::rules::State;
use super::{elector_entity as elector, entity, one};
use crate::poll::{Purpose, draw_entity as draw};
use crate::rectification::closure::{OpenClosure, open_for};

/// Everything that is open for the caller.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpenForMe {
    /// What closes first comes first.
    pub items: Vec<OpenEvaluation>,
    /// Rounds in which he is asked whether what was found is put right.
    pub closures: Vec<OpenClosure>,
}

/// An evaluation in which the caller may vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenEvaluation {
    /// Which.
    pub id: Uuid,
    /// As it stands on the page.
    pub title: String,
    /// `chair`, `union`, `department`, `survey`, `fund`.
    pub subject_kind: String,
    /// Whom or what it is about.
    pub subject_name: String,
    /// The union responsible.
    pub organization_name: String,
    /// Last day.
    pub closes_on: Option<NaiveDate>,
    /// The moment after which no ballot is taken.
    pub closes_at: Option<DateTime<Utc>>,
    /// He has drawn his ballot.
    pub drawn: bool,
    /// He has drawn his sheet for opinions.
    pub opinion_drawn: bool,
    /// Its boxes with their keys.
    pub polls: Vec<PollRow>,
}

/// Lists the evaluations in which the caller may vote now; none for somebody without a person.
///
/// # Errors
/// The database.
pub async fn mine(cx: Cx, _: Nothing) -> Result<OpenForMe> {
    use entity::Column;
    let Some(person) = cx.caller.person_id() else {
        return Ok(OpenForMe { items: Vec::new(), closures: Vec::new() });
    };
    let his = Query::select()
        .column(elector::Column::EvaluationId)
        .from(elector::Entity)
        .and_where(elector::Column::PersonId.eq(person))
        .to_owned();
    let rows = entity::Entity::find()
        .filter(Column::Id.in_subquery(his))
        .filter(Column::State.eq(State::Open.as_str()))
        .filter(Column::ClosesAt.gt(cx.now()))
        .order_by_asc(Column::ClosesAt)
        .order_by_asc(Column::Id)
        .all(cx.read())
        .await?;
    let mut items = Vec::new();
    for row in shaped(cx.read(), rows).await? {
        let polls = one::polls(cx.read(), row.id).await?;
        let drawn = drawn(&cx, person, &polls).await?;
        let has = |purpose: Purpose| drawn.get(purpose.as_str()).copied().unwrap_or_default();
        items.push(OpenEvaluation {
            id: row.id,
            title: row.title,
            subject_kind: row.subject_kind,
            subject_name: row.subject_name,
            organization_name: row.organization_name,
            closes_on: row.closes_on,
            closes_at: row.closes_at,
            drawn: has(Purpose::Rating),
            opinion_drawn: has(Purpose::Opinion),
            polls,
        });
    }
    Ok(OpenForMe { items, closures: open_for(&cx, person, None).await? })
}

async fn drawn<'a>(cx: &Cx, person: Id, polls: &'a [PollRow]) -> Result<HashMap<&'a str, bool>> {
    let rows = draw::Entity::find()
        .filter(draw::Column::PersonId.eq(person))
        .filter(draw::Column::PollId.is_in(polls.iter().map(|poll| poll.id)))
        .all(cx.read())
        .await?;
    let first = polls.iter().filter(|poll| poll.round == 0);
    Ok(first.map(|poll| (poll.purpose.as_str(), rows.iter().any(|row| row.poll_id == poll.id))).collect())
}

//! How much is still to be answered below a level, in figures; each of them is a list of boxes as well.

use kernel::{Cx, Result, parameter};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::OpinionState;
use super::{box_entity, boxes, entity};
use crate::access::OPINION_MODERATE;
use crate::duty::list::open;
use crate::duty::{DutyKind, entity as duty};
use crate::parameters::DUTY_SOON_DAYS;

/// Below which union.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpinionFiguresInput {
    /// Of this union and everything below it; of the caller's scope unless told.
    #[serde(default)]
    pub within: Option<Uuid>,
}

/// Opinions below a level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpinionFigures {
    /// Evaluations whose box was taken out.
    pub boxes: u64,
    /// Opinions in them.
    pub opinions: i64,
    /// Of them not dealt with yet.
    pub open: u64,
    /// Boxes with open opinions whose last day is near.
    pub due_soon: u64,
    /// Boxes with open opinions whose last day has passed.
    pub overdue: u64,
    /// Proposals to hide that nobody has decided.
    pub hidings: u64,
}

/// Counts.
///
/// # Errors
/// The database.
pub async fn figures(cx: Cx, input: OpinionFiguresInput) -> Result<OpinionFigures> {
    let (conn, today) = (cx.read(), cx.today());
    let mut reach =
        box_entity::Entity::find().filter(cx.caller.scope(OPINION_MODERATE).covers(box_entity::Column::OrganizationId));
    let mut inside = Query::select()
        .column(box_entity::Column::EvaluationId)
        .from(box_entity::Entity)
        .cond_where(cx.caller.scope(OPINION_MODERATE).covers(box_entity::Column::OrganizationId))
        .to_owned();
    if let Some(top) = input.within {
        let below = || box_entity::Column::OrganizationId.in_subquery(kernel::access::below(&[top], today));
        reach = reach.filter(below());
        inside = inside.and_where(below()).to_owned();
    }
    let opinions: Option<i64> = reach
        .clone()
        .select_only()
        .column_as(Expr::cust("CAST(coalesce(sum(opinions), 0) AS bigint)"), "opinions")
        .into_tuple()
        .one(conn)
        .await?;
    let of = entity::Entity::find().filter(entity::Column::EvaluationId.in_subquery(inside.clone()));
    let due = duty::Entity::find()
        .filter(duty::Column::Kind.eq(DutyKind::Answer.as_str()))
        .filter(open())
        .filter(duty::Column::SubjectId.in_subquery(inside));
    let soon = parameter::get_i64(conn, DUTY_SOON_DAYS, "", today).await?;
    let soon = today + chrono::TimeDelta::days(soon);
    let near = due.clone().filter(duty::Column::DueOn.gte(today)).filter(duty::Column::DueOn.lte(soon));
    Ok(OpinionFigures {
        boxes: reach.count(conn).await?,
        opinions: opinions.unwrap_or_default(),
        open: of.clone().filter(entity::Column::State.eq(OpinionState::Open.as_str())).count(conn).await?,
        due_soon: near.count(conn).await?,
        overdue: due.filter(duty::Column::DueOn.lt(today)).count(conn).await?,
        hidings: of.filter(entity::Column::Id.in_subquery(boxes::proposed())).count(conn).await?,
    })
}

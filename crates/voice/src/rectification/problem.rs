//! A problem is found: by the ratings, in an opinion, by the chair himself, or by the level above.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result, Tx, calendar};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{case, entity, plan_entity as plan, problem_entity as problem, rules};
use crate::access::{EVALUATION_READ, RECTIFICATION_REVIEW};
use crate::appraisal::{entity as evaluation, level};
use crate::duty::DutyKind;

/// Where a problem comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The last step of a scale question reached the bar.
    Rating {
        /// `q1` …
        question: String,
        /// Of those who answered, in hundredths of a per cent.
        share: u64,
    },
    /// An opinion, by its (random) id.
    Opinion(Id),
    /// The chair saw it himself.
    Chair,
    /// The level above saw it.
    Above,
}

impl Source {
    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Rating { .. } => "rating",
            Self::Opinion(_) => "opinion",
            Self::Chair => "chair",
            Self::Above => "above",
        }
    }

    fn reference(&self) -> Option<String> {
        match self {
            Self::Rating { question, .. } => Some(question.clone()),
            Self::Opinion(id) => Some(id.to_string()),
            Self::Chair | Self::Above => None,
        }
    }

    fn share(&self) -> Option<i64> {
        match self {
            Self::Rating { share, .. } => i64::try_from(*share).ok(),
            _ => None,
        }
    }
}

/// Enters a problem of an evaluation that has ended, from the union `organization_id`; the rectification begins with the
/// first one. The same question or opinion again gives the same problem.
///
/// # Errors
/// `rectification.early`, `rectification.text`; contention; the database.
pub async fn add(tx: &Tx, evaluation_id: Id, organization_id: Id, source: Source, text: &str) -> Result<Id> {
    let evaluation = case::ended(tx, evaluation_id).await?;
    enter(tx, &evaluation, organization_id, (source, text), tx.today()).await
}

/// As [`add`]; a plan that is not due yet is due next month, counted from `start`.
///
/// # Errors
/// As [`add`].
pub(super) async fn enter(
    tx: &Tx,
    evaluation: &evaluation::Model,
    organization_id: Id,
    (source, text): (Source, &str),
    start: Day,
) -> Result<Id> {
    let text = rules::words(text, 500, "text")?;
    let case = case::ensure(tx, evaluation, start).await?;
    let id = tx.id();
    let insert =
        "INSERT INTO rectification_problem (id, rectification_id, organization_id, source, reference, share, text,
        added_by, added_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    let values = [
        id.into(),
        case.id.into(),
        organization_id.into(),
        source.as_str().into(),
        source.reference().into(),
        source.share().into(),
        text.into(),
        tx.caller().account_id().into(),
        tx.today().into(),
    ];
    if tx.execute_sql(insert, values).await? == 0 {
        let known = problem::Entity::find()
            .filter(problem::Column::RectificationId.eq(case.id))
            .filter(problem::Column::Source.eq(source.as_str()))
            .filter(problem::Column::Reference.eq(source.reference()));
        return Ok(known.one(tx).await?.ok_or(Error::Contention)?.id);
    }
    let event = Event::of("rectification.problem_added", "rectification", case.id).at(case.organization_id);
    let event = tx.record(event.with("problem_id", id).with("source", source.as_str())).await?;
    follow(tx, &case, id, event).await?;
    Ok(id)
}

/// A problem that comes after the plan was filed wants a plan of its own, and a rectification that was closed goes on.
async fn follow(tx: &Tx, case: &entity::Model, problem: Id, event: Id) -> Result<()> {
    let filed = plan::Entity::find().filter(plan::Column::RectificationId.eq(case.id)).count(tx).await?;
    if filed == 0 {
        return Ok(());
    }
    let reopen = "UPDATE rectification SET closed_on = NULL WHERE id = $1 AND closed_on IS NOT NULL";
    if tx.execute_sql(reopen, [case.id.into()]).await? == 1 {
        tx.record(Event::of("rectification.reopened", "rectification", case.id).at(case.organization_id)).await?;
    }
    let due = calendar::load(tx).await?.due_next_month(tx.today());
    let body = format!("又有一个需要整改的问题，请在 {} 前补充整改方案。", due.day);
    case::begin(tx, case, DutyKind::Plan, problem, due).await?;
    case::tell_union(tx, case, ("rectification.problem_added", event), ("请补充整改方案", body)).await
}

/// A problem about to be added by somebody.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RectificationProblemAdd {
    /// Of which evaluation.
    pub evaluation_id: Uuid,
    /// What is wrong, 2 to 500 characters; it is published.
    pub text: String,
}

/// Adds a problem: the chair about his own union, or the level above.
///
/// # Errors
/// `rectification.early`, `rectification.text`; 404 outside the caller's scope; the database.
pub async fn add_by_hand(cx: Cx, input: RectificationProblemAdd) -> Result<Done> {
    let tx = cx.begin().await?;
    let row = evaluation::Entity::find_by_id(input.evaluation_id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let own = case::may_work(&cx, row.organization_id);
    let above = level::stands_above(&cx.caller, &tx, RECTIFICATION_REVIEW, row.organization_id, tx.today()).await?;
    let source = match (own, above) {
        (true, _) => Source::Chair,
        (_, true) => Source::Above,
        _ => {
            cx.caller.must(&tx, EVALUATION_READ, row.organization_id).await?;
            return Err(super::RECTIFICATION_OWN.refusal().into());
        }
    };
    add(&tx, row.id, row.organization_id, source, &input.text).await?;
    tx.commit(Done {}).await
}

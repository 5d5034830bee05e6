//! The evaluation of which paper is spoken, and who may do what with it.

use kernel::access::Permission;
use kernel::{Cx, Error, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{PAPER_NO_OPINIONS, PAPER_RATED};
use crate::appraisal::rules::State;
use crate::appraisal::{EVALUATION_STATE, entity as evaluation, load, rated, unions};
use crate::poll::{POLL_CLOSED, POLL_EARLY, Purpose, entity as poll};
use crate::scheme::find as schemes;

/// An opened evaluation within the caller's reach, with its boxes.
pub struct Found {
    pub evaluation: evaluation::Model,
    /// For ratings.
    pub poll: poll::Model,
    /// For opinions, where members may leave some.
    pub opinion: Option<poll::Model>,
}

impl Found {
    /// The box for opinions.
    ///
    /// # Errors
    /// `paper.no_opinions`.
    pub fn opinions(self) -> Result<poll::Model> {
        Ok(self.opinion.ok_or_else(|| PAPER_NO_OPINIONS.refusal())?)
    }
}

/// Finds an evaluation that was opened.
///
/// # Errors
/// 404 outside the caller's reach; `evaluation.state` before the opening; the database.
pub async fn opened(cx: &Cx, permission: Permission, id: Uuid) -> Result<Found> {
    let evaluation = load(cx.read(), id).await?;
    if !reaches(cx, cx.read(), permission, &evaluation).await? {
        return Err(Error::not_found());
    }
    if !State::parse(&evaluation.state)?.was_opened() {
        return Err(EVALUATION_STATE.refusal().into());
    }
    let poll = of(cx, evaluation.id, Purpose::Rating).await?;
    let poll = poll.ok_or_else(|| Error::internal("an open evaluation without its box"))?;
    let opinion = of(cx, evaluation.id, Purpose::Opinion).await?;
    Ok(Found { evaluation, poll, opinion })
}

async fn of(cx: &Cx, evaluation: Uuid, purpose: Purpose) -> Result<Option<poll::Model>> {
    let found = poll::Entity::find()
        .filter(poll::Column::EvaluationId.eq(evaluation))
        .filter(poll::Column::Purpose.eq(purpose.as_str()))
        .one(cx.read());
    Ok(found.await?)
}

/// Finds an evaluation in which members vote now, for somebody who is not rated in it.
///
/// # Errors
/// As [`opened`]; `poll.early`, `poll.closed`, `paper.rated`.
pub async fn running(cx: &Cx, permission: Permission, id: Uuid) -> Result<Found> {
    let found = opened(cx, permission, id).await?;
    if cx.today() < found.poll.opens_on {
        return Err(POLL_EARLY.refusal().into());
    }
    if found.poll.state != "open" || found.poll.closes_at <= cx.now() {
        return Err(POLL_CLOSED.refusal().into());
    }
    if is_rated(cx, &found.evaluation).await? {
        return Err(PAPER_RATED.refusal().into());
    }
    Ok(found)
}

/// Whether the caller is rated in an evaluation and therefore keeps away from its sheets.
///
/// # Errors
/// The database.
pub async fn is_rated(cx: &Cx, evaluation: &evaluation::Model) -> Result<bool> {
    let Some(person) = cx.caller.person_id() else { return Ok(false) };
    let scheme = schemes::version(cx.read(), &evaluation.scheme_code, evaluation.scheme_version).await?.document;
    let unions = unions(cx.read(), evaluation.id).await?;
    let rated = rated::left_out(cx.read(), &scheme, evaluation, &unions, cx.today()).await?;
    Ok(rated.contains(&person))
}

/// Whether the caller holds a permission over the union responsible, or over one whose members answer.
async fn reaches(
    cx: &Cx,
    conn: &impl ConnectionTrait,
    permission: Permission,
    evaluation: &evaluation::Model,
) -> Result<bool> {
    if cx.caller.may(conn, permission, evaluation.organization_id).await? {
        return Ok(true);
    }
    for union in unions(conn, evaluation.id).await? {
        if cx.caller.may(conn, permission, union).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

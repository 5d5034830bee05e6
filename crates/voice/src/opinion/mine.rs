//! An author comes back: whoever has the code sees the opinion, what was done with it, and what he said to that.

use chrono::NaiveDate;
use kernel::{Cx, Error, Result};
use registry::organization::entity as organization;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::code::{self, OpinionCodeInput};
use super::rules::{MOST_REPLIES, OpinionGrade, OpinionState};
use super::shown::OpinionHidden;
use super::thread::{self, OpinionAnswerRow};
use super::{boxes, echo, entity, shown};
use crate::appraisal::entity as evaluation;

/// An opinion as its author sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyOpinion {
    /// Of which evaluation.
    pub evaluation_id: Uuid,
    /// As it stands on the page.
    pub title: String,
    /// Who answers.
    pub organization_name: String,
    /// What was written.
    pub text: String,
    /// Where it stands; that of the opinion it was merged into, where it was.
    pub state: OpinionState,
    /// It was merged into another one, whose answer is the answer to both.
    pub merged: bool,
    /// Whether members read its text.
    pub hidden: Option<OpinionHidden>,
    /// The last day for the answer.
    pub due_on: Option<NaiveDate>,
    /// What was answered, the oldest first.
    pub answers: Vec<MyAnswer>,
    /// What the author said, in order.
    pub replies: Vec<MyReply>,
    /// How often he may still say something.
    pub replies_left: usize,
}

/// An answer, and what this author thinks of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyAnswer {
    /// The answer.
    pub answer: OpinionAnswerRow,
    /// The grade given, once.
    pub grade: Option<OpinionGrade>,
}

/// What an author said to an answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyReply {
    /// The words.
    pub text: String,
    /// Nobody else sees it before the next night.
    pub waits: bool,
}

/// Shows an opinion to whoever has its code.
///
/// # Errors
/// `opinion.code`; the database.
pub async fn mine(cx: Cx, input: OpinionCodeInput) -> Result<MyOpinion> {
    let row = code::find(cx.read(), cx.app.keys.as_ref(), &input.code).await?;
    shape(cx.read(), row).await
}

/// The opinion whose answers are the answers to this one.
///
/// # Errors
/// The database.
pub(super) async fn answered(conn: &impl ConnectionTrait, row: &entity::Model) -> Result<entity::Model> {
    match row.merged_into {
        Some(into) => entity::Entity::find_by_id(into).one(conn).await?.ok_or_else(Error::not_found),
        None => Ok(row.clone()),
    }
}

/// An opinion with everything that its author may know.
///
/// # Errors
/// The database.
pub(super) async fn shape(conn: &impl ConnectionTrait, row: entity::Model) -> Result<MyOpinion> {
    let of = evaluation::Entity::find_by_id(row.evaluation_id).one(conn).await?.ok_or_else(Error::not_found)?;
    let union = organization::Entity::find_by_id(of.organization_id).one(conn).await?;
    let due = boxes::due(conn, vec![of.id]).await?.remove(&of.id);
    let target = answered(conn, &row).await?;
    let given = echo::grades(conn, row.id).await?;
    let grade_of =
        |answer: Uuid| given.iter().find(|(id, _)| *id == answer).and_then(|(_, grade)| OpinionGrade::of(*grade));
    let said = echo::words(conn, row.id).await?;
    let answers = thread::answers(conn, [target.id]).await?.remove(&target.id).unwrap_or_default();
    let hiding = thread::hidings(conn, [row.id]).await?.remove(&row.id);
    Ok(MyOpinion {
        evaluation_id: of.id,
        title: of.title,
        organization_name: union.map(|union| union.name).unwrap_or_default(),
        text: row.text,
        state: OpinionState::parse(&target.state)?,
        merged: row.merged_into.is_some(),
        hidden: hiding.as_ref().and_then(shown::hidden),
        due_on: due.map(|due| due.due_on),
        answers: answers.into_iter().map(|answer| MyAnswer { grade: grade_of(answer.id), answer }).collect(),
        replies_left: MOST_REPLIES.saturating_sub(said.len()),
        replies: said.into_iter().map(|one| MyReply { text: one.text, waits: one.waits }).collect(),
    })
}

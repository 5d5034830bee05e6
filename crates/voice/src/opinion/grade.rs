//! An author says how satisfied he is with an answer.

use kernel::{Cx, Error, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::mine::{self, MyOpinion};
use super::rules::OpinionGrade;
use super::{OPINION_GRADE, OPINION_GRADED, code, echo, thread};

/// A grade for an answer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpinionGradeInput {
    /// What stands for the four words.
    pub code: String,
    /// The answer.
    pub answer_id: Uuid,
    /// How satisfied the author is.
    pub grade: OpinionGrade,
}

/// Takes a grade, once for each answer; the same again changes nothing.
///
/// # Errors
/// `opinion.code`, `opinion.grade`, `opinion.graded`; contention; the database.
pub async fn grade(cx: Cx, input: OpinionGradeInput) -> Result<MyOpinion> {
    let tx = cx.begin().await?;
    let row = code::find(&tx, cx.app.keys.as_ref(), &input.code).await?;
    let target = mine::answered(&tx, &row).await?;
    let answers = thread::answers(&tx, [target.id]).await?.remove(&target.id).unwrap_or_default();
    if !answers.iter().any(|answer| answer.id == input.answer_id && answer.text.is_some()) {
        return Err(OPINION_GRADE.refusal().on("answer_id").into());
    }
    let given = echo::grades(&tx, row.id).await?;
    match given.iter().find(|(answer, _)| *answer == input.answer_id) {
        Some((_, before)) if *before != input.grade.as_i64() => return Err(OPINION_GRADED.refusal().into()),
        Some(_) => {}
        None => {
            if !echo::enter(&tx, row.id, echo::New::Grade(input.answer_id, input.grade.as_i64())).await? {
                return Err(Error::Contention);
            }
        }
    }
    let answer = mine::shape(&tx, row).await?;
    tx.commit(answer).await
}

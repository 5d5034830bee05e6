//! Who answers for a union answers an opinion, or refuses it with a reason.

use kernel::{Cx, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::handled::{self, Act, OpinionHandled};
use super::reach;
use super::rules::{self, OpinionState};

/// An answer, or a reason to refuse.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpinionAnswerInput {
    /// The opinion.
    pub opinion_id: Uuid,
    /// 2 to 1,000 characters, which members and the author read.
    pub text: String,
    /// How many answers to it the caller has seen: somebody else's is not superseded unread.
    pub seen: i64,
}

/// Answers an opinion. Answered again, the new answer counts and the old one stays readable.
///
/// # Errors
/// `opinion.words`, `opinion.state`, `opinion.changed`; 404 for whoever does not answer for this union; the database.
pub async fn answer(cx: Cx, input: OpinionAnswerInput) -> Result<OpinionHandled> {
    say(cx, input, OpinionState::Answered).await
}

/// Refuses an opinion with a reason.
///
/// # Errors
/// As [`answer`].
pub async fn refuse(cx: Cx, input: OpinionAnswerInput) -> Result<OpinionHandled> {
    say(cx, input, OpinionState::Refused).await
}

async fn say(cx: Cx, input: OpinionAnswerInput, to: OpinionState) -> Result<OpinionHandled> {
    let text = rules::clean(&input.text, 2, rules::MOST_ANSWER, "text")?;
    let tx = cx.begin().await?;
    let (row, whole) = reach::answerable(&cx, &tx, input.opinion_id).await?;
    let act = Act { to, text: Some(text), into: None, seen: input.seen };
    let handled = handled::carry(&tx, &row, whole.organization_id, act).await?;
    tx.commit(handled).await
}

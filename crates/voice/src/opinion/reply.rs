//! An author says something to the answer, or to the silence.

use kernel::{Cx, Error, Result};
use serde::Deserialize;
use utoipa::ToSchema;

use super::mine::{self, MyOpinion};
use super::rules::{self, MOST_REPLIES, MOST_REPLY};
use super::{OPINION_REPLIES, code, echo};

/// Words of an author.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpinionReply {
    /// What stands for the four words.
    pub code: String,
    /// 1 to 300 characters.
    pub text: String,
}

/// Takes what an author says; nobody else sees it before the next night. The same words again are taken once, so that a
/// lost reply of the server loses nothing and doubles nothing.
///
/// # Errors
/// `opinion.words`, `opinion.code`, `opinion.replies`; contention; the database.
pub async fn reply(cx: Cx, input: OpinionReply) -> Result<MyOpinion> {
    let text = rules::clean(&input.text, 1, MOST_REPLY, "text")?;
    let tx = cx.begin().await?;
    let row = code::find(&tx, cx.app.keys.as_ref(), &input.code).await?;
    let said = echo::words(&tx, row.id).await?;
    if said.iter().all(|one| one.text != text) {
        if said.len() >= MOST_REPLIES {
            return Err(OPINION_REPLIES.refusal().into());
        }
        let place = said.last().map_or(1, |last| last.place + 1);
        if !echo::enter(&tx, row.id, echo::New::Words(place, text)).await? {
            return Err(Error::Contention);
        }
    }
    let answer = mine::shape(&tx, row).await?;
    tx.commit(answer).await
}

//! A member takes a ballot on paper, and a sheet for opinions with it: these are her draws. Which sheets they are is not
//! written down.

use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::find;
use crate::access::PAPER_HAND_OUT;
use crate::appraisal::elector_entity as elector;
use crate::poll::{POLL_CLOSED, POLL_DRAWN, POLL_NOT_ELECTOR, lock};

/// What is said to the one who hands out.
const DRAWN: &str = "这位会员已经领过票（手机、一体机或纸质），每人只有一张，不能再领纸质票。";
const NOT_ELECTOR: &str = "这个人不在参评名单里，不能领票：名单在开启时按会籍定下。";

/// Who takes paper.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct HandOutInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The member.
    pub person_id: Uuid,
}

/// What a member takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HandedOut {
    /// A sheet for opinions as well: there is a box for them, and she has none on a phone.
    pub opinion_sheet: bool,
}

/// Enters that a member takes paper; from here on she cannot draw on a phone.
///
/// # Errors
/// `poll.drawn` when she drew over any channel, `poll.not_elector`, `poll.early`, `poll.closed`, `paper.rated`, 404
/// outside the caller's reach; contention; the database.
pub async fn hand_out(cx: Cx, input: HandOutInput) -> Result<HandedOut> {
    let found = find::running(&cx, PAPER_HAND_OUT, input.evaluation_id).await?;
    let listed = elector::Entity::find_by_id((found.evaluation.id, input.person_id)).one(cx.read()).await?;
    let listed = listed.ok_or_else(|| POLL_NOT_ELECTOR.with(NOT_ELECTOR))?;
    cx.caller.must(cx.read(), PAPER_HAND_OUT, listed.organization_id).await?;
    let account = cx.caller.account()?;
    let tx = cx.begin().await?;
    let opinion = found.opinion.as_ref().map(|poll| poll.id);
    let open = lock::open_polls(&tx, std::iter::once(found.poll.id).chain(opinion)).await?;
    if !open.contains(&found.poll.id) {
        return Err(POLL_CLOSED.refusal().into());
    }
    if !take(&tx, found.poll.id, input.person_id, account).await? {
        return Err(Error::from(POLL_DRAWN.with(DRAWN)));
    }
    let opinion_sheet = match opinion.filter(|poll| open.contains(poll)) {
        Some(poll) => take(&tx, poll, input.person_id, account).await?,
        None => false,
    };
    tx.commit(HandedOut { opinion_sheet }).await
}

/// Enters a draw on paper; `false` when she drew over any channel.
async fn take(tx: &Tx, poll: Id, person: Id, account: Id) -> Result<bool> {
    let insert = "INSERT INTO draw (poll_id, person_id, channel, request_hash, drawn_on)
        VALUES ($1, $2, 'paper', NULL, $3) ON CONFLICT DO NOTHING";
    if tx.execute_sql(insert, [poll.into(), person.into(), tx.today().into()]).await? != 1 {
        return Ok(false);
    }
    let by = "INSERT INTO paper_draw (poll_id, person_id, handed_by) VALUES ($1, $2, $3)";
    tx.execute_sql(by, [poll.into(), person.into(), account.into()]).await?;
    Ok(true)
}

//! What answering, merging and refusing have in common: one more row behind the opinion, its new state, and the duty
//! that is done when nothing is open any more.

use kernel::event::Event;
use kernel::{Error, Id, Result, Tx};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::OpinionState;
use super::{OPINION_CHANGED, answer_entity as answer, entity};
use crate::duty::{self, DutyKind};

/// What was done with an opinion, and what is left.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpinionHandled {
    /// Which.
    pub id: Uuid,
    /// Where it stands now.
    pub state: OpinionState,
    /// Opinions of the same evaluation that nobody has dealt with.
    pub open: u64,
}

/// What is to be done.
pub(super) struct Act {
    pub to: OpinionState,
    /// An answer or a reason.
    pub text: Option<String>,
    /// The opinion that it is merged into.
    pub into: Option<Id>,
    /// How many rows of what was done before the caller has seen.
    pub seen: i64,
}

/// Brings an opinion to its next state.
///
/// # Errors
/// `opinion.state`, `opinion.changed`; contention; the database.
pub(super) async fn carry(tx: &Tx, row: &entity::Model, union: Id, act: Act) -> Result<OpinionHandled> {
    let before = answer::Entity::find().filter(answer::Column::OpinionId.eq(row.id)).count(tx).await?;
    if i64::try_from(before).map_err(Error::internal)? != act.seen {
        return Err(OPINION_CHANGED.refusal().into());
    }
    OpinionState::parse(&row.state)?.leads_to(act.to)?;
    let (id, number) = (tx.id(), act.seen + 1);
    let insert = "INSERT INTO opinion_answer (id, opinion_id, number, kind, text, answered_by, answered_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let values = [
        id.into(),
        row.id.into(),
        number.into(),
        act.to.as_str().into(),
        act.text.into(),
        tx.caller().account()?.into(),
        tx.now().into(),
    ];
    // Somebody else was faster: run again, it is told.
    if tx.execute_sql(insert, values).await? != 1 {
        return Err(Error::Contention);
    }
    let update = "UPDATE opinion SET state = $3, merged_into = $4 WHERE id = $1 AND state = $2";
    let values = [row.id.into(), row.state.clone().into(), act.to.as_str().into(), act.into.into()];
    if tx.execute_sql(update, values).await? != 1 {
        return Err(Error::Contention);
    }
    let kind = match act.to {
        OpinionState::Merged => "opinion.merged",
        OpinionState::Refused => "opinion.refused",
        OpinionState::Answered | OpinionState::Open => "opinion.answered",
    };
    tx.record(Event::of(kind, "opinion", row.id).at(union).with("answer_id", id).with("into", act.into)).await?;
    let open = open(tx, row.evaluation_id).await?;
    if open == 0 {
        duty::done(tx, DutyKind::Answer, row.evaluation_id).await?;
    }
    Ok(OpinionHandled { id: row.id, state: act.to, open })
}

/// Opinions of an evaluation that nobody has dealt with.
async fn open(tx: &Tx, evaluation: Id) -> Result<u64> {
    use entity::Column;
    let open = entity::Entity::find()
        .filter(Column::EvaluationId.eq(evaluation))
        .filter(Column::State.eq(OpinionState::Open.as_str()));
    Ok(open.count(tx).await?)
}

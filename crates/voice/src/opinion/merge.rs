//! An opinion that says the same as another one is merged into it; the link stays, and one answer is for both.

use kernel::{Cx, Result};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::handled::{self, Act, OpinionHandled};
use super::rules::OpinionState;
use super::{OPINION_INTO, entity, reach};

/// Which opinion is merged into which.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpinionMerge {
    /// The opinion.
    pub opinion_id: Uuid,
    /// The one that stays and is answered for both; of the same evaluation.
    pub into: Uuid,
    /// How many answers to it the caller has seen.
    pub seen: i64,
}

/// Merges an opinion into another one, for good.
///
/// # Errors
/// `opinion.into`, `opinion.state`, `opinion.changed`; 404 for whoever does not answer for this union; the database.
pub async fn merge(cx: Cx, input: OpinionMerge) -> Result<OpinionHandled> {
    let tx = cx.begin().await?;
    let (row, whole) = reach::answerable(&cx, &tx, input.opinion_id).await?;
    let target = entity::Entity::find_by_id(input.into).one(&tx).await?;
    let fits = target.is_some_and(|target| {
        target.id != row.id
            && target.evaluation_id == row.evaluation_id
            && target.state != OpinionState::Merged.as_str()
    });
    // One that others were merged into would make a chain.
    let others = entity::Entity::find().filter(entity::Column::MergedInto.eq(row.id)).count(&tx).await?;
    if !fits || others > 0 {
        return Err(OPINION_INTO.refusal().on("into").into());
    }
    let act = Act { to: OpinionState::Merged, text: None, into: Some(input.into), seen: input.seen };
    let handled = handled::carry(&tx, &row, whole.organization_id, act).await?;
    tx.commit(handled).await
}

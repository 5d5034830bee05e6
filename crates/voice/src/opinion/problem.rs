//! An opinion becomes a problem that is to be put right.

use kernel::routes::Done;
use kernel::{Cx, Error, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::reach;
use crate::rectification::problem::{Source, add};

/// The problem that an opinion speaks of.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpinionProblem {
    /// The opinion.
    pub opinion_id: Uuid,
    /// What is wrong, 2 to 500 characters; it is published, the opinion's own words are not.
    pub text: String,
}

/// Enters what an opinion speaks of as a problem to be put right, once: who answers for the union, or the level above.
///
/// # Errors
/// `rectification.text`; 404 for everybody else; contention; the database.
pub async fn problem(cx: Cx, input: OpinionProblem) -> Result<Done> {
    let tx = cx.begin().await?;
    let (row, whole) = reach::opinion(&tx, input.opinion_id).await?;
    let own = reach::answers_for(&cx.caller, whole.organization_id);
    if !own && !reach::stands_over(&cx, &tx, whole.organization_id).await? {
        return Err(Error::not_found());
    }
    add(&tx, row.evaluation_id, whole.organization_id, Source::Opinion(row.id), &input.text).await?;
    tx.commit(Done {}).await
}

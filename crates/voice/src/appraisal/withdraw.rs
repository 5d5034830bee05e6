//! Gives a draft up; its year is free again.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{EVALUATION_STATE, find, plan};
use crate::duty::{self, DutyKind};

/// Which evaluation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EvaluationInput {
    /// Its id.
    pub evaluation_id: Uuid,
}

/// Gives a draft up. What was opened is carried through: it cannot be withdrawn.
///
/// # Errors
/// `evaluation.state`, 404 outside the caller's scope; the database.
pub async fn withdraw(cx: Cx, input: EvaluationInput) -> Result<Done> {
    let tx = cx.begin().await?;
    let row = find::draft(&cx, &tx, input.evaluation_id).await?;
    let sql = "UPDATE evaluation SET state = 'withdrawn', version = version + 1 WHERE id = $1 AND state = 'draft'";
    if tx.execute_sql(sql, [row.id.into()]).await? != 1 {
        return Err(EVALUATION_STATE.refusal().into());
    }
    plan::give_back(&tx, row.id).await?;
    duty::cancel(&tx, DutyKind::Report, row.id).await?;
    tx.record(Event::of("evaluation.withdrawn", "evaluation", row.id).at(row.organization_id)).await?;
    tx.commit(Done {}).await
}

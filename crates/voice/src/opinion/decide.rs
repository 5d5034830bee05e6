//! The level above decides whether a text is hidden from members.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Result};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{OPINION_HIDING_DECIDED, OPINION_HIDING_OWN, hiding_entity as hiding, reach, rules};

/// A decision on a proposal to hide.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpinionHidingDecide {
    /// The opinion.
    pub opinion_id: Uuid,
    /// Members do not read it; otherwise they do.
    pub hide: bool,
    /// Why, 2 to 200 characters; who answers for the union reads it.
    pub reason: String,
}

/// Decides a proposal, once.
///
/// # Errors
/// `opinion.words`, `opinion.hiding_decided`, `opinion.hiding_own`; 404 for whoever does not stand above; the database.
pub async fn decide(cx: Cx, input: OpinionHidingDecide) -> Result<Done> {
    let reason = rules::clean(&input.reason, 2, rules::MOST_REASON, "reason")?;
    let tx = cx.begin().await?;
    let (row, whole) = reach::opinion(&tx, input.opinion_id).await?;
    if !reach::stands_over(&cx, &tx, whole.organization_id).await? {
        return Err(Error::not_found());
    }
    let proposed = hiding::Entity::find_by_id(row.id).one(&tx).await?;
    let by = cx.caller.account()?;
    match proposed {
        Some(proposed) if proposed.state == "proposed" && proposed.proposed_by == by => {
            return Err(OPINION_HIDING_OWN.refusal().into());
        }
        Some(proposed) if proposed.state == "proposed" => {}
        _ => return Err(OPINION_HIDING_DECIDED.refusal().into()),
    }
    let update = "UPDATE opinion_hiding SET state = $2, decided_by = $3, decided_at = $4, decision = $5
        WHERE opinion_id = $1 AND state = 'proposed'";
    let state = if input.hide { "hidden" } else { "shown" };
    let values = [row.id.into(), state.into(), by.into(), tx.now().into(), reason.into()];
    if tx.execute_sql(update, values).await? != 1 {
        return Err(Error::Contention);
    }
    let kind = if input.hide { "opinion.hidden" } else { "opinion.hiding_refused" };
    tx.record(Event::of(kind, "opinion", row.id).at(whole.organization_id)).await?;
    tx.commit(Done {}).await
}

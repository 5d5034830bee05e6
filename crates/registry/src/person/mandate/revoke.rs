//! Authority to act for a person ends.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Id, Result};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Entity, MANDATE_ENDED, must_keep};

/// Which mandate.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MandateRevoke {
    /// The mandate.
    pub id: Id,
}

/// Revokes a mandate, or lays it down when the agent asks.
///
/// # Errors
/// `mandate.ended`; 404 outside the caller's scope; the database.
pub async fn revoke_mandate(cx: Cx, input: MandateRevoke) -> Result<Done> {
    let tx = cx.begin().await?;
    let row = Entity::find_by_id(input.id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let as_agent = cx.caller.person_id() == Some(row.agent_id);
    if !as_agent {
        must_keep(&cx, &tx, row.principal_id).await?;
    }
    let update = "UPDATE mandate SET revoked_at = $2
        WHERE id = $1 AND revoked_at IS NULL AND (valid_to IS NULL OR valid_to > $3)";
    if tx.execute_sql(update, [row.id.into(), tx.now().into(), tx.today().into()]).await? == 0 {
        return Err(MANDATE_ENDED.refusal().into());
    }
    let event = Event::of("mandate.revoked", "mandate", row.id).with("principal_id", row.principal_id);
    tx.record(event.with("agent_id", row.agent_id).with("by_agent", as_agent)).await?;
    tx.commit(Done {}).await
}

//! A security administrator takes a role back.

use kernel::access::grant;
use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;

use super::give::others_standing;
use super::{ROLE_ENDED, ROLE_LAST, rules, tell};
use crate::access::ROLE_GRANT;

/// Which grant, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RoleRevoke {
    /// The grant.
    pub id: Id,
    /// 2 to 200 characters; the holder reads it.
    pub reason: String,
}

/// Revokes a role; it works no more from the holder's next request on, and ends nothing else.
///
/// # Errors
/// `role.last`, `role.ended`, `staff.reason`; 404 outside the caller's scope; the database.
pub async fn revoke(cx: Cx, input: RoleRevoke) -> Result<Done> {
    let reason = rules::clean_reason(&input.reason)?;
    let tx = cx.begin().await?;
    let row = grant::Entity::find_by_id(input.id).one(&tx).await?.ok_or_else(Error::not_found)?;
    cx.caller.must(&tx, ROLE_GRANT, row.node_id).await?;
    if row.role == "security_admin" && others_standing(&tx, &row.role, row.account_id).await? == 0 {
        return Err(ROLE_LAST.refusal().into());
    }
    end(&tx, &row, &reason).await?;
    tell::revoked(&tx, &row, &reason).await?;
    tx.commit(Done {}).await
}

/// Ends a grant that holds, with its event.
pub(super) async fn end(tx: &Tx, row: &grant::Model, reason: &str) -> Result<()> {
    let update = "UPDATE role_grant SET revoked_at = $2, revoked_by = $3, reason = $4
        WHERE id = $1 AND revoked_at IS NULL AND (valid_to IS NULL OR valid_to > $5)";
    let by = tx.caller().account_id();
    let values = [row.id.into(), tx.now().into(), by.into(), reason.into(), tx.today().into()];
    if tx.execute_sql(update, values).await? == 0 {
        return Err(ROLE_ENDED.refusal().into());
    }
    let event = Event::of("role.revoked", "role_grant", row.id).at(row.node_id);
    tx.record(event.with("account_id", row.account_id).with("role", &row.role)).await?;
    Ok(())
}

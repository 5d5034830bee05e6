//! A security administrator grants a role.

use kernel::time::Day;
use kernel::{Cx, Id, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::give::{NewGrant, give};
use super::{ROLE_SELF, tell};
use crate::access::ROLE_GRANT;

/// A role to be granted from today on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RoleGrant {
    /// To whom.
    pub account_id: Id,
    /// Name of the role.
    pub role: String,
    /// Where; it flows down from here.
    pub node_id: Id,
    /// Last day; without an end unless given.
    #[serde(default)]
    pub to: Option<Day>,
}

/// What was granted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoleGranted {
    /// The grant.
    pub id: Id,
}

/// Grants a role on a node; it works from the holder's next request on.
///
/// # Errors
/// `role.*` refusals; 404 outside the caller's scope; the database.
pub async fn grant(cx: Cx, input: RoleGrant) -> Result<RoleGranted> {
    let tx = cx.begin().await?;
    cx.caller.must(&tx, ROLE_GRANT, input.node_id).await?;
    if cx.caller.account()? == input.account_id {
        return Err(ROLE_SELF.refusal().on("account_id").into());
    }
    let RoleGrant { account_id, role, node_id, to } = input;
    let id = give(&tx, NewGrant { account_id, role: &role, node_id, last_day: to }).await?;
    tell::granted(&tx, account_id, &role, node_id, to).await?;
    tx.commit(RoleGranted { id }).await
}

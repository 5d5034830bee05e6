//! Which roles there are: where each can be held and what it allows.

use kernel::routes::Nothing;
use kernel::{Cx, Result};
use serde::Serialize;
use utoipa::ToSchema;

/// One role.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoleKind {
    /// Stable name.
    pub role: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Kinds of node on which it can be held; empty means any.
    pub levels: Vec<&'static str>,
    /// Names of what it allows.
    pub permissions: Vec<&'static str>,
}

/// All roles of this program.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoleKinds {
    /// In the order of the house.
    pub items: Vec<RoleKind>,
}

/// Lists the roles of this program with what they allow; the same for everybody.
///
/// # Errors
/// None of its own.
pub async fn kinds(cx: Cx, _input: Nothing) -> Result<RoleKinds> {
    let policy = &cx.app.policy;
    let kind = |role: &kernel::access::Role| RoleKind {
        role: role.name,
        label: role.label,
        levels: role.levels.to_vec(),
        permissions: policy.permissions(role.name).iter().map(|permission| permission.0).collect(),
    };
    Ok(RoleKinds { items: policy.roles().iter().map(kind).collect() })
}

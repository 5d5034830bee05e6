//! Staff accounts and role grants: who may act, where, and until when.
//!
//! Invariants:
//! * a role is granted on a node of a kind that suits it ([`kernel::access::Role::levels`]) and flows down from there;
//! * 系统 / 安全 / 审计管理员 exclude each other and every other role (等保 level 3): checked here, and for the three
//!   among themselves by the index `role_grant_one_administrator`;
//! * nobody grants to himself, resets or disables himself; the last security administrator cannot be revoked and the
//!   last administrator of a kind cannot be disabled;
//! * a grant is read with every request, so a revoked one is worth nothing from the next request on;
//! * a one-time password is shown once, in the answer, and kept nowhere in clear;
//! * days in answers and inputs are inclusive (`to` is the last day); the table's `valid_to` is the day after.
//!
//! ```
//! use kernel::{Id, Result, Tx};
//! use registry::staff::{NewGrant, give};
//!
//! /// What the first run uses; no caller stands behind it.
//! async fn appoint(tx: &Tx, account_id: Id, node_id: Id) -> Result<Id> {
//!     give(tx, NewGrant { account_id, role: "chair", node_id, last_day: None }).await
//! }
//! ```

mod accounts;
mod create;
mod disable;
mod give;
mod grant;
mod holders;
mod kinds;
mod list;
mod names;
mod reset;
mod revoke;
pub mod rules;
mod tell;
mod unlock;

use kernel::Routes;

pub use accounts::{AccountList, AccountRow, accounts};
pub use create::{AccountCreate, AccountCreated, create};
pub use disable::{AccountDisable, AccountEnable, disable, enable};
pub use give::{NewGrant, give};
pub use grant::{RoleGrant, RoleGranted, grant};
pub use holders::holders;
pub use kinds::{RoleKind, RoleKinds, kinds};
pub use list::{RoleGrantList, RoleGrantRow, list};
pub(crate) use names::persons_named;
pub use names::{AccountName, accounts_named, organizations_named};
pub use reset::{AccountReset, OneTimePassword, reset};
pub use revoke::{RoleRevoke, revoke};
pub use unlock::{AccountUnlock, unlock};

use crate::access::{ACCOUNT_MANAGE, ACCOUNT_READ, ROLE_GRANT, ROLE_READ};

kernel::refusals! {
    /// Nobody grants a role to himself.
    ROLE_SELF = "role.self", CONFLICT, "不能给自己授权，请由另一位安全管理员办理。";
    /// There is no such role.
    ROLE_UNKNOWN = "role.unknown", UNPROCESSABLE_ENTITY, "没有这个角色，请刷新页面后从列表里选择。";
    /// The role cannot be held on a node of this kind.
    ROLE_LEVEL = "role.level", UNPROCESSABLE_ENTITY, "这个角色不能授在这一级工会上，请另选工会或角色。";
    /// The union is dissolved or was never founded.
    ROLE_NODE_CLOSED = "role.node_closed", CONFLICT, "这个工会已撤销或没有建成，不能在这里授权，请另选工会。";
    /// The last day of the role lies in the past.
    ROLE_DATES = "role.dates", UNPROCESSABLE_ENTITY, "授权的最后一天不能早于今天，请重新选择日期；不填为长期。";
    /// The three administrators exclude each other and any other role.
    ROLE_EXCLUSIVE = "role.exclusive", CONFLICT,
        "系统、安全、审计三类管理员互相排斥，也不能兼任其他岗位；请先收回原来的授权，或者换一个账号。";
    /// The account holds this role there already.
    ROLE_TWICE = "role.twice", CONFLICT, "这个账号在这个工会已经有这个角色，不用重复授权；要改期限请先收回再授。";
    /// A member's account can hold the chair's and vice chair's role only.
    ROLE_ACCOUNT_KIND = "role.account_kind", UNPROCESSABLE_ENTITY,
        "会员账号只能担任工会主席、副主席；其他角色请先由系统管理员建立工作账号。";
    /// The account is disabled.
    ROLE_ACCOUNT_DISABLED = "role.account_disabled", CONFLICT, "这个账号已停用，不能授权；请先由系统管理员恢复账号，或者换一个账号。";
    /// The last security administrator cannot be revoked.
    ROLE_LAST = "role.last", CONFLICT, "这是最后一位长期的安全管理员，收回后就没有人能授权了；请先授权另一位安全管理员。";
    /// The grant was revoked before, or its time is over.
    ROLE_ENDED = "role.ended", CONFLICT, "这项授权已经收回或到期，请刷新列表查看。";
    /// A reason is missing or too long.
    STAFF_REASON = "staff.reason", UNPROCESSABLE_ENTITY, "请写明原因（2 到 200 字），便于本人了解和日后核查。";
    /// A member's account has no password to reset.
    STAFF_NOT_STAFF = "staff.not_staff", CONFLICT, "这是会员账号，用手机验证码登录，没有密码可以重置；请本人用手机号登录。";
    /// The account is disabled.
    STAFF_DISABLED = "staff.disabled", CONFLICT, "这个账号已停用；如需继续使用，请先恢复账号。";
    /// One's own account cannot be reset or disabled by oneself.
    STAFF_SELF = "staff.self", CONFLICT, "不能对自己的账号这样操作，请由另一位系统管理员办理。";
    /// The last administrator of a kind cannot be disabled.
    STAFF_LAST = "staff.last", CONFLICT, "这是最后一位长期的同类管理员，停用后这类工作没有人能办；请先授权另一位，再停用这个账号。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("staff")
        .get("/api/roles", "Role grants in force, newest first")
        .requires(ROLE_READ)
        .runs(list)
        .get("/api/roles/kinds", "Roles, where they can be held and what they allow")
        .signed_in()
        .runs(kinds)
        .post("/api/roles", "Grants a role on a node")
        .requires(ROLE_GRANT)
        .runs(grant)
        .post("/api/roles/{id}/revoke", "Revokes a role")
        .requires(ROLE_GRANT)
        .runs(revoke)
        .get("/api/accounts", "Accounts by login, phone or name")
        .requires(ACCOUNT_READ)
        .runs(accounts)
        .post("/api/accounts", "Creates a staff account")
        .requires(ACCOUNT_MANAGE)
        .runs(create)
        .post("/api/accounts/{id}/reset", "Gives a new one-time password")
        .requires(ACCOUNT_MANAGE)
        .runs(reset)
        .post("/api/accounts/{id}/unlock", "Ends a lock-out")
        .requires(ACCOUNT_MANAGE)
        .runs(unlock)
        .post("/api/accounts/{id}/disable", "Disables an account and ends its sessions and roles")
        .requires(ACCOUNT_MANAGE)
        .runs(disable)
        .post("/api/accounts/{id}/enable", "Lets a disabled account sign in again, without roles")
        .requires(ACCOUNT_MANAGE)
        .runs(enable)
}

//! From one stage of signing in to the next: the session of the stage before ends,
//! a new token is handed out.

use kernel::error::AUTH_REQUIRED;
use kernel::event::Event;
use kernel::session::{self, NewSession};
use kernel::{Cx, Result, Tx};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::Model;
use super::limits::Limits;
use super::{ACCOUNT_DISABLED, create, lockout};

/// How far a sign-in has come.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Signed {
    /// Whose account.
    pub account_id: Uuid,
    /// `done`, or what is still due: `password`, `enrol_totp`, `totp`.
    pub next: String,
}

/// The caller's half-way session, if exactly this is due.
pub(super) fn due(cx: &Cx, stage: &str) -> Result<session::Model> {
    let session = cx.caller.session().filter(|session| session.stage == stage);
    session.cloned().ok_or_else(|| AUTH_REQUIRED.refusal().into())
}

/// The account of a half-way session.
///
/// # Errors
/// `account.disabled` when it was disabled meanwhile.
pub(super) async fn account_of(tx: &Tx, session: &session::Model) -> Result<Model> {
    let account = create::by_id(tx, session.account_id).await?;
    if account.disabled_at.is_some() {
        return Err(ACCOUNT_DISABLED.refusal().into());
    }
    Ok(account)
}

/// Uses a half-way session up; it carries one step, and none once it was ended elsewhere.
pub(super) async fn spend(tx: &Tx, session: &session::Model) -> Result<()> {
    let end = "UPDATE session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    if tx.execute_sql(end, [session.id.into(), tx.now().into()]).await? == 0 {
        return Err(AUTH_REQUIRED.refusal().into());
    }
    Ok(())
}

/// Starts the session of a stage, forgets failures when it is the last, leaves an event.
pub(super) async fn start(
    tx: &Tx,
    cx: &Cx,
    account: &Model,
    stage: &'static str,
    limits: &Limits,
    by: &'static str,
) -> Result<Signed> {
    let done = stage == "done";
    let idle_minutes = limits.idle_minutes(&account.kind);
    let new = NewSession {
        account_id: account.id,
        person_id: account.person_id,
        stage,
        idle_minutes,
        // What is half done is not kept for longer than a pause.
        absolute_minutes: if done { limits.absolute_minutes(&account.kind) } else { idle_minutes },
    };
    session::start(tx, cx, new).await?;
    if done {
        lockout::reset(tx, account).await?;
    }
    let kind = if done { "account.signed_in" } else { "account.sign_in_begun" };
    tx.record(Event::of(kind, "account", account.id).with("by", by).with("next", stage)).await?;
    Ok(Signed { account_id: account.id, next: stage.to_owned() })
}

//! Signs out: here, or everywhere.

use kernel::event::Event;
use kernel::routes::{Done, Nothing};
use kernel::{Cx, Result, session};
use serde::Serialize;
use utoipa::ToSchema;

/// How many sessions ended.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SignedOut {
    /// Sessions ended, this one included.
    pub ended: u64,
}

/// Ends the present session, also a half-way one; a stranger is signed out already.
///
/// # Errors
/// The database.
pub async fn sign_out(cx: Cx, _: Nothing) -> Result<Done> {
    cx.set_session_cookie(None);
    let Some(session) = cx.caller.session() else {
        return Ok(Done {});
    };
    let tx = cx.begin().await?;
    session::end_one(&tx, session.id).await?;
    tx.record(Event::of("account.signed_out", "account", session.account_id)).await?;
    tx.commit(Done {}).await
}

/// Ends every session of the account, this one too.
///
/// # Errors
/// The database.
pub async fn sign_out_everywhere(cx: Cx, _: Nothing) -> Result<SignedOut> {
    let account = cx.caller.account()?;
    let tx = cx.begin().await?;
    let ended = session::end_all(&tx, account).await?;
    tx.record(Event::of("account.signed_out_everywhere", "account", account).with("ended", ended)).await?;
    cx.set_session_cookie(None);
    tx.commit(SignedOut { ended }).await
}

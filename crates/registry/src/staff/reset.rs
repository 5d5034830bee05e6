//! A staff member lost the password or the second factor.

use kernel::crypto::password::one_time_password;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result, session};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{STAFF_DISABLED, STAFF_NOT_STAFF, STAFF_SELF, rules, tell};
use crate::account::{entity, hash_password};

/// Which account, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AccountReset {
    /// The account.
    pub id: Id,
    /// 2 to 200 characters; the holder reads it.
    pub reason: String,
}

/// A password for one sign-in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OneTimePassword {
    /// Shown once: absent when the same submit comes again, then reset once more.
    pub one_time_password: Option<String>,
}

/// Gives a new one-time password, forgets the second factor, ends all sessions and any lock-out.
///
/// # Errors
/// `staff.*` refusals, 404, or the database.
pub async fn reset(cx: Cx, input: AccountReset) -> Result<OneTimePassword> {
    let reason = rules::clean_reason(&input.reason)?;
    if cx.caller.account()? == input.id {
        return Err(STAFF_SELF.refusal().into());
    }
    let password = one_time_password();
    // Hashed before the transaction: it takes longer than a transaction may.
    let hash = hash_password(password.clone()).await?;
    let tx = cx.begin().await?;
    let account = entity::Entity::find_by_id(input.id).one(&tx).await?.ok_or_else(Error::not_found)?;
    if account.kind != "staff" {
        return Err(STAFF_NOT_STAFF.refusal().into());
    }
    if account.disabled_at.is_some() {
        return Err(STAFF_DISABLED.refusal().into());
    }
    let update = "UPDATE account SET password_hash = $2, must_change = $3, totp_sealed = NULL, totp_last_step = 0,
        failures = 0, locked_until = NULL WHERE id = $1";
    tx.execute_sql(update, [account.id.into(), hash.into(), true.into()]).await?;
    let ended = session::end_all(&tx, account.id).await?;
    tx.record(Event::of("account.reset", "account", account.id).with("sessions_ended", ended)).await?;
    tell::reset(&tx, account.id, &reason).await?;
    // What is kept for a repeated submit must not hold the password.
    tx.commit(OneTimePassword { one_time_password: None }).await?;
    Ok(OneTimePassword { one_time_password: Some(password) })
}

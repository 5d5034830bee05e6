//! An account is closed, with everything it could do, and opened again without it.

use kernel::access::grant;
use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Id, Result, Tx, session};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;

use super::give::others_standing;
use super::revoke::end;
use super::{STAFF_DISABLED, STAFF_LAST, STAFF_SELF, rules, tell};
use crate::account::entity;

/// Which account, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AccountDisable {
    /// The account.
    pub id: Id,
    /// 2 to 200 characters.
    pub reason: String,
}

/// Which account, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AccountEnable {
    /// The account.
    pub id: Id,
    /// 2 to 200 characters; the holder reads it.
    pub reason: String,
}

/// Disables an account: its sessions end and its roles are revoked.
///
/// # Errors
/// `staff.self`, `staff.last`, `staff.disabled`, `staff.reason`, 404, or the database.
pub async fn disable(cx: Cx, input: AccountDisable) -> Result<Done> {
    let reason = rules::clean_reason(&input.reason)?;
    if cx.caller.account()? == input.id {
        return Err(STAFF_SELF.refusal().into());
    }
    let mut tx = cx.begin().await?;
    let account = entity::Entity::find_by_id(input.id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let roles = held(&tx, account.id).await?;
    let exclusive = |row: &&grant::Model| tx.app().policy.find(&row.role).is_some_and(|role| role.exclusive);
    if let Some(row) = roles.iter().find(exclusive)
        && others_standing(&tx, &row.role, account.id).await? == 0
    {
        return Err(STAFF_LAST.refusal().into());
    }
    let update = "UPDATE account SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL";
    if tx.execute_sql(update, [account.id.into(), tx.now().into()]).await? == 0 {
        return Err(STAFF_DISABLED.refusal().into());
    }
    let ended = session::end_all(&tx, account.id).await?;
    let cause = tx.record(Event::of("account.disabled", "account", account.id).with("sessions_ended", ended)).await?;
    tell::disabled(&tx, account.id, &reason).await?;
    tx.caused_by(cause);
    for row in &roles {
        end(&tx, row, "账号停用").await?;
    }
    tx.commit(Done {}).await
}

/// Lets a disabled account sign in again; its roles are for the security administrator to grant anew.
///
/// # Errors
/// `staff.reason`, 404, or the database.
pub async fn enable(cx: Cx, input: AccountEnable) -> Result<Done> {
    let reason = rules::clean_reason(&input.reason)?;
    let tx = cx.begin().await?;
    let account = entity::Entity::find_by_id(input.id).one(&tx).await?.ok_or_else(Error::not_found)?;
    let update = "UPDATE account SET disabled_at = NULL, failures = 0, locked_until = NULL
        WHERE id = $1 AND disabled_at IS NOT NULL";
    if tx.execute_sql(update, [account.id.into()]).await? == 1 {
        tx.record(Event::of("account.enabled", "account", account.id)).await?;
        tell::enabled(&tx, account.id, &reason).await?;
    }
    tx.commit(Done {}).await
}

async fn held(tx: &Tx, account: Id) -> Result<Vec<grant::Model>> {
    let rows = grant::Entity::find()
        .filter(grant::Column::AccountId.eq(account))
        .filter(grant::Column::RevokedAt.is_null())
        .all(tx)
        .await?;
    Ok(rows.into_iter().filter(|row| row.valid_to.is_none_or(|end| tx.today() < end)).collect())
}
